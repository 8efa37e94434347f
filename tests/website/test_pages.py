"""The front page, pages for when something is wrong, and the probes."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from tests import making


def test_a_visitor_reads_what_this_is(client, db):
    assert "経営の悩みに、無料で、何度でも" in client.get("/").content.decode()


def test_everybody_lands_where_they_work(client, tokyo, coordinator, chief, headquarters, agency):
    body = making.make_person("implementing_body", hub=tokyo)
    administrator = making.make_person("administrator", second_factor=True)
    advisor = making.make_person("advisor", hub=tokyo)
    nobody = making.make_user()
    for user, place in [
        (coordinator, "/hubs/tokyo/desk/"), (chief, "/hubs/tokyo/desk/"), (body, "/hubs/tokyo/"), (advisor, "/hubs/tokyo/"), (headquarters, "/nation/"),
        (agency, "/agency/"), (administrator, "/admin/"), (nobody, "/no-role/"),
    ]:  # fmt: skip
        client.force_login(user)
        assert client.get("/")["Location"] == place, user.name
    assert client.get("/no-role/").status_code == 403


def test_english_by_switch(client, tokyo, coordinator):
    client.force_login(coordinator)
    assert "相談を記録" in client.get("/hubs/tokyo/consultations/new/").content.decode()
    english_browser = {"Accept-Language": "en"}
    assert "相談を記録" in client.get("/hubs/tokyo/consultations/new/", headers=english_browser).content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/hubs/tokyo/"})
    page = client.get("/hubs/tokyo/consultations/new/").content.decode()
    assert '<html lang="en">' in page
    assert "Log a consultation" in page


@pytest.mark.parametrize("path", ["/nothing/", "/hubs/atlantis/", "/hubs/tokyo/cases/999999999999999999999/"])
def test_a_page_that_is_not_there_helps(client, tokyo, coordinator, path):
    client.force_login(coordinator)
    answer = client.get(path)
    assert answer.status_code == 404
    assert "ページが見つかりません" in answer.content.decode()


def test_a_failure_inside_shows_a_page_that_helps_and_no_secret(client, tokyo, coordinator, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("dashboards.queries.with_year_before", broken)
    browser = Client(raise_request_exception=False)
    browser.force_login(coordinator)
    answer = browser.get("/hubs/tokyo/")
    assert answer.status_code == 500
    assert "システムの不具合です" in answer.content.decode()
    assert "secret detail" not in answer.content.decode()


def test_the_process_lives(client):
    assert client.get("/healthz").content == b"ok"


def test_ready_only_with_a_workers_heartbeat(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "migrations": "ok", "redis": "ok", "worker": "no heartbeat"}
    cache.set("worker-heartbeat", 1, 30)
    assert client.get("/readyz").status_code == 200
