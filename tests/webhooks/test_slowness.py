"""Other people's servers may be slow, silent or gone: nobody else waits for them, and no message is tried for ever."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import ssl
import threading
import time

import pytest
from celery import current_app
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.utils import timezone

from hubs.tenancy import Scope, entered
from tests import making
from tests.workers import working
from webhooks import actions, outbound, tasks
from webhooks.choices import DeliveryState
from webhooks.models import Attempt, Delivery, Endpoint

pytestmark = pytest.mark.django_db


class Server:
    """Another system at the level of its socket: `answer` is called with each connection that has sent its request."""

    def __init__(self, answer, *, tls: ssl.SSLContext | None = None) -> None:
        self.answer, self.tls, self.asked = answer, tls, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://localhost:{self.door.getsockname()[1]}/told"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self._speak, args=[line], daemon=True).start()

    def _speak(self, line: socket.socket) -> None:
        wrapped = self.tls.wrap_socket(line, server_side=True, do_handshake_on_connect=False) if self.tls else line
        with contextlib.suppress(OSError), wrapped:
            heard = b""
            while not heard.endswith(b"}"):  # the end of the message
                heard += wrapped.recv(65536) or b"}"
            if heard != b"}":
                self.asked += 1
                self.answer(wrapped)

    def close(self) -> None:
        # a close alone does not wake who waits in accept
        with contextlib.suppress(OSError):
            self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()


@pytest.fixture
def serve(settings):
    """Makes servers, and ends them."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    servers: list[Server] = []

    def make(answer, **options) -> Server:
        servers.append(Server(answer, **options))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


def at_once(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def drip(line: socket.socket, *, beginning: bytes = b"") -> None:
    """A byte now and then, and never an end: each one begins a time-out of the socket anew."""
    line.sendall(beginning)
    for _ in range(300):
        line.sendall(b"x")
        time.sleep(0.1)


def drip_headers(line: socket.socket) -> None:
    drip(line, beginning=b"HTTP/1.1 200 OK\r\nX-Slow: ")


def register(hub, url: str) -> Endpoint:
    with entered(Scope.of_hub(hub.pk)):
        return actions.register(
            hub=hub, name="会計", url=url, events=["case.opened"], by=making.staff_of(hub), at=timezone.now()
        )


def wait_for_it(endpoint: Endpoint, count: int = 1) -> list[Delivery]:
    """Messages that are due."""
    with entered(Scope.of_hub(endpoint.hub_id)):
        return [
            actions.send_ping(endpoint=endpoint, by=endpoint.created_by, at=timezone.now() - dt.timedelta(seconds=1))
            for _ in range(count)
        ]


def as_it_stands(delivery: Delivery) -> Delivery:
    with entered(Scope.of_hub(delivery.hub_id)):
        return Delivery.objects.get(pk=delivery.pk)


# ---- one conversation


@pytest.mark.parametrize("answer", [drip, drip_headers], ids=["never a line", "never the last header"])
def test_a_conversation_ends_by_one_clock(serve, monkeypatch, answer):
    monkeypatch.setattr(outbound, "WHOLE_SECONDS", 1)
    server, began = serve(answer), time.monotonic()
    with pytest.raises(outbound.Unreachable, match="too slow"):
        outbound.post(server.url, body=b"{}", headers={})
    assert server.asked == 1
    assert time.monotonic() - began < 10


def test_a_text_without_end_is_not_read(serve):
    endless = serve(lambda line: drip(line, beginning=b"HTTP/1.1 204 No Content\r\n\r\n"))
    began = time.monotonic()
    assert outbound.post(endless.url, body=b"{}", headers={}) == 204
    assert time.monotonic() - began < 10


def made_for_localhost(folder) -> tuple[ssl.SSLContext, str]:
    """What a server shows that has signed its own name, and where its certificate lies."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    moment = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(moment - dt.timedelta(days=1))
        .not_valid_after(moment + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shown, kept = folder / "shown.pem", folder / "kept.pem"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, kept)
    return context, str(shown)


def test_who_cannot_prove_its_name_is_told_nothing(serve, tmp_path, monkeypatch):
    context, shown = made_for_localhost(tmp_path)
    server = serve(at_once, tls=context)
    with pytest.raises(outbound.Unreachable, match="SSL"):
        outbound.post(server.url, body=b"{}", headers={})
    monkeypatch.setenv("SSL_CERT_FILE", shown)
    assert outbound.post(server.url, body=b"{}", headers={}) == 200
    with pytest.raises(outbound.Unreachable):
        outbound.post(server.url.replace("localhost", "127.0.0.1"), body=b"{}", headers={})
    assert server.asked == 1


# ---- one round


def test_one_that_is_gone_is_asked_once_a_round_and_the_others_are_told(serve, tokyo):
    gone, here = serve(at_once), serve(at_once)
    lost = wait_for_it(register(tokyo, gone.url), 3)
    told = wait_for_it(register(tokyo, here.url), 3)
    gone.close()
    tasks.tell_hub(hub_id=tokyo.pk)
    assert [as_it_stands(row).attempts for row in lost] == [1, 0, 0]
    assert {as_it_stands(row).state for row in told} == {DeliveryState.DELIVERED}


def test_a_backlog_takes_its_turn(serve, tokyo, monkeypatch):
    monkeypatch.setattr(tasks, "EACH", 2)
    busy, quiet = serve(at_once), serve(at_once)
    wait_for_it(register(tokyo, busy.url), 5)
    wait_for_it(register(tokyo, quiet.url), 1)
    tasks.tell_hub(hub_id=tokyo.pk)
    assert (busy.asked, quiet.asked) == (2, 1)


def test_a_round_comes_to_its_end(serve, tokyo, monkeypatch):
    monkeypatch.setattr(tasks, "ROUND_SECONDS", 0.5)

    def slowly(line: socket.socket) -> None:
        time.sleep(0.6)
        at_once(line)

    server = serve(slowly)
    wait_for_it(register(tokyo, server.url), 3)
    tasks.tell_hub(hub_id=tokyo.pk)
    assert server.asked == 1


def test_a_hub_has_one_round_at_a_time(serve, tokyo, osaka, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(tasks.tell_hub, "delay", lambda hub_id: asked.append(hub_id))
    server = serve(at_once)
    register(tokyo, server.url)
    register(osaka, server.url)
    tasks.tell()
    tasks.tell()
    assert asked == [tokyo.pk, osaka.pk], "the first rounds are not over"
    tasks.tell_hub(hub_id=tokyo.pk)
    tasks.tell()
    assert asked == [tokyo.pk, osaka.pk, tokyo.pk]


def test_what_waits_for_others_has_a_queue_of_its_own():
    routed = current_app.amqp.router.route({}, "webhooks.tell_hub")
    assert routed["queue"].name == "outward"


# ---- one try


@pytest.mark.django_db(transaction=True)
def test_while_the_other_side_thinks_the_try_is_counted_and_no_row_is_held(serve, tokyo):
    seen: list[tuple[int, bool]] = []

    def look_and_answer(line: socket.socket) -> None:
        with entered(Scope.of_hub(tokyo.pk)):
            row = Delivery.objects.select_for_update(nowait=True).get()
            seen.append((row.attempts, row.next_try_at > timezone.now()))
        connection.close()
        at_once(line)

    endpoint = register(tokyo, serve(look_and_answer).url)
    (row,) = wait_for_it(endpoint)
    tasks.tell_hub(hub_id=tokyo.pk)
    assert seen == [(1, True)]
    assert as_it_stands(row).state == DeliveryState.DELIVERED


def test_one_that_always_takes_its_worker_down_is_given_up(serve, tokyo, now):
    (row,) = wait_for_it(register(tokyo, serve(at_once).url))
    at = timezone.now()
    with entered(Scope.of_hub(tokyo.pk)):
        for _ in range(actions.TRIES):
            assert actions.claim(delivery_id=row.pk, at=at) is not None
            assert actions.claim(delivery_id=row.pk, at=at) is None, "nobody else takes it meanwhile"
            at = Delivery.objects.get(pk=row.pk).next_try_at
        assert actions.claim(delivery_id=row.pk, at=at) is None
        assert Delivery.objects.get(pk=row.pk).state == DeliveryState.GIVEN_UP


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_while_it_waits_has_counted_its_try(serve, tokyo, tmp_path, monkeypatch):
    """And the message waits its minute: the round that is done again does not begin with it."""
    release = threading.Event()
    silent = serve(lambda line: release.wait(60))
    (row,) = wait_for_it(register(tokyo, silent.url))
    with working(tmp_path, monkeypatch, WEBHOOKS_TO_PRIVATE_ADDRESSES="1") as worker:
        current_app.send_task("webhooks.tell_hub", kwargs={"hub_id": tokyo.pk})
        worker.wait_until(lambda: silent.asked)
        worker.kill_what_works()
        (other,) = wait_for_it(register(tokyo, serve(at_once).url))
        current_app.send_task("webhooks.tell_hub", kwargs={"hub_id": tokyo.pk})
        worker.wait_until(lambda: as_it_stands(other).state == DeliveryState.DELIVERED)
    release.set()
    found = as_it_stands(row)
    assert (found.state, found.attempts, silent.asked) == (DeliveryState.QUEUED, 1, 1)
    assert found.next_try_at > row.next_try_at
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Attempt.objects.filter(delivery=row).exists()
