"""Every address × every role × own hub and another's: what a GET answers. An address without a row in
tests/house/answers fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from hubs.doors import Reach
from hubs.models import Bureau, Hub
from tests import making
from tests.house.addresses import addresses
from tests.house.answers import TABLE, fill

COLUMNS = (
    "anonymous", "no role", "coordinator", "chief", "implementing_body", "advisor", "evaluator",
    "bureau", "agency", "headquarters", "administrator",
)  # fmt: skip
NATIONAL = {"bureau", "agency", "headquarters", "administrator"}
ANSWERS = {200: "y", 204: "n", 401: "k", 403: "x", 404: "-", 405: "p"}


def letter(response: Any) -> str:
    """The answer as one letter; anything unforeseen as its number."""
    if response.status_code in (301, 302):
        if "/accounts/login/" in response["Location"]:
            return "s"
        return "o" if "/opening/" in response["Location"] else "g"
    return ANSWERS.get(response.status_code, f"<{response.status_code}>")


class World:
    """Tokyo and Osaka, each with something behind every address, and somebody of a role."""

    def __init__(self, role: str, tokyo: Hub, osaka: Hub) -> None:
        self.client = Client(raise_request_exception=False)
        self.things = {hub.slug: fill(hub) for hub in (tokyo, osaka)}
        if role == "anonymous":
            return
        if role == "no role":
            person = making.make_user()
        elif role == "bureau":
            person = making.make_person(role, bureau=Bureau.objects.get(slug="kanto"), second_factor=True)
        elif role in NATIONAL:
            person = making.make_person(role, second_factor=True)
        else:
            person = making.make_person(role, hub=tokyo)
        self.client.force_login(person)

    def path(self, route: str, hub: str, things_of: str | None = None) -> str:
        """The address with its parts filled in."""
        filled = "/" + route.replace("<slug:hub>", hub)
        for part, value in sorted(self.things[things_of or hub].items(), key=lambda filled: -len(filled[0])):
            filled = filled.replace(part, f"{part.split('<')[0]}{value}")
        assert "<" not in filled, f"{route}: say in World.fill what stands in it"
        return filled

    def answer(self, route: str, hub: str, things_of: str | None = None) -> str:
        return letter(self.client.get(self.path(route, hub, things_of)))


def routes() -> list[str]:
    """The addresses of ours, each once; the administration site has tests of its own."""
    found = [address.route for address in addresses() if address.is_ours and not address.route.startswith("admin/")]
    return [route for route in dict.fromkeys(found) if not route.startswith("accounts/")]


def test_every_address_has_its_row_and_every_row_its_address():
    assert sorted(TABLE) == sorted(routes())


@pytest.mark.django_db
@pytest.mark.parametrize("role", COLUMNS)
def test_who_gets_what(role, tokyo, osaka):
    world = World(role, tokyo, osaka)
    wrong = {}
    for route in routes():
        hubs = ("tokyo", "osaka") if "<slug:hub>" in route else ("tokyo",)
        expected = [word[COLUMNS.index(role)] for word in TABLE[route].split()] if route in TABLE else None
        found = [world.answer(route, hub) for hub in hubs]
        if found != expected:
            wrong[route] = (expected, found)
    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["coordinator", "chief", "implementing_body", "headquarters", "bureau"])
def test_another_hubs_row_is_not_found_under_ones_own_hub(role, tokyo, osaka):
    """/hubs/tokyo/cases/<a case of Osaka>/: as if it did not exist, for whoever may see Tokyo's."""
    world = World(role, tokyo, osaka)
    for route in routes():
        own = TABLE[route].split()[0][COLUMNS.index(role)]
        if route.endswith("<int:pk>/") and "<slug:hub>" in route and own == "y":
            assert world.answer(route, "tokyo", things_of="osaka") == "-", route


@pytest.mark.django_db
@pytest.mark.parametrize("role", COLUMNS)
def test_no_role_may_post_where_it_may_not_look(role, tokyo, osaka):
    """A POST with nothing in it: never an answer that a GET would have refused, never a 500."""
    world = World(role, tokyo, osaka)
    for route in routes():
        hub = "osaka" if "<slug:hub>" in route else "tokyo"
        looked = TABLE[route].split()[-1][COLUMNS.index(role)]
        if looked in "-xks":
            posted = letter(world.client.post(world.path(route, hub), HTTP_ORIGIN="http://testserver"))
            assert posted in (looked, "p"), route


@pytest.mark.django_db
def test_a_hub_that_does_not_exist_is_not_found(tokyo, osaka):
    world = World("headquarters", tokyo, osaka)
    for route in routes():
        if "<slug:hub>" in route:
            assert world.answer(route, "atlantis", things_of="tokyo") == "-", route


@pytest.mark.django_db
@pytest.mark.parametrize("role", COLUMNS)
def test_the_administration_site_is_for_administrators(role, tokyo, osaka):
    world = World(role, tokyo, osaka)
    for page in ("", "accounts/user/", "hubs/membership/", "hubs/hub/", "directory/code/"):
        answer = letter(world.client.get(f"/admin/{page}"))
        assert answer == {"anonymous": "s", "administrator": "y"}.get(role, "-"), page


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(NATIONAL))
def test_without_their_second_factor_those_who_see_the_nation_see_nothing(role, tokyo, osaka, client):
    bureau = Bureau.objects.get(slug="kanto") if role == "bureau" else None
    client.force_login(making.make_person(role, bureau=bureau, second_factor=False))
    world = World("anonymous", tokyo, osaka)
    for route in routes():
        if TABLE[route].split()[0][0] in "sk":
            assert letter(client.get(world.path(route, "tokyo"))) in "gxk", route


def test_every_way_into_an_account_is_without_rows():
    """allauth's pages and ours around them guard themselves: no scope, so no hub's row exists for them."""
    for address in addresses():
        if address.route.startswith("accounts/"):
            assert address.reach is Reach.SELF_GUARDED, address.route
