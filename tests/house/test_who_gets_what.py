"""Every address × every role × own hub and another's: what a GET answers. An address without a row here fails.

One letter for one answer, in the order of COLUMNS; a hub's addresses have a second word for another's hub.

    y  the page (200)      p  must be posted (405)      n  nothing new or an empty answer (204)
    s  to the sign-in      o  to where records are opened with a reason       g  goes on to another page
    -  no such page (404): strangers are not told       x  not allowed (403)   k  who are you? (401)
"""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from foundation.periods import Month
from hubs.doors import Reach
from hubs.models import Bureau, Hub
from hubs.tenancy import Scope, entered
from jobs.models import Job
from reports.choices import Format
from reports.contents import Edition
from reports.queries import KIND, Order
from tests import making
from tests.house.addresses import addresses

COLUMNS = (
    "anonymous", "no role", "coordinator", "chief", "implementing_body", "advisor", "evaluator",
    "bureau", "agency", "headquarters", "administrator",
)  # fmt: skip
NATIONAL = {"bureau", "agency", "headquarters", "administrator"}
ANSWERS = {200: "y", 204: "n", 401: "k", 403: "x", 404: "-", 405: "p"}

# fmt: off
TABLE = {
    #                                                           ┌ anonymous
    #                                                           │┌ no role
    #                                                           ││┌ coordinator, chief
    #                                                           ││││┌ implementing body, advisor, evaluator
    #                                                           │││││││┌ bureau, agency, headquarters, administrator
    # ---- the site
    "":                                                        "ygggggggggg",
    "no-role/":                                                "sxxxxxxxxxx",
    "my-hubs/":                                                "syyyyyyyyyy",
    "definitions/":                                            "yyyyyyyyyyy",
    # ---- a hub: figures, roster, appointments
    "hubs/<slug:hub>/roster/":                                 "s-yyyyyyyyx s-------yyx",
    "hubs/<slug:hub>/appointments/":                           "s-xyyxxyxyx s-------xyx",
    "hubs/<slug:hub>/appointments/new/":                       "s-xyyxxxxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/":                  "s-xyyxxyxyx s-------xyx",
    "hubs/<slug:hub>/appointments/<int:pk>/agreement/":        "s-xxxxxgxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/refusal/":          "s-xxxxxgxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/withdrawal/":       "s-xggxxxxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/contract/":         "s-xxgxxxxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/completion/":       "s-xxgxxxxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/release/":          "s-xxgxxxxxx s-------xxx",
    "hubs/<slug:hub>/opening/":                                "s-xxxxxxxyx s-------xyx",
    "hubs/<slug:hub>/":                                        "s-yyyyyyyyx s-------yyx",
    # ---- a hub: records
    "hubs/<slug:hub>/trail/":                                  "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/figures/records/":                        "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/consultations/":                          "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/consultations/new/":                      "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/consultations/<int:pk>/":                 "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/consultations/<int:pk>/edit/":            "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/consultations/<int:pk>/deletion/":        "s-ppxxxxxxx s-------xxx",
    "hubs/<slug:hub>/drafts/<uuid:client_id>/":                "s-ppxxxxxxx s-------xxx",
    "hubs/<slug:hub>/drafts/<uuid:client_id>/discarding/":     "s-ppxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/":                            "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/enterprises/suggestions/":                "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/case-choices/":               "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/<int:pk>/":                   "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/enterprises/<int:pk>/edit/":              "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/cases/":                                  "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/cases/<int:pk>/":                         "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/cases/<int:pk>/edit/":                    "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/cases/<int:pk>/steps/":                   "s-ppxxxxxxx s-------xxx",
    # ---- the nation
    "nation/":                                                 "sxxxxxxyyyx",
    "nation/breakdowns/":                                      "sxxxxxxyyyx",
    "nation/appointments/":                                    "sxxxxxxyxyx",
    "nation/trail/":                                           "sxxxxxxxxyy",
    # ---- reports
    "reports/":                                                "sxxxxxxyyyx",
    "reports/<str:month>/editions/":                           "sxxxxxxgggx",
    "reports/jobs/<int:job>/":                                 "sxxxxxxyyyx",
    "reports/jobs/<int:job>/progress/":                        "sxxxxxxyyyx",
    "reports/jobs/<int:job>/file/":                            "sxxxxxxgggx",
    # ---- API
    "api/schema/":                                             "yyyyyyyyyyy",
    "api/v1/hubs/<slug:hub>/consultations/":                   "k-yyxxxxxxx k-------xxx",
    "api/v1/hubs/<slug:hub>/consultations/<int:pk>/":          "k-yyxxxxxxx k-------xxx",
    "api/v1/indicators/":                                      "yyyyyyyyyyy",
    "api/v1/figures/<str:month>/":                             "kxxxxxxyyyx",
}
# fmt: on


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
        self.things = {hub.slug: self.fill(hub) for hub in (tokyo, osaka)}
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

    def fill(self, hub: Hub) -> dict[str, Any]:
        """One of each at a hub: what stands in the addresses, by the route up to it."""
        held = making.make_consultation(hub=hub)
        order = Order(Edition.named("kanto"), Month(2026, 10), Format.CSV)
        with entered(Scope.of_hub(hub.pk)):
            job = Job.objects.create(
                kind=KIND, parameters=order.parameters, requested_by=making.staff_of(hub), requested_at=making.MOMENT
            )
        return {
            "consultations/<int:pk>": held.pk,
            "cases/<int:pk>": held.case_id,
            "enterprises/<int:pk>": held.enterprise_id,
            "appointments/<int:pk>": making.make_appointment(hub=hub).pk,
            "<uuid:client_id>": uuid.uuid4(),
            "<int:job>": job.pk,
            "<str:month>": "2026-10",
        }

    def path(self, route: str, hub: str, things_of: str | None = None) -> str:
        """The address with its parts filled in."""
        filled = "/" + route.replace("<slug:hub>", hub)
        for part, value in self.things[things_of or hub].items():
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
