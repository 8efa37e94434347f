"""Makes what tests between hubs speak of: Osaka holds a client, Tokyo asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from consultations.models import Enterprise
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from sharing import actions
from sharing.actions import Release, Wish
from sharing.models import SharingRequest
from tests import making


def chief_of(hub: Hub) -> User:
    """The hub's chief: the same person each time."""
    email = f"chief@{hub.slug}.example"
    return User.objects.filter(email=email).first() or making.make_person("chief", hub=hub, email=email, name="長 官")


def make_client(hub: Hub, **fields: Any) -> Enterprise:
    """A corporation with a 法人番号."""
    values = {"name": "株式会社なにわ製作", "municipality": "堺市", "phone": "0720000000", "prefecture_id": hub.pk}
    values |= {"corporate_number": making.make_corporate_number()}
    return making.make_enterprise(hub=hub, **(values | fields))


def make_wish(number: str, kind: str = "joint", **fields: Any) -> Wish:
    values: dict[str, Any] = {
        "kind": kind, "corporate_number": number, "reason": "東京にも工場があり、あわせて支援したい。",
        "consented_on": date(2026, 11, 1), "consent_how": "written",
        "ends_on": timezone.localdate() + timedelta(days=90) if kind == "joint" else None,
    }  # fmt: skip
    return Wish(**(values | fields))


def ask(
    *, hub: Hub, of: Enterprise, kind: str = "joint", at: datetime | None = None, by: User | None = None, **fields: Any
) -> SharingRequest:
    """A request of a hub about another hub's client."""
    with entered(Scope.of_hub(hub.pk)):
        return actions.ask(
            hub=hub, to_hub=of.hub, wish=make_wish(of.corporate_number, kind, **fields), by=by or making.staff_of(hub),
            at=at or timezone.now(),
        )  # fmt: skip


def accept(request: SharingRequest, *, at: datetime | None = None, **terms: Any) -> SharingRequest:
    """Yes, in the scope of the hub that is asked."""
    with entered(Scope.of_hub(request.to_hub_id)):
        return actions.accept(request=request, by=chief_of(request.to_hub), at=at or timezone.now(), **terms)


def hand_over(request: SharingRequest, *cases: Any, with_notes: bool = True) -> SharingRequest:
    """Yes to a transfer of cases."""
    release = Release([case.pk for case in cases], "販路の見直しの途中。次は商談会。", with_notes)
    return accept(request, release=release)


def again(request: SharingRequest, hub: Hub) -> SharingRequest:
    """The row as it stands, in a hub's eyes."""
    with entered(Scope.of_hub(hub.pk)):
        return SharingRequest.objects.with_people().get(pk=request.pk)


def something_between(hub: Hub) -> SharingRequest:
    """A case of another hub's client, handed over to this one: a request, its trace, a parcel."""
    holder = Hub.objects.select_related("prefecture").exclude(pk=hub.pk).order_by("-pk").first()
    assert holder is not None
    client = make_client(holder)
    return hand_over(ask(hub=hub, of=client, kind="transfer"), making.make_case(hub=holder, enterprise=client))
