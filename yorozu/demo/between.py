"""What passes between hubs: joint support in force, requests that wait both ways, a transfer taken in."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import User
from consultations.models import Case, Enterprise
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from sharing import actions
from sharing.actions import Release, Wish
from sharing.choices import ConsentHow, SharingKind
from sharing.models import SharingRequest
from yorozu.demo.accounts import address

HALF_A_YEAR = dt.timedelta(days=180)


def tell_between(*, at: dt.datetime) -> None:
    """Tokyo and its neighbours, once every hub has its clients."""
    hubs = {hub.slug: hub for hub in Hub.objects.filter(slug__in=("tokyo", "osaka", "kanagawa"))}
    tokyo, osaka, kanagawa = (hubs[slug] for slug in ("tokyo", "osaka", "kanagawa"))
    _accept(_ask(tokyo, osaka, SharingKind.JOINT, 0, at=at - dt.timedelta(days=12)), at - dt.timedelta(days=10))
    _ask(tokyo, osaka, SharingKind.TRANSFER, 1, at=at - dt.timedelta(days=2))
    _ask(osaka, tokyo, SharingKind.JOINT, 0, at=at - dt.timedelta(days=1))
    moved = _ask(tokyo, kanagawa, SharingKind.TRANSFER, 0, at=at - dt.timedelta(days=30))
    _hand_over(moved, at - dt.timedelta(days=28))


def _ask(hub: Hub, to_hub: Hub, kind: str, place: int, *, at: dt.datetime) -> SharingRequest | None:
    """About the other hub's first clients with an open case; a small demonstration may have none."""
    with entered(Scope.of_hub(to_hub.pk)):
        known = Enterprise.objects.filter(hub=to_hub).standing().exclude(corporate_number="")
        with_work = known.filter(pk__in=Case.objects.open().values("enterprise_id")).order_by("pk")
        client = with_work[place : place + 1].first()
    if client is None:
        return None
    today = timezone.localdate(at)
    wish = Wish(
        kind=kind, corporate_number=client.corporate_number, reason="管内の事業所についても相談があったため。",
        consented_on=today, consent_how=ConsentHow.WRITTEN,
        ends_on=today + HALF_A_YEAR if kind == SharingKind.JOINT else None,
    )  # fmt: skip
    with entered(Scope.of_hub(hub.pk)):
        return actions.ask(hub=hub, to_hub=to_hub, wish=wish, by=_person("coordinator", hub), at=at)


def _accept(request: SharingRequest | None, at: dt.datetime) -> None:
    if request is not None:
        with entered(Scope.of_hub(request.to_hub_id)):
            actions.accept(request=request, by=_person("chief", request.to_hub), at=at)


def _hand_over(request: SharingRequest | None, at: dt.datetime) -> None:
    if request is None:
        return
    with entered(Scope.of_hub(request.to_hub_id)):
        client = Enterprise.objects.get(hub=request.to_hub, corporate_number=request.corporate_number)
        cases = Case.objects.filter(hub=request.to_hub, enterprise=client).open().values_list("pk", flat=True)
        release = Release(list(cases), "販路開拓の途中。次は商談会の準備。", with_notes=True)
        actions.accept(request=request, by=_person("chief", request.to_hub), at=at, release=release)
    with entered(Scope.of_hub(request.hub_id)):
        actions.receive(request=request, at=at)


def _person(role: str, hub: Hub) -> User:
    return User.objects.get(email=address(f"{role}.{hub.code}"))
