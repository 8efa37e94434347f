"""What this room tells a timeline: sessions and their files, steps, outcomes and follow-ups of cases, merges."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce, Left, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.choices import AsOf, CaseMove, CaseState, FollowUpEnding, Method, OutcomeKind, Trend
from consultations.models import Attachment, CaseStep, Consultation, FollowUp, Merge, Outcome
from consultations.queries.timelines import About, Row, Source, register, words_of
from hubs.access import Permission
from hubs.models import Hub

LONGEST = 200  # letters of a note: more of it is read on its own page
_how, _move, _state = words_of(Method), words_of(CaseMove), words_of(CaseState)
_outcome, _trend, _as_of, _ending = words_of(OutcomeKind), words_of(Trend), words_of(AsOf), words_of(FollowUpEnding)


def _page(name: str) -> Any:
    return lambda hub, row: reverse(f"consultations:{name}", args=[hub.slug, row.leads_to])


def _sessions(about: About) -> QuerySet[Any]:
    return Consultation.objects.filter(about.of("case", "enterprise")).standing()


def _files(about: About) -> QuerySet[Any]:
    """The files of one session are one moment."""
    rows = Attachment.objects.filter(about.of("consultation__case", "consultation__enterprise")).standing()
    return rows.filter(consultation__deleted_at__isnull=True).values("consultation_id")


def _steps(about: About) -> QuerySet[Any]:
    return CaseStep.objects.filter(about.of("case", "case__enterprise"))


def _outcomes(about: About) -> QuerySet[Any]:
    return Outcome.objects.filter(about.of("case", "case__enterprise")).standing()


def _follow_ups(about: About) -> QuerySet[Any]:
    """Those that ended, on the day when they did, and those that are due, on the day when they are."""
    rows = FollowUp.objects.filter(about.of("case", "case__enterprise"))
    return rows.exclude(ending=FollowUpEnding.CANCELLED)


def _merges(about: About) -> QuerySet[Any] | None:
    if about.enterprise is None:
        return None
    return Merge.objects.filter(hub=about.hub).filter(Q(survivor=about.enterprise) | Q(loser=about.enterprise))


def _undone(about: About) -> QuerySet[Any] | None:
    rows = _merges(about)
    return None if rows is None else rows.filter(undone_at__isnull=False)


def _outcome_page(hub: Hub, row: Row) -> str:
    return reverse("consultations:case", args=[hub.slug, row.leads_to]) + "#outcomes"


def _how_far(row: Row) -> str:
    ending = _ending(row.detail) if row.detail else _("未把握")
    return f"{_as_of(row.code)} {ending}"


SOURCES = (
    Source(
        "sessions", 90, _sessions, {
            "day": F("held_on"), "leads_to": F("pk"), "code": F("method"), "words": Left("content", LONGEST),
            "more": Left("advice", LONGEST), "person": F("lead__name"), "matter": F("case__title"),
        },
        label=lambda row: _how(row.code), url=_page("consultation"),
    ),
    Source(
        "files", 80, _files, {
            "day": TruncDate(Max("uploaded_at")), "leads_to": F("consultation_id"), "code": Count("pk"),
            "words": StringAgg("name", "、", order_by="pk"), "matter": F("consultation__case__title"),
        },
        label=lambda _row: _("添付ファイル"), said=lambda row: _("%(n)s件") % {"n": row.code},
        url=_page("consultation"), key="consultation_id",
    ),
    Source(
        "outcomes", 70, _outcomes, {
            "day": F("measured_on"), "leads_to": F("case_id"), "code": F("kind"), "detail": F("trend"),
            "words": Left("evidence", LONGEST), "person": F("created_by__name"), "matter": F("case__title"),
        },
        label=lambda _row: _("成果"), said=lambda row: f"{_outcome(row.code)} {_trend(row.detail)}", url=_outcome_page,
    ),
    Source(
        "follow_ups", 60, _follow_ups, {
            "day": Coalesce(TruncDate("ended_at"), F("due_on")), "leads_to": F("case_id"), "code": F("point"),
            "detail": F("ending"), "words": F("reason"), "person": F("ended_by__name"), "matter": F("case__title"),
        },
        label=lambda _row: _("追跡"),
        said=_how_far, url=_outcome_page,
    ),
    Source(
        "steps", 50, _steps, {
            "day": TruncDate("at"), "leads_to": F("case_id"), "code": F("state"), "detail": F("move"),
            "words": F("note"), "person": F("by__name"), "matter": F("case__title"),
        },
        label=lambda row: _state(row.code), said=lambda row: _move(row.detail), url=_page("case"), is_move=True,
    ),
    Source(
        "merges_undone", 41, _undone, {
            "day": TruncDate("undone_at"), "leads_to": F("pk"), "words": F("loser__name"),
            "person": F("undone_by__name"),
        },
        label=lambda _row: _("統合の取消し"), url=_page("merge"), permission=Permission.MERGE_ENTERPRISES,
    ),
    Source(
        "merges", 40, _merges, {
            "day": TruncDate("merged_at"), "leads_to": F("pk"), "words": F("loser__name"),
            "person": F("merged_by__name"),
        },
        label=lambda _row: _("統合"), url=_page("merge"), permission=Permission.MERGE_ENTERPRISES,
    ),
)  # fmt: skip


def register_own() -> None:
    """Called once when the system starts."""
    for source in SOURCES:
        register(source)
