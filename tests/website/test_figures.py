"""What the public reads: pages, open data, feeds; nothing small, nothing that slows entry, always the frozen figures."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import threading
import time
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.signals import template_rendered

from foundation.periods import Month
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions as metrics
from metrics.models import FrozenFact, Span
from reports import publishing
from reports.actions import closing
from reports.models import Publication
from reports.queries import published
from tests import making
from tests.reports.making import close
from tests.waiting import wait_until_somebody_waits
from website.figures import kept

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
V1, V2 = "/figures/2026-10/v1/", "/figures/2026-10/v2/"


def moment(month, day):
    return dt.datetime(2026, month, day, 9, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


@pytest.fixture
def october(tokyo, osaka, headquarters):
    """Seven sessions at one hub, two at another: published."""
    for hub, count in ((tokyo, 7), (osaka, 2)):
        for day in range(1, count + 1):
            making.make_consultation(hub=hub, held_on=dt.date(2026, 10, day))
    close(OCTOBER, by=headquarters, at=moment(11, 20))
    publish(OCTOBER, headquarters, moment(11, 20))


def publish(month, by, at):
    closing.publish(month=month, by=by, at=at)
    publishing.begin_edition()  # what the commit does


@pytest.fixture
def corrected(october, tokyo, headquarters):
    """One more session of October, told with November."""
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 31))
    metrics.recount_touched(at=moment(11, 25))
    close(NOVEMBER, by=headquarters, at=moment(12, 20))
    publish(NOVEMBER, headquarters, moment(12, 20))


def rows_of(client, address):
    text = client.get(f"{address}figures.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_before_anything_is_published_the_page_says_so(client):
    assert "まだ公表された月はありません" in client.get("/figures/").content.decode()
    assert client.get(V1).status_code == 404
    assert json.loads(client.get("/figures/index.json").content)["publications"] == []


def test_the_newest_version_the_month_and_the_version_are_pages(client, october):
    for address in ("/figures/", "/figures/2026-10/", V1):
        page = client.get(address)
        assert page.status_code == 200
        assert "2026年10月" in page.content.decode()
        assert "東京都" in page.content.decode()
    for address in (
        "/figures/2026-11/",
        V2,
        "/figures/2026-13/",
        "/figures/x/",
        f"{V2}figures.csv",
        f"{V2}figures.json",
    ):
        assert client.get(address).status_code == 404, address


def test_every_published_number_is_the_frozen_one_and_nothing_small_is_told(client, october):
    with entered(Scope.of_figures(HUB_IDS)):
        frozen = {
            (f.span, f.level, f"{f.hub_id:02d}" if f.hub_id else f.bureau_id or 0, f.indicator, f.code): f.value
            for f in FrozenFact.objects.select_related(None).order_by("pk")
        }
    told = Publication.objects.get()
    bureaus = {code: key for key, code, _name in told.figures["bureaus"]}
    rows, compared = rows_of(client, V1), 0
    for row in rows:
        place = {"hub": row["place_code"], "bureau": bureaus.get(row["place_code"]), "nation": 0}[row["level"]]
        value = frozen.get((row["span"], row["level"], place, row["indicator"], row["code"]), 0)
        if row["suppressed"] == "true":
            assert row["value"] == "x"
        else:
            assert int(row["value"]) == value
            assert value == 0 or value >= 5 or row["unit"] in ("分", "回")
            compared += 1
    assert compared > 1000
    assert {row["value"] for row in rows if row["level"] == "hub" and row["place_code"] == "27"} == {"0", "x"}
    as_json = json.loads(client.get(f"{V1}figures.json").content)
    assert len(as_json["facts"]) == len(rows)
    for fact, row in zip(as_json["facts"], rows, strict=True):
        assert fact[:5] == [row["span"], row["level"], row["place_code"], row["indicator"], row["code"]]
        assert (fact[5], fact[6]) == ((None, True) if row["value"] == "x" else (int(row["value"]), False))


def test_the_two_sessions_of_osaka_cannot_be_subtracted(client, october):
    of = {
        (row["level"], row["place"]): row["value"]
        for row in rows_of(client, V1)
        if row["indicator"] == "consultations" and row["span"] == "month"
    }
    assert of["hub", "大阪府"] == "x"
    hidden = [place for place, value in of.items() if value == "x"]
    assert len([place for place in hidden if place[0] == "hub"]) >= 2 or of["nation", "全国"] == "x"


def withheld_of(month, version, span):
    facts = Publication.objects.get(month=month.first, version=version).figures["facts"]
    return {tuple(fact[1:5]) for fact in facts if fact[0] == span and fact[5] is None}


def test_what_was_withheld_once_stays_so_in_later_versions_and_in_the_spans_around(october, osaka, headquarters):
    """Else the partner that protected Osaka's two sessions in version 1, told in version 2, would tell them."""
    for day in range(20, 28):
        making.make_consultation(hub=osaka, held_on=dt.date(2026, 10, day))
        making.make_consultation(hub=osaka, held_on=dt.date(2026, 11, day))
    metrics.recount_touched(at=moment(11, 25))
    close(NOVEMBER, by=headquarters, at=moment(12, 20))
    publish(NOVEMBER, headquarters, moment(12, 20))
    before = withheld_of(OCTOBER, 1, "month")
    assert ("hub", osaka.pk, "consultations", "") in before
    assert before <= withheld_of(OCTOBER, 2, "month")
    for span in ("qtd", "ytd"):
        assert before | withheld_of(NOVEMBER, 1, "month") <= withheld_of(NOVEMBER, 1, span)


def test_the_trend_has_the_published_totals_month_by_month(client, tokyo, osaka, headquarters):
    for month, count in ((OCTOBER, 7), (NOVEMBER, 8)):
        for day in range(1, count + 1):
            for hub in (tokyo, osaka):
                making.make_consultation(hub=hub, held_on=month.first.replace(day=day))
        close(month, by=headquarters, at=moment(month.number + 1, 20))
        publish(month, headquarters, moment(month.number + 1, 20))
    assert published.trend("consultations", OCTOBER, NOVEMBER) == [(OCTOBER, 14), (NOVEMBER, 16)]
    assert 'data-value="16">16</td>' in client.get("/figures/2026-11/").content.decode().split('id="trend-table"')[1]


def test_open_data_say_where_they_come_from_and_how_they_are_counted(client, october):
    content = json.loads(client.get(f"{V1}figures.json").content)
    assert content["licence"]["compatible_with"] == "CC BY 4.0"
    assert (content["month"], content["version"]) == ("2026-10", 1)
    assert content["sha256"] == Publication.objects.get().sha256
    assert content["json"].endswith(f"{V1}figures.json")
    definition = next(one for one in content["definitions"] if one["code"] == "visitors")
    assert definition["version"] == 1
    assert definition["since"]
    assert definition["definition"]
    every = json.loads(client.get("/figures/definitions.json").content)["definitions"]
    assert {one["code"] for one in content["definitions"]} <= {one["code"] for one in every}
    assert client.get(f"{V1}figures.json")["Access-Control-Allow-Origin"] == "*"


def test_a_correction_is_a_version_with_before_and_after_and_the_first_stays(client, corrected):
    first, second = client.get(V1).content.decode(), client.get(V2).content.decode()
    assert "この版のあとに訂正が公表されています" in first
    assert "この版で訂正した値" in second
    index = json.loads(client.get("/figures/index.json").content)["publications"]
    assert [(one["month"], one["version"]) for one in index] == [("2026-11", 1), ("2026-10", 2), ("2026-10", 1)]

    def hidden(address):
        return {tuple(row.values())[2:11] for row in rows_of(client, address) if row["value"] == "x"}

    assert hidden(V1) <= hidden(V2), "what was withheld stays so"
    withheld_in_october = {cell for cell in hidden(V2) if cell[0] == "month"}
    in_november = {cell[2:] for cell in hidden("/figures/2026-11/v1/") if cell[0] == "ytd"}
    assert {cell[2:] for cell in withheld_in_october} <= in_november


def test_feeds_tell_publications_and_corrections(client, corrected):
    atom = ElementTree.fromstring(client.get("/figures/feed.atom").content)  # noqa: S314 (our own)
    space = {"a": "http://www.w3.org/2005/Atom"}
    titles = [one.text for one in atom.findall("a:entry/a:title", space)]
    assert titles == [
        "2026年11月の実績を公表しました",
        "2026年10月の実績を訂正しました(第2版)",
        "2026年10月の実績を公表しました",
    ]
    assert atom.find("a:entry/a:id", space).text.endswith("/figures/2026-11/v1/")
    rss = ElementTree.fromstring(client.get("/figures/feed.rss").content)  # noqa: S314
    assert [one.text for one in rss.findall("channel/item/title")] == titles


@pytest.mark.parametrize("path", ["/figures/", V1, f"{V1}figures.csv", "/figures/feed.atom", "/figures/index.json"])
def test_a_reader_costs_the_database_nothing(client, october, coordinator, django_assert_num_queries, path):
    first = client.get(path)
    client.force_login(coordinator)  # whoever reads: the cookie is not even looked at
    with django_assert_num_queries(0):
        again = client.get(path)
    assert again.content == first.content
    assert not first.cookies
    assert not again.cookies
    assert first["Cache-Control"].startswith("public")
    with django_assert_num_queries(0):
        known = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    with django_assert_num_queries(0):
        unread = client.head(path, {"x": "1"}, headers={"If-Modified-Since": first.get("Last-Modified", "")})
    assert unread.status_code in (200, 304)


def test_a_signed_in_reader_leaves_nothing_of_themselves_in_what_is_kept(client, october, coordinator):
    client.force_login(coordinator)
    page = client.get("/figures/").content.decode()
    assert coordinator.name not in page
    assert "csrf" not in page


def test_what_is_packed_is_the_same(client, october):
    import gzip

    packed = client.get(V1, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == client.get(V1).content


def test_publishing_is_seen_at_once(client, october, tokyo, headquarters, django_capture_on_commit_callbacks):
    assert "2026年10月" in client.get("/figures/").content.decode()
    close(NOVEMBER, by=headquarters, at=moment(12, 20))
    with django_capture_on_commit_callbacks(execute=True):
        closing.publish(month=NOVEMBER, by=headquarters, at=moment(12, 20))
    assert "よろず支援拠点の実績 2026年11月" in client.get("/figures/").content.decode()


def test_a_cache_that_is_away_is_done_without(client, october, settings):
    away = settings.CACHES["public"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"public": away}
    for _time in range(2):
        assert client.get(f"{V1}figures.csv").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["2026-10/v01/", "2026-10/v001/figures.csv", "2026-10/v1%20/", "2026-10/v+1/", "2026-10/v１/figures.json",
     "2026-10/v0/", f"2026-10/v{'1' * 5000}/", "2026-1０/", "2026-010/", "02026-10/", "2026-10 /", "2026-10%0A/v1/"],
)  # fmt: skip
def test_an_address_has_one_spelling_and_nothing_is_kept_under_another(client, october, address):
    assert client.get(f"/figures/{address}").status_code == 404


@pytest.fixture
def made():
    """The pages that are laid out while the test runs."""
    found = []

    def note(template, **_rest):
        found.extend([template.name] if template.name == "website/figures_page.html" else [])

    template_rendered.connect(note)
    yield found
    template_rendered.disconnect(note)


class Reader(threading.Thread):
    """Somebody who opens a page while others do."""

    def __init__(self, address):
        super().__init__()
        self.address = address
        self.start()

    def run(self):
        self.answer = Client().get(self.address)
        connection.close()


def wait_until_no_place_is_free():
    for _ in range(100):
        if not kept.PLACES.acquire(blocking=False):
            return
        kept.PLACES.release()
        time.sleep(0.05)
    pytest.fail("nobody took the second place")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_a_page_once_and_leave_the_other_threads_to_others(october, made):
    client = Client()
    ready = client.get("/figures/index.json")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE reports_publication")  # a page takes as long as we like
        first = Reader(V1)
        wait_until_somebody_waits("relation")
        second = Reader(V1)
        wait_until_no_place_is_free()
        third = client.get(f"{V1}figures.csv")
        assert (third.status_code, third["Retry-After"], third["Cache-Control"]) == (503, "2", "no-store")
        assert "自動で読み込み直します" in third.content.decode()
        assert client.get("/figures/index.json").content == ready.content, "what is ready is never refused"
        assert client.get("/accounts/login/").status_code == 200
    first.join()
    second.join()
    assert (first.answer.status_code, second.answer.status_code) == (200, 200)
    assert first.answer.content == second.answer.content
    assert len(made) == 1
    assert client.get(f"{V1}figures.csv").status_code == 200, "and the places are free again"


def test_nobody_waits_for_long_and_who_never_came_back_is_not_waited_for(client, october, monkeypatch):
    monkeypatch.setattr(kept, "WAIT_SECONDS", 0.3)
    monkeypatch.setattr(kept, "MAKING_SECONDS", 1)
    other = kept._key(Client().get(V1).wsgi_request)
    cache.clear()
    kept.cache.set(publishing.EDITION, other.split(":")[1])
    assert kept._is_ours(other), "another process has begun"
    assert client.get(V1).status_code == 503
    time.sleep(1)
    assert client.get(V1).status_code == 200


def test_the_front_page_and_the_footer_lead_there(client, db):
    assert client.get("/").content.decode().count('href="/figures/"') == 2


def test_the_spans_of_a_publication_are_those_of_the_freeze(october):
    assert {fact[0] for fact in Publication.objects.get().figures["facts"]} == {span.value for span in Span}
