"""Bookings, and who takes how much."""

from __future__ import annotations

from typing import Any

from booking.actions import bookings
from booking.models import ClosedDay, token_of
from consultations.actions import assignments
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests import making
from tests.booking.making import MONDAY, at_hour, make_booking, make_hours, make_place

# fmt: off
ROWS = {
    # ---- for clients: the public page, and the link in a letter
    "book/<slug:slug>/":                                       "yyyyyyyyyyy",
    "bookings/<str:token>/":                                   "yyyyyyyyyyy",
    "bookings/<str:token>/cancellation/":                      "ggggggggggg",
    # ---- the calendar
    "hubs/<slug:hub>/bookings/":                               "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/new/":                           "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/requests/":                      "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/settings/":                      "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/places/new/":                    "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/places/<int:pk>/":               "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/hours/new/":                     "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/hours/<int:pk>/ending/":         "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/closed-days/new/":               "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/closed-days/<int:pk>/deletion/": "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/<int:pk>/":                      "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/<int:pk>/edit/":                 "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/<int:pk>/confirmation/":         "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/<int:pk>/refusal/":              "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/<int:pk>/cancellation/":         "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/<int:pk>/absence/":              "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/bookings/<int:pk>/logging/":              "s-ggxxxxxxx s-------xxx",
    # ---- assignments
    "hubs/<slug:hub>/assignments/":                            "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/assignments/<int:pk>/":                   "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/assignments/<int:person>/handover/":      "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/handovers/":                              "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/handovers/<int:pk>/":                     "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/handovers/<int:pk>/file/":                "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/cases/<int:pk>/lead/":                    "s-yyxxxxxxx s-------xxx",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """A place, open hours, a closed day, a booking, a request and a handover."""
    staff, other = making.staff_of(hub), making.make_person("coordinator", hub=hub)
    place = make_place(hub=hub)
    hours = make_hours(hub=hub, coordinator=staff, place=place)
    made = make_booking(hub=hub, place=place)
    asked = make_booking(hub=hub, state="requested", begins=at_hour(MONDAY, 14))
    case = making.make_case(hub=hub, lead=staff)
    with entered(Scope.of_hub(hub.pk)):
        closed = ClosedDay.objects.create(hub=hub, on=MONDAY, name="棚卸し")
        giving = assignments.Giving(case=case, to=other)
        handed = bookings.hand_over(hub=hub, giver=staff, cases=[giving], bookings=[], by=staff, at=making.MOMENT)
    return {
        "book/<slug:slug>": hub.slug,
        "bookings/<str:token>": token_of(made.client_id),
        "bookings/places/<int:pk>": place.pk,
        "bookings/hours/<int:pk>": hours.pk,
        "bookings/closed-days/<int:pk>": closed.pk,
        "bookings/<int:pk>": asked.pk,
        "assignments/<int:pk>": other.pk,
        "assignments/<int:person>": other.pk,
        "handovers/<int:pk>": handed.pk,
    }
