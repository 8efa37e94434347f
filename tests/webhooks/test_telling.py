"""Another system is told: signed, once each, tried again, and never by way of this server's neighbours."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from consultations import actions as consultations
from hubs.tenancy import Scope, entered
from tests import making
from webhooks import actions, outbound
from webhooks.choices import DeliveryState
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.tasks import tell_hub, try_to_tell

pytestmark = pytest.mark.django_db


class Other:
    """Another system: a real web server that keeps what it is told."""

    def __init__(self) -> None:
        self.answer, self.got = 200, []
        other = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                other.got.append((dict(self.headers), body))
                self.send_response(other.answer)
                if other.answer == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/told?from=yorozu"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def other(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    system = Other()
    yield system
    system.server.shutdown()
    system.server.server_close()


@pytest.fixture
def endpoint(other, in_tokyo, chief, now):
    return actions.register(
        hub=in_tokyo, name="会計", url=other.url, events=["case.opened", "consultation.logged"], by=chief,
        at=making.MOMENT - dt.timedelta(days=1),
    )  # fmt: skip


def open_case(hub, at=making.MOMENT):
    """A case that leaves its line in the trail."""
    enterprise = making.make_enterprise(hub=hub)
    with entered(Scope.of_hub(hub.pk)):
        return consultations.open_case(
            enterprise=enterprise, by=making.staff_of(hub), at=at, received_on=at.date(), title="海外への販路",
            category="sales", reception="phone",
        )  # fmt: skip


def told(endpoint, at):
    """Gather, and try everything that is due."""
    actions.gather(endpoint=endpoint, at=at)
    for pk in list(Delivery.objects.due(at).values_list("pk", flat=True)):
        try_to_tell(hub_id=endpoint.hub_id, delivery_id=pk, at=at)
    return list(Delivery.objects.order_by("pk"))


def test_what_happened_is_told_with_a_signature_and_no_name(endpoint, other, tokyo, now):
    own = open_case(tokyo)
    case_line, *_rest = told(endpoint, now)
    assert case_line.state == DeliveryState.DELIVERED
    headers, body = other.got[0]
    message = json.loads(body)
    assert (message["event"], message["subject"]) == ("case.opened", {"type": "case", "id": str(own.pk)})
    assert own.title not in body.decode()
    moment, _, digest = headers["Yorozu-Signature"].partition(",v1=")
    signed = f"{moment.removeprefix('t=')}.".encode() + body
    assert hmac.compare_digest(
        digest, hmac.new(actions.secret_of(endpoint).encode(), signed, hashlib.sha256).hexdigest()
    )


def test_each_line_is_told_once_however_often_one_looks(endpoint, other, tokyo, now):
    open_case(tokyo)
    told(endpoint, now)
    told(endpoint, now + dt.timedelta(minutes=1))
    told(endpoint, now + dt.timedelta(minutes=2))
    assert len(other.got) == 1


def test_a_trial_in_between_loses_nothing(endpoint, other, tokyo, chief, now):
    open_case(tokyo)
    actions.send_ping(endpoint=endpoint, by=chief, at=making.MOMENT + dt.timedelta(seconds=5))
    assert {row.event for row in told(endpoint, making.MOMENT + dt.timedelta(minutes=1))} == {"ping", "case.opened"}


def test_a_line_that_was_committed_late_is_told_too(endpoint, other, tokyo, now):
    actions.gather(endpoint=endpoint, at=making.MOMENT + dt.timedelta(minutes=5))
    open_case(tokyo)  # its moment lies before the look
    assert [row.event for row in told(endpoint, making.MOMENT + dt.timedelta(minutes=6))] == ["case.opened"]


def test_another_hubs_deeds_are_not_told(endpoint, other, osaka, now):
    open_case(osaka)
    assert told(endpoint, now) == []


def test_what_was_refused_is_tried_again_and_given_up_in_the_end(endpoint, other, tokyo, now):
    open_case(tokyo)
    other.answer = 500
    at = now
    told(endpoint, at)
    for wait in actions.WAITS:
        assert told(endpoint, at + wait - dt.timedelta(seconds=1))[0].state == DeliveryState.QUEUED
        at += wait
        told(endpoint, at)
    found = Delivery.objects.get()
    assert (found.state, found.attempts) == (DeliveryState.GIVEN_UP, 1 + len(actions.WAITS))
    assert {row.code for row in Attempt.objects.all()} == {500}
    assert len({json.loads(body)["id"] for _headers, body in other.got}) == 1, "the same number each time"


def test_one_that_was_given_up_can_be_sent_again(endpoint, other, tokyo, now, chief):
    open_case(tokyo)
    row = told(endpoint, now)[0]
    Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.GIVEN_UP, delivered_at=None)
    actions.send_again(delivery=row, by=chief, at=now)
    assert told(endpoint, now)[0].state == DeliveryState.DELIVERED


def test_a_redirect_is_not_followed(endpoint, other, tokyo, now):
    open_case(tokyo)
    other.answer = 302
    assert told(endpoint, now)[0].state == DeliveryState.QUEUED
    assert len(other.got) == 1


def test_a_stopped_endpoint_is_told_nothing_not_even_afterwards(endpoint, other, tokyo, now, chief):
    actions.switch(endpoint=endpoint, active=False, by=chief, at=now - dt.timedelta(hours=1))
    open_case(tokyo)
    endpoint.refresh_from_db()
    actions.switch(endpoint=endpoint, active=True, by=chief, at=now + dt.timedelta(days=30))
    assert told(endpoint, now + dt.timedelta(days=30, minutes=30)) == []


def test_a_new_secret_signs_otherwise(endpoint, chief, now):
    before = actions.secret_of(endpoint)
    actions.renew_secret(endpoint=endpoint, by=chief, at=now)
    assert actions.secret_of(Endpoint.objects.get()) != before


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.8/", "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/", "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/", "https://2130706433/",
        "https://100.64.0.1/", "https://no-such-host.invalid/", "https://192.0.0.9/", "https://192.88.99.1/",
        "https://[64:ff9b::a00:1]/", "https://[64:ff9b:1::a00:1]/", "https://[2002:a00:1::]/", "https://[::127.0.0.1]/",
        "https://[fec0::1]/", "https://[2001:0:a00:1::1]/", "https://[fd00::1]/", "https://[ff0e::1]/",
        "https://[::ffff:192.0.0.8]/", "https://example.com:99999/",
    ],
)  # fmt: skip
def test_this_servers_neighbours_are_not_spoken_to(url):
    with pytest.raises(outbound.Unreachable):
        outbound.post(url, body=b"{}", headers={})


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808", "::ffff:8.8.8.8", "2606:4700::1111"]
)
def test_everybody_elses_addresses_may_be_spoken_to(address):
    assert outbound._is_public(address)


def test_the_worker_tells_by_itself(endpoint, other, tokyo):
    open_case(tokyo)
    tell_hub(hub_id=tokyo.pk)
    assert len(other.got) == 1


def test_a_chief_registers_tries_and_stops_an_endpoint(client, tokyo, chief, other):
    client.force_login(chief)
    page = client.post("/hubs/tokyo/webhooks/", {"name": "会計", "url": other.url, "events": ["case.opened"]})
    assert page.status_code == 302, page.context["form"].errors
    url = page["Location"]
    client.post(f"{url}pings/")
    tell_hub(hub_id=tokyo.pk)
    assert json.loads(other.got[0][1])["event"] == "ping"
    assert "200" in client.get(url).content.decode()
    client.post(f"{url}switching/", {"active": "0"})
    assert "停止中" in client.get(url).content.decode()
    client.post(f"{url}secret/")


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://example.com/", "https://user:pw@example.com/", "x"])
def test_a_bad_address_is_told_beside_the_field(client, tokyo, chief, url):
    client.force_login(chief)
    page = client.post("/hubs/tokyo/webhooks/", {"name": "会計", "url": url, "events": ["case.opened"]})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["url"]


def test_osaka_sees_nothing_of_it(client, endpoint, osaka):
    client.force_login(making.make_person("chief", hub=osaka))
    assert client.get(f"/hubs/osaka/webhooks/{endpoint.pk}/").status_code == 404
    assert client.post(f"/hubs/osaka/webhooks/{endpoint.pk}/pings/").status_code == 404
    with entered(Scope.of_hub(osaka.pk)):
        assert not Endpoint.objects.exists()


def test_old_deliveries_are_forgotten(endpoint, other, tokyo, now):
    open_case(tokyo)
    told(endpoint, now)
    assert actions.forget_old(at=now + dt.timedelta(days=29)) == 0
    actions.forget_old(at=now + dt.timedelta(days=31))
    assert not Delivery.objects.exists()
