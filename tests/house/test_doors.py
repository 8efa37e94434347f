"""No address without a decision about who may open it."""

from __future__ import annotations

import inspect

import pytest
from rest_framework.views import APIView

from hubs import access
from hubs.doors import Reach
from tests import making
from tests.house.addresses import Address, addresses

# The administration site is Django's: one door for all of it, tested in test_who_gets_what.
OURS = [address for address in addresses() if address.is_ours and not address.route.startswith("admin/")]
# What may be opened by anybody. Nothing else may.
PUBLIC = {
    "website:home", "website:definitions", "api:schema", "api:indicators",
    "casestudies:list", "casestudies:study",  # what clients agreed to have told
    "figures:newest", "figures:month", "figures:version", "figures:csv", "figures:json", "figures:index",
    "figures:definitions", "figures:atom", "figures:rss",  # what was published
    "book:request",  # a stranger asks for an appointment
    "reports:signing_key",  # what anybody checks a package's signature with
    "offline:manifest", "offline:worker", "offline:shell",  # kept by browsers: the same for everybody
}  # fmt: skip
# What asks for no right, only for a sign-in: each shows the person's own things.
OWN = {"website:no_role", "website:my_hubs", "offline:start"}


def test_whoever_opens_what_is_only_posted_to_is_led_to_the_page_above(client, tokyo, coordinator):
    """After signing in again, by switching the language of a refused form, by reloading."""
    case = making.make_case(hub=tokyo)
    client.force_login(coordinator)
    steps = f"/hubs/tokyo/cases/{case.pk}/steps/"
    assert client.get(steps)["Location"] == f"/hubs/tokyo/cases/{case.pk}/"
    assert client.get(steps, headers={"HX-Request": "true"}).status_code == 405
    assert client.delete(steps).status_code == 405


def test_every_address_has_a_door():
    for address in addresses():
        assert isinstance(address.reach, Reach), address


def test_the_public_addresses_are_these():
    assert {address.name for address in OURS if address.reach is Reach.PUBLIC} == PUBLIC


def test_every_other_address_of_ours_names_a_right_that_exists():
    for address in OURS:
        if address.reach in (Reach.PUBLIC, Reach.LINK, Reach.SELF_GUARDED):
            continue
        permission = getattr(address.view, "permission", None)
        if permission is None:
            assert address.name in OWN, f"{address.route} names no right"
            assert address.reach is Reach.OWN
        else:
            assert permission in set(access.Permission), address.route


def test_a_hubs_rows_are_reached_through_the_hub_in_the_address():
    for address in OURS:
        if address.reach in (Reach.HUB_RECORDS, Reach.HUB_FIGURES):
            assert "<slug:hub>" in address.route, address.route
        elif "<slug:hub>" in address.route:
            pytest.fail(f"{address.route} is of a hub and reaches {address.reach}")


def test_records_are_behind_a_right_that_only_hubs_have():
    """Agency, bureaus and headquarters see figures; headquarters sees records after opening them."""
    for role in ("agency", "bureau", "headquarters", "administrator", "advisor", "evaluator", "implementing_body"):
        held = access.GRANTS[role]
        for address in OURS:
            if address.reach is Reach.HUB_RECORDS:
                assert getattr(address.view, "permission", None) not in held, f"{role} gets {address.route}"


def test_every_right_is_given_to_somebody_and_asked_for_somewhere():
    given = set().union(*access.GRANTS.values())
    assert given == set(access.Permission)


@pytest.mark.parametrize("address", [a for a in OURS if inspect.isclass(a.view) and issubclass(a.view, APIView)])
def test_an_api_view_asks_for_a_sign_in_itself(address: Address):
    """DRF passes by LoginRequiredMiddleware, and by us if somebody takes the entrance away."""
    if address.reach is not Reach.PUBLIC:
        assert address.view.permission_classes, address.route
