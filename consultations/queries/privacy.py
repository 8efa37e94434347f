"""What is held of an enterprise and who has seen it; whom retention reaches, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.choices import named, parts_of
from audit.models import Entry
from consultations.actions.privacy import holdings
from consultations.models import Case, CaseStep, Consent, Consultation, Draft, Enterprise, PrivacyRequest, ProgramRules
from consultations.queries.offers import code_labels
from directory.choices import CodeKind
from hubs.models import Hub

WARNED_DAYS = 31  # the chief sees a month ahead whose data will go
MOST_LINES = 500  # of the trail, on the page; the file has as many


# ---- retention
def years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years earlier; 28 February for the 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; 1 March for a 29 February that does not come."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def silent_since(hub_id: int, day: dt.date) -> Any:
    """A hub's enterprises that nobody had to do with after a day: registered no later, no session held, no case
    received or closed, nothing in any other holding."""
    sessions = Consultation.objects.filter(hub_id=hub_id, enterprise=OuterRef("pk"), held_on__gt=day).standing()
    cases = Case.objects.filter(hub_id=hub_id, enterprise=OuterRef("pk"))
    cases = cases.filter(Q(received_on__gt=day) | Q(closed_on__gt=day))
    registered = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    # one that was merged into another has no contacts of its own: it goes with the one that it was merged into
    rows = Enterprise.objects.standing().filter(hub_id=hub_id, anonymised_at__isnull=True, created_at__lt=registered)
    rows = rows.exclude(Exists(sessions)).exclude(Exists(cases))
    for holding in holdings():
        if holding.contacted_since is not None:
            rows = rows.exclude(pk__in=holding.contacted_since(hub_id, day + dt.timedelta(days=1)))
    return rows


def due(hub_id: int, *, on: dt.date) -> Any:
    """Those whose time is over on a day, by the rules that hold on it."""
    return silent_since(hub_id, years_before(on, ProgramRules.objects.on(on).retention_years))


def soon_due(hub: Hub, *, on: dt.date) -> Any:
    """Those whose time will be over within a month, with `contacted_on`, the last day that anybody had to do with
    them. Newest registration first, for paging."""
    last_session = Consultation.objects.filter(hub=hub, enterprise=OuterRef("pk")).standing().order_by("-held_on")
    last_case = Case.objects.filter(hub=hub, enterprise=OuterRef("pk")).order_by("-received_on")
    last_end = Case.objects.filter(hub=hub, enterprise=OuterRef("pk"), closed_on__isnull=False).order_by("-closed_on")
    days = Greatest(
        Subquery(last_session.values("held_on")[:1]), Subquery(last_case.values("received_on")[:1]),
        Subquery(last_end.values("closed_on")[:1]), TruncDate("created_at", output_field=models.DateField()),
    )  # fmt: skip
    return due(hub.pk, on=on + dt.timedelta(days=WARNED_DAYS)).annotate(contacted_on=days)


# ---- disclosure
@dataclass(frozen=True)
class Section:
    """One kind of thing that is held: rows of (label, value) pairs."""

    name: str
    label: str | Promise
    rows: Sequence[dict[str, Any]]


_NOT_TOLD = frozenset({"id", "hub", "search_key", "search_text", "search_grams", "identity", "version", "client_id"})


# What points somewhere and has no name of its own on any page.
_POINTING = {"case": _("案件"), "consultation": _("相談記録"), "enterprise": _("事業者"), "updated_by": _("更新者")}
_CODED = {
    "industry": CodeKind.INDUSTRY, "themes": CodeKind.THEME, "introduced_by": CodeKind.INTRODUCER,
    "heard_from": CodeKind.HEARD_FROM,
}  # fmt: skip
Labels = Mapping[str, Mapping[str, str]]


def told(row: models.Model, *leave: str, labels: Labels | None = None) -> dict[str, Any]:
    """A row as label → value, with what it points to by name; without what only the machine needs. `labels`: of
    codes, by their lists."""
    found = {}
    for field in row._meta.concrete_fields:
        label = _label(field)
        if field.name in _NOT_TOLD or field.name in leave or not label:
            continue
        show = getattr(row, f"get_{field.name}_display", None)
        value = show() if show else getattr(row, field.name)
        if isinstance(field, ArrayField) and field.base_field.choices:
            value = [str(dict(field.base_field.flatchoices).get(code, code)) for code in value]
        if labels and field.name in _CODED:
            known = labels[_CODED[field.name]]
            value = [known.get(code, code) for code in value] if isinstance(value, list) else known.get(value, value)
        if value not in (None, "", [], {}):
            found[label] = str(value) if isinstance(value, models.Model) else value
    return found


def _label(field: models.Field[Any, Any]) -> str:
    """As the pages call it. What has no name there is the machine's own, unless it points to somebody or something."""
    if str(field.verbose_name) != field.name.replace("_", " "):
        return str(field.verbose_name)
    if field.name in _POINTING:
        return str(_POINTING[field.name])
    return gettext("記録した人") if field.name == "by" or field.name.endswith("_by") else ""


def everything_held(enterprise: Enterprise) -> list[Section]:
    """All that the hub holds of an enterprise, deleted notes and drafts included. Within the hub's scope."""
    hub, cases = enterprise.hub, Case.objects.filter(hub=enterprise.hub, enterprise=enterprise)
    sessions = Consultation.objects.filter(hub=hub, enterprise=enterprise).for_lists()
    steps = CaseStep.objects.filter(hub=hub, case__enterprise=enterprise).select_related("case", "by")
    consents = Consent.objects.filter(hub=hub, enterprise=enterprise).select_related("text", "recorded_by")
    people = ("lead", "created_by", "updated_by", "case", "enterprise", "unit", "deleted_by")
    mine = Q(fields__enterprise=str(enterprise.pk))
    drafts = Draft.objects.filter(mine, hub=hub).select_related("owner").order_by("pk")
    requests = PrivacyRequest.objects.filter(hub=hub, enterprise=enterprise).select_related("received_by", "decided_by")
    codes = code_labels(*_CODED.values())
    cases = cases.select_related("lead", "created_by", "unit").order_by("pk")
    sessions = sessions.select_related(*people).order_by("held_on", "pk")
    sections = [
        Section("enterprise", _("事業者"), [told(enterprise, labels=codes)]),
        Section("consents", _("同意"), _all(consents.newest_first(), "enterprise")),
        Section("cases", _("案件"), _all(cases, "enterprise", labels=codes)),
        Section("case_steps", _("案件の経過"), _all(steps.order_by("pk"))),
        Section("consultations", _("相談記録"), _all(sessions, "enterprise", labels=codes)),
        Section("drafts", _("下書き"), [told(row, "fields") | row.fields for row in drafts]),
        Section("requests", _("開示・消去の請求"), _all(requests.newest_first(), "enterprise")),
    ]
    sections += [Section(each.name, each.label, list(each.held(enterprise))) for each in holdings()]
    return [section for section in sections if section.rows]


def _all(rows: Iterable[models.Model], *leave: str, labels: Labels | None = None) -> list[dict[str, Any]]:
    return [told(row, *leave, labels=labels) for row in rows]


@dataclass(frozen=True)
class Sight:
    """One line of the trail about an enterprise."""

    at: dt.datetime
    who: str
    action: str
    subject: str
    parts: list[tuple[str, str]]


def seen_by(enterprise: Enterprise, *, at_most: int = MOST_LINES) -> list[Sight]:
    """Who saw, changed or exported an enterprise, its cases or its notes; newest first. Lists and searches in which
    it stood among others name no row: the hub's trail has those."""
    hub = enterprise.hub
    cases = Case.objects.filter(hub=hub, enterprise=enterprise).values_list("pk", flat=True)
    sessions = Consultation.objects.filter(hub=hub, enterprise=enterprise).values_list("pk", flat=True)
    about = Q(subject_type="consultations.enterprise", subject_id=str(enterprise.pk))
    about |= Q(subject_type="consultations.case", subject_id__in=[str(pk) for pk in cases])
    about |= Q(subject_type="consultations.consultation", subject_id__in=[str(pk) for pk in sessions])
    lines = Entry.objects.filter(about, hub_id=hub.pk).newest_first()[:at_most]
    return [
        Sight(line.at, line.actor, named(line.action), f"{_SUBJECTS[line.subject_type]} {line.subject_id}",
              parts_of(line.detail, typed=True))
        for line in lines
    ]  # fmt: skip


_SUBJECTS = {
    "consultations.enterprise": _("事業者"),
    "consultations.case": _("案件"),
    "consultations.consultation": _("相談記録"),
}
