"""How far the closing of a month is: who is missing, what it would carry, its versions, what was published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.periods import Month
from hubs.models import Bureau, Hub
from jobs.models import Job
from metrics import corrections
from metrics.corrections import Correction
from metrics.indicators import INDICATORS
from metrics.models import Freeze
from metrics.queries import Labels, Place, figures
from metrics.queries import Told as Telling
from reports.choices import MonthState, ReopeningState
from reports.models import MonthlyReport, Publication, Reopening, ReportingMonth
from reports.queries.months import Changed, mark, mark_of, reporting_month
from reports.workflow import CLOSED

CLOSE, PUBLISH, CORRECT = "reports.close_month", "reports.publish_month", "reports.correct_month"
SHOWN = 300
CHANGING = (MonthState.REOPENED, MonthState.SUBMITTED, MonthState.RETURNED, MonthState.DRAFTING)


@dataclass(frozen=True)
class Told:
    """A correction in words."""

    correction: Correction
    place: str
    label: str
    unit: str

    @property
    def is_entry(self) -> bool:
        """Whether it is one line of a breakdown, and no total."""
        return self.correction.code != ""


@dataclass(frozen=True)
class MovedHub:
    """A hub with the totals that have changed since headquarters accepted them."""

    hub: Hub
    changes: tuple[Changed, ...]


@dataclass(frozen=True)
class Version:
    """One version of a month, and when the public read it."""

    freeze: Freeze
    publication: Publication | None


@dataclass(frozen=True)
class Closing:
    """Everything that the page of a month's closing shows."""

    month: Month
    dates: ReportingMonth
    is_over: bool
    turn: Month | None  # the month that must be closed before; None if it is this one's turn
    missing: Sequence[Hub]
    open_again: Sequence[MonthlyReport]
    moved: Sequence[MovedHub]
    versions: Sequence[Version]
    due: Sequence[Freeze]  # what publishing it now would publish
    job: Job | None

    @property
    def is_closed(self) -> bool:
        return self.dates.closed_at is not None

    @property
    def may_close(self) -> bool:
        return self.is_over and not self.is_closed and self.turn is None and not self.is_under_way

    @property
    def needs_reason(self) -> bool:
        """Whether somebody is not waited for."""
        return bool(self.missing or self.open_again)

    @property
    def mark(self) -> str:
        return mark_of_moved(self.moved)

    @property
    def is_published(self) -> bool:
        return self.is_closed and not self.due and all(version.publication for version in self.versions)

    @property
    def may_publish(self) -> bool:
        return self.is_closed and bool(self.due) and not self.is_under_way

    @property
    def told_later(self) -> list[tuple[Freeze, Month]]:
        """Its versions that a later month's package carries, with that month: they are published with it."""
        unpublished = [version.freeze for version in self.versions if version.publication is None]
        return [(one, Month.of(one.carried_in)) for one in unpublished if one.carried_in > self.month.first]

    @property
    def is_under_way(self) -> bool:
        return self.job is not None and self.job.is_under_way


def closing_of(month: Month, *, today: dt.date) -> Closing:
    """How the closing of a month stands. Ten queries at most."""
    newest = Freeze.objects.newest_first().first()
    turn = newest.as_month.next() if newest is not None and newest.as_month.next() < month else None
    versions = Freeze.objects.of(month).select_related("made_by", "publication__published_by").order_by("version")
    dates = reporting_month(month)
    is_open = dates.closed_at is None
    return Closing(
        month=month,
        dates=dates,
        is_over=today > month.last,
        turn=turn,
        missing=missing_hubs(month),
        open_again=open_again() if is_open else [],
        moved=moved_hubs(month) if is_open else [],
        versions=[Version(one, getattr(one, "publication", None)) for one in versions],
        due=list(to_publish(month)),
        job=newest_job(month),
    )


def to_publish(month: Month) -> QuerySet[Freeze]:
    """What is published with a month: every version up to its package that is not published yet, oldest month first."""
    return Freeze.objects.filter(carried_in__lte=month.first, publication__isnull=True).order_by("month", "version")


def accepted_hubs(month: Month) -> set[int]:
    """The hubs whose month headquarters has accepted, closed since or not."""
    rows = MonthlyReport.objects.of(month).filter(state__in=[MonthState.ACCEPTED, *CLOSED])
    return set(rows.values_list("hub_id", flat=True))


def missing_hubs(month: Month) -> list[Hub]:
    """The hubs whose month headquarters has not accepted."""
    return list(Hub.objects.exclude(pk__in=accepted_hubs(month)).select_related("prefecture").order_by("pk"))


def open_again() -> list[MonthlyReport]:
    """Months that were closed and that hubs are changing: what they have done so far would be carried as a correction,
    halfway."""
    rows = MonthlyReport.objects.filter(reporting_month__closed_at__isnull=False, state__in=CHANGING)
    return list(rows.filter(reopenings__state=ReopeningState.GRANTED).with_dates().order_by("reporting_month", "hub"))


def moved_hubs(month: Month) -> list[MovedHub]:
    """The hubs whose totals are no longer those that headquarters accepted. In a scope that sees their figures."""
    accepted = MonthlyReport.objects.of(month).filter(state=MonthState.ACCEPTED).exclude(accepted_figures={})
    reports = list(accepted.select_related("hub__prefecture").order_by("hub"))
    totals, places = INDICATORS.at(month).totals(), {report.hub_id: Place.of_hub(report.hub) for report in reports}
    found = figures(places=list(places.values()), months=[month], indicators=totals, told=Telling.LIVE)
    moved = []
    for report in reports:
        told, place = report.accepted_figures, places[report.hub_id]
        changes = tuple(
            Changed(one, told[one.code], now)
            for one in totals
            if (now := found.value(place, month, one)) != told.get(one.code, now)
        )
        if changes:
            moved.append(MovedHub(report.hub, changes))
    return moved


def mark_of_moved(moved: Sequence[MovedHub]) -> str:
    """What says that somebody has seen just this; empty where nothing has moved."""
    return mark([[one.hub.pk, mark_of(one.changes)] for one in moved]) if moved else ""


def newest_job(month: Month) -> Job | None:
    """The newest deed that was asked for about a month's closing."""
    jobs = Job.objects.filter(kind__in=[CLOSE, PUBLISH, CORRECT], parameters__month=str(month), hub__isnull=True)
    return jobs.with_people().newest_first().first()


def in_words(found: Sequence[Correction], *, at_most: int = SHOWN) -> list[Told]:
    """Corrections with the names of places, indicators and codes, in the reader's language; totals before breakdowns.
    Few queries."""
    labels, hubs = Labels(), {hub.pk: str(hub) for hub in Hub.objects.select_related("prefecture").order_by("pk")}
    bureaus = {bureau.pk: bureau.name for bureau in Bureau.objects.order_by("pk")}
    told = []
    for one in sorted(found, key=lambda one: one.code != "")[:at_most]:
        place = hubs.get(one.place.hub_id or 0) or bureaus.get(one.place.bureau_id or 0) or _("全国")
        known = one.indicator in INDICATORS
        label = str(INDICATORS[one.indicator]) if known else one.indicator
        code = labels.of(one.indicator).get(one.code, one.code) if known and one.code else ""
        unit = str(INDICATORS[one.indicator].unit) if known else ""
        told.append(Told(one, place, f"{label} {code}".strip() + one.span.in_brackets, unit))
    return told


def corrections_of(month: Month, *, hub: Hub | None = None) -> tuple[list[Correction], list[Correction]]:
    """What was corrected of a month, and what waits for the next closing; of the nation, or of one hub."""
    made = corrections.made_to(month)
    if hub is not None:
        made = [one for one in made if one.place.hub_id == hub.pk]
    return made, corrections.pending(month=month, hub_id=hub.pk if hub else None)


def changes_in_words(changes: dict[str, dict[str, int]]) -> list[str]:
    """{source: {"added": 2, …}} as sentences."""
    found = []
    names = {
        "consultations": _("相談記録"), "closed_cases": _("終了案件"), "outcomes": _("成果"),
        "involvements": _("連携・紹介"), "visitors": _("相談者"), "program_uses": _("支援制度の記録"),
        "sent_referrals": _("支援機関への依頼"),
        "answered_referrals": _("支援機関からの応答"), "partner_works": _("支援機関の支援の記入"),
    }  # fmt: skip
    only_clients = changes.keys() == {"visitors"}
    for source, counts in changes.items():
        name = names.get(source, source)
        parts = []
        if counts["added"]:
            parts.append(ngettext("%(n)d件増", "%(n)d added", counts["added"]) % {"n": counts["added"]})
        if counts["removed"]:
            parts.append(ngettext("%(n)d件減", "%(n)d removed", counts["removed"]) % {"n": counts["removed"]})
        if counts["changed"]:
            parts.append(ngettext("%(n)d件変更", "%(n)d changed", counts["changed"]) % {"n": counts["changed"]})
        found.append(f"{name}: {'、'.join(parts)}")
    if only_clients:
        found.append(_("事業者の統合または法人番号の登録により、数え直しました。"))
    return found


def reopenings_waiting() -> list[Reopening]:
    """Those that headquarters must decide, oldest first, and those that are open."""
    return list(Reopening.objects.standing().with_people().order_by("state", "asked_at", "pk"))


def last_moment(at: dt.datetime, days: int) -> dt.datetime:
    """The end of the day so many days from now, in Tokyo."""
    day = timezone.localtime(at) + dt.timedelta(days=days)
    return day.replace(hour=23, minute=59, second=59, microsecond=0)
