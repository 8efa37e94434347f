"""Reads that span rooms: what may be shared of a client, whom one could ask, what is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.choices import ConsentPurpose
from consultations.models import Case, Consent, ProgramRules
from consultations.queries import code_labels
from consultations.queries.timelines import About, Row, Source, words_of
from directory.choices import CodeKind
from directory.models import SupportOrganization
from hubs.models import Hub
from referrals.choices import ReferralKind, ReferralMove, ReferralState, Shared, Waiting
from referrals.models import TOLD, Referral, ReferralLink, ReferralStep, ReferralWork
from referrals.workflow import FINISHED

CANDIDATES = 8
LOOKED_BACK = dt.timedelta(days=730)

# Which kinds of agency usually help with what (domain.md §3, §5). A start, until the hub's own history says more.
USUAL: dict[str, frozenset[str]] = {
    "turnaround": frozenset({"revitalization", "guarantee", "lawyer", "bank", "cpa", "tax_accountant"}),
    "succession": frozenset({"succession_center", "bank", "tax_accountant", "lawyer"}),
    "startup": frozenset({"commerce_society", "chamber", "bank", "municipality", "sme_consultant"}),
    "closure": frozenset({"lawyer", "revitalization", "tax_accountant"}),
    "sales": frozenset({"chamber", "commerce_society", "sme_consultant", "private_consultant", "university"}),
}

# Per organization near the hub, or that it has worked with: how often in this field, how often at all, how fast it
# answers. One statement over two years of one hub.
_HISTORY = """
    WITH involved AS (
        SELECT i.organization_id AS id, count(*) AS worked, count(*) FILTER (WHERE k.category = %(category)s) AS here
          FROM consultations_consultation c
          JOIN consultations_involvement i ON i.hub_id = c.hub_id AND i.consultation_id = c.id
          JOIN consultations_case k ON k.hub_id = c.hub_id AND k.id = c.case_id
         WHERE c.hub_id = %(hub)s AND c.held_on >= %(since)s AND c.deleted_at IS NULL
         GROUP BY 1
    ), referred AS (
        SELECT r.organization_id AS id, count(*) AS worked, count(*) FILTER (WHERE k.category = %(category)s) AS here,
               count(r.answered_on) AS answered, count(*) FILTER (WHERE r.state = 'declined') AS declined,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY r.answered_on - r.sent_on) AS days
          FROM referrals_referral r
          JOIN consultations_case k ON k.hub_id = r.hub_id AND k.id = r.case_id
         WHERE r.hub_id = %(hub)s AND r.sent_on >= %(since)s AND r.state <> 'cancelled'
         GROUP BY 1
    )
    SELECT o.id, o.name, o.kind, o.prefecture_id, coalesce(i.worked, 0) + coalesce(r.worked, 0),
           coalesce(i.here, 0) + coalesce(r.here, 0), coalesce(r.worked, 0), coalesce(r.answered, 0), r.days,
           coalesce(r.declined, 0)
      FROM directory_supportorganization o
      LEFT JOIN involved i ON i.id = o.id LEFT JOIN referred r ON r.id = o.id
     WHERE o.is_active AND (o.prefecture_id = %(prefecture)s OR o.prefecture_id IS NULL
                            OR i.id IS NOT NULL OR r.id IS NOT NULL)
"""


@dataclass(frozen=True)
class Candidate:
    """An organization, and why it is named where it is."""

    pk: int
    name: str
    kind: str
    score: float
    reasons: tuple[str, ...]


def candidates(*, hub: Hub, case: Case, today: dt.date, at_most: int = CANDIDATES) -> list[Candidate]:
    """Whom one could ask about a case, best first: by field, by area, and by how they answered this hub before."""
    labels = code_labels(CodeKind.ORGANIZATION_KIND)[CodeKind.ORGANIZATION_KIND]
    asked = {"hub": hub.pk, "category": case.category, "since": today - LOOKED_BACK, "prefecture": hub.prefecture_id}
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, asked)  # type: ignore[arg-type]
        found = [_weighed(row, case, hub, labels) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: (-one.score, one.name, one.pk))[:at_most]


def _weighed(row: Sequence[Any], case: Case, hub: Hub, labels: dict[str, str]) -> Candidate:
    pk, name, kind, prefecture, _worked, here, referred, answered, days, declined = row
    score, reasons = 0.0, []
    if kind in USUAL.get(case.category, frozenset()):
        score += 3
        reasons.append(_("%s を扱う機関の種別") % case.get_category_display())
    if here:
        score += min(here, 10) * 0.4 + 1
        reasons.append(_("同じ分野での紹介・連携 %d件(2年間)") % here)
    if prefecture == hub.prefecture_id:
        score += 2
        reasons.append(_("同じ都道府県"))
    if answered:
        score += 2 if days <= 3 else 1 if days <= 9 else 0
        reasons.append(_("回答までの中央値 %(days)d日(%(answered)d/%(referred)d件に回答)") % {
            "days": days, "answered": answered, "referred": referred,
        })  # fmt: skip
    elif referred:
        score -= 1
        reasons.append(_("これまでの%d件に回答がない") % referred)
    if declined:
        score -= min(declined, 3) * 0.5
        reasons.append(_("辞退 %d件") % declined)
    return Candidate(pk, name, labels.get(kind, kind), score, tuple(reasons))


def organizations_for(hub: Hub, held: int | None = None) -> QuerySet[SupportOrganization]:
    """All that a hub may choose: those near it, those of the whole country, and the one that is chosen already."""
    rows = SupportOrganization.objects
    near = rows.filter(is_active=True, prefecture=hub.prefecture_id) | rows.filter(is_active=True, prefecture=None)
    return (near | rows.filter(pk=held)).order_by("kind", "name", "pk")  # type: ignore[misc]


def snapshot(referral: Referral) -> dict[str, str]:
    """What the other agency will read: the fields consented to that have something in them."""
    values = _values(referral)
    return {name: values[name] for name in Shared.values if name in referral.fields and values[name]}


def shared_rows(shared: dict[str, str]) -> list[tuple[str, str]]:
    """(label, value) of what was shared, in the order of the list."""
    return [(str(label), shared[name]) for name, label in Shared.choices if name in shared]


def _values(referral: Referral) -> dict[str, str]:
    client, case = referral.enterprise, referral.case
    labels = code_labels(CodeKind.INDUSTRY)[CodeKind.INDUSTRY] if Shared.INDUSTRY in referral.fields else {}
    prefecture = client.prefecture.name if client.prefecture_id and client.prefecture else ""
    return {
        Shared.NAME: client.name,
        Shared.REPRESENTATIVE: client.representative,
        Shared.PHONE: client.phone,
        Shared.EMAIL: client.email,
        Shared.ADDRESS: f"{prefecture}{client.municipality}{client.address}",
        Shared.CORPORATE_NUMBER: client.corporate_number,
        Shared.INDUSTRY: labels.get(client.industry, ""),
        Shared.EMPLOYEES: "" if client.employees is None else str(client.employees),
        Shared.CATEGORY: str(case.get_category_display()),
        Shared.OUTLINE: referral.outline,
    }


def taken_back(rows: QuerySet[Referral], consents: QuerySet[Consent]) -> QuerySet[Referral]:
    """Of these referrals, those whose client has taken back the consent to being handed on: the latest is withdrawn,
    and the referral's own was not given afterwards."""
    of_client = consents.filter(
        hub=OuterRef("hub"), enterprise=OuterRef("enterprise"), purpose=ConsentPurpose.PROVISION
    ).order_by("-given_on", "-pk")
    rows = rows.annotate(
        taken_back_on=Subquery(of_client.values("withdrawn_on")[:1]),
        taken_back_at=Subquery(of_client.values("withdrawn_at")[:1]),
    )
    afterwards = Q(consented_on__gt=F("taken_back_on"))
    afterwards |= Q(consented_on=F("taken_back_on"), consent_recorded_at__gt=F("taken_back_at"))
    return rows.filter(taken_back_on__isnull=False).filter(Q(consented_on__isnull=True) | ~afterwards)


def is_taken_back(referral: Referral) -> bool:
    """Whether the client took back the consent to this referral's being handed on."""
    return taken_back(Referral.objects.filter(pk=referral.pk), Consent.objects.all()).exists()


def is_taken_back_by_link(referral: Referral) -> bool:
    """The same, asked in the scope of its link."""
    return taken_back(Referral.by_link.filter(pk=referral.pk), Consent.by_link.all()).exists()


def listed(*, hub: Hub, wanted: str, today: dt.date, case: int | None = None) -> QuerySet[Referral]:
    """A hub's referrals, narrowed to a state or to what somebody waits for."""
    rows = Referral.objects.filter(hub=hub)
    if case is not None:
        rows = rows.filter(case_id=case)
    match wanted:
        case Waiting.OPEN:
            return rows.open()
        case Waiting.UNANSWERED:
            return rows.unanswered()
        case Waiting.OVERDUE:
            return rows.unanswered().sent_by(today - dt.timedelta(days=ProgramRules.objects.on(today).chase_days[0]))
        case Waiting.RESULTLESS:
            return rows.resultless()
        case wanted if wanted in ReferralState.values:
            return rows.filter(state=wanted)
        case _:
            return rows


def chases_due(*, hub_id: int, today: dt.date) -> list[tuple[int, int]]:
    """(referral, number) of the letters that are due and not written, by the days since it was last sent. What was
    missed while nobody worked is made up for by one letter, the latest; only who still has a link, living or ended, is
    asked."""
    days = ProgramRules.objects.on(today).chase_days
    keys = ReferralLink.objects.filter(referral=OuterRef("pk"), hub=OuterRef("hub"), revoked_at__isnull=True)
    waiting = Referral.objects.filter(Exists(keys), hub_id=hub_id, chased__lt=len(days)).unanswered()
    waiting = waiting.filter(enterprise__anonymised_at__isnull=True)
    sendings = ReferralStep.objects.filter(referral=OuterRef("pk"), what__in=[ReferralMove.SEND, "resent"])
    last = Subquery(sendings.order_by("-at").values(day=TruncDate("at"))[:1])
    rows = waiting.sent_by(today - dt.timedelta(days=days[0])).annotate(asked_on=Coalesce(last, F("sent_on")))
    found = []
    for pk, asked_on, chased in rows.values_list("pk", "asked_on", "chased"):
        number = sum((today - asked_on).days >= day for day in days)
        if number > chased:
            found.append((pk, number))
    return found


def links_ended(*, hub_id: int, at: dt.datetime, today: dt.date) -> Iterable[int]:
    """Referrals whose link has ended while something was still awaited; unanswered ones after the last chase."""
    chases = len(ProgramRules.objects.on(today).chase_days)
    ended = ReferralLink.objects.filter(
        referral=OuterRef("pk"), hub=OuterRef("hub"), revoked_at__isnull=True, expires_at__lte=at
    )
    rows = Referral.objects.filter(Exists(ended), hub_id=hub_id)
    return (rows.unanswered().filter(chased__gte=chases) | rows.resultless()).values_list("pk", flat=True)


def is_untold(referral: Referral) -> bool:
    """Whether its end came from the agency and nobody at the hub was told yet."""
    return referral.pk in answers_untold(hub_id=referral.hub_id, referral_id=referral.pk)


def answers_untold(*, hub_id: int, referral_id: int | None = None) -> Iterable[int]:
    """Referrals that the agency itself has brought to an end, of which nobody at the hub was told yet."""
    told = ReferralStep.objects.filter(
        referral=OuterRef("referral"), hub=OuterRef("hub"), what=TOLD, at__gte=OuterRef("at")
    )
    ends = ReferralStep.objects.filter(
        ~Exists(told), hub_id=hub_id, is_agencys=True, by__isnull=True, state__in=FINISHED,
        referral__state__in=FINISHED, referral__enterprise__anonymised_at__isnull=True,
    )  # fmt: skip
    ends = ends.filter(referral_id=referral_id) if referral_id else ends
    return sorted(set(ends.values_list("referral", flat=True)))


def links_to_stop(*, hub_id: int, at: dt.datetime) -> Iterable[int]:
    """Referrals with a living link whose client took the consent back, or is forgotten."""
    living = ReferralLink.objects.filter(
        referral=OuterRef("pk"), hub=OuterRef("hub"), revoked_at__isnull=True, expires_at__gt=at
    )
    rows = Referral.objects.filter(Exists(living), hub_id=hub_id)
    forgotten = rows.filter(enterprise__anonymised_at__isnull=False).values_list("pk", flat=True)
    return {*taken_back(rows, Consent.objects.all()).values_list("pk", flat=True), *forgotten}


# ---- what a client's or a case's timeline shows
def _steps(about: About) -> QuerySet[ReferralStep]:
    """Moves; chasing and links are the desk's own business."""
    rows = ReferralStep.objects.filter(about.of("referral__case", "referral__enterprise"))
    return rows.filter(what__in=ReferralMove.values)


def _works(about: About) -> QuerySet[ReferralWork]:
    return ReferralWork.objects.filter(about.of("referral__case", "referral__enterprise")).standing()


def _page(hub: Hub, row: Row) -> str:
    return reverse("referrals:page", args=[hub.slug, row.leads_to])


_OF_REFERRAL = {
    "leads_to": F("referral_id"), "more": F("referral__organization__name"), "matter": F("referral__case__title"),
}  # fmt: skip
_kind, _move = words_of(ReferralKind), words_of(ReferralMove)
MOMENTS = (
    Source(
        "referrals", 30, _steps,
        _OF_REFERRAL | {
            "day": TruncDate("at"), "code": F("referral__kind"), "detail": F("what"), "words": Left("note", 200),
            "person": F("by__name"),
        },
        label=lambda row: _kind(row.code), said=lambda row: _move(row.detail), url=_page, is_move=True,
    ),
    Source(
        "referral_works", 31, _works,
        _OF_REFERRAL | {
            "day": F("worked_on"), "code": F("referral__kind"), "detail": F("times"), "words": Left("content", 200),
        },
        label=lambda _row: _("紹介先の支援"), said=lambda row: _("%(n)s回") % {"n": row.detail}, url=_page,
    ),
)  # fmt: skip
