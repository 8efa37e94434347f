"""Views that are saved and shared."""

from __future__ import annotations

import pytest

from finding.models import SavedView
from hubs.tenancy import Scope, entered
from tests import making

VIEWS = "/hubs/tokyo/views/"
LIST = "/hubs/tokyo/consultations/"


def save(client, *, name="はなまる条件", query="q=補助&after=2026-01-01_3&evil=1", shared=False, on="consultations"):
    values = {"name": name, "list": on, "query": query} | ({"is_shared": "1"} if shared else {})
    return client.post(VIEWS, values, headers={"Origin": "http://testserver"})


def views_of(hub) -> list[SavedView]:
    with entered(Scope.of_hub(hub.pk)):
        return list(SavedView.objects.all().order_by("pk"))


def test_the_filters_of_a_list_are_saved_and_shown_on_it(client, tokyo, coordinator):
    client.force_login(coordinator)
    assert save(client)["Location"] == f"{LIST}?q=%E8%A3%9C%E5%8A%A9"
    (view,) = views_of(tokyo)
    assert view.query == "q=%E8%A3%9C%E5%8A%A9"
    assert f'{LIST}?q=%E8%A3%9C%E5%8A%A9"' in client.get(LIST).content.decode()


def test_a_private_view_is_nobody_elses(client, tokyo, coordinator, chief):
    client.force_login(coordinator)
    save(client)
    client.force_login(chief)
    assert "はなまる条件" not in client.get(LIST).content.decode()
    (view,) = views_of(tokyo)
    assert client.get(f"{VIEWS}{view.pk}/edit/").status_code == 404


def test_a_shared_view_stays_when_its_owner_leaves_and_the_chief_may_delete_it(client, tokyo, chief):
    from hubs.models import Membership

    leaver = making.make_person("coordinator", hub=tokyo)
    client.force_login(leaver)
    save(client, shared=True)
    with entered(Scope.of_hub(tokyo.pk)):
        Membership.objects.filter(user=leaver).update(valid_to=making.LONG_AGO)
    other = making.make_person("coordinator", hub=tokyo)
    client.force_login(other)
    assert "はなまる条件" in client.get(LIST).content.decode()
    (view,) = views_of(tokyo)
    assert client.post(f"{VIEWS}{view.pk}/deletion/").status_code == 404
    client.force_login(chief)
    assert client.post(f"{VIEWS}{view.pk}/edit/", {"name": "補助金の相談", "is_shared": "1"}).status_code == 302
    assert client.post(f"{VIEWS}{view.pk}/deletion/").status_code == 302
    assert views_of(tokyo) == []


@pytest.mark.parametrize("query", ["", "evil=1", "after=2026-01-01_3"])
def test_nothing_to_save_is_said(client, tokyo, coordinator, query):
    client.force_login(coordinator)
    save(client, query=query)
    assert views_of(tokyo) == []


def test_two_of_one_name_are_refused(client, tokyo, coordinator):
    client.force_login(coordinator)
    save(client)
    save(client, query="q=融資")
    assert [view.query for view in views_of(tokyo)] == ["q=%E8%A3%9C%E5%8A%A9"]
    save(client, name="融資", query="q=融資")
    second = views_of(tokyo)[1]
    assert client.post(f"{VIEWS}{second.pk}/edit/", {"name": "はなまる条件"}).status_code == 422


def test_the_page_of_views_lists_ones_own_and_the_shared(client, tokyo, coordinator, chief):
    client.force_login(chief)
    save(client, name="チーフだけ")
    save(client, name="みんなの", shared=True, on="search")
    client.force_login(coordinator)
    page = client.get(VIEWS).content.decode()
    assert "みんなの" in page
    assert "チーフだけ" not in page


def test_an_unknown_list_is_not_found(client, tokyo, coordinator):
    client.force_login(coordinator)
    assert save(client, on="users").status_code == 404
