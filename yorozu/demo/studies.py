"""Published case studies: what went well at every third hub, told without a name."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import User
from casestudies import actions
from consultations.choices import Resolution
from consultations.models import Case, Consultation, Outcome
from consultations.queries import code_labels
from directory.choices import CodeKind
from hubs.models import Hub
from yorozu.demo.accounts import address

EACH = 3
DRAFTS_AT = frozenset({"hokkaido"})  # where the newest is still a draft


def tell_studies(hub: Hub, *, at: dt.datetime) -> None:
    """In the hub's scope. Those of its solved cases that have most to tell."""
    if hub.pk % 3 != 1:
        return
    author = User.objects.get(email=address("hq"))
    industries = code_labels(CodeKind.INDUSTRY)[CodeKind.INDUSTRY]
    confirmed = Outcome.objects.confirmed().filter(hub=hub).order_by().values("case_id")
    solved = Case.objects.filter(hub=hub, resolution=Resolution.SOLVED, pk__in=confirmed).select_related("enterprise")
    for number, case in enumerate(solved.order_by("-closed_on", "-pk")[:EACH]):
        notes = list(Consultation.objects.filter(hub=hub, case=case).standing().order_by("held_on", "pk")[:4])
        outcomes = Outcome.objects.confirmed().filter(hub=hub, case=case).order_by("pk")
        study = actions.draft(
            by=author, at=at, hub=hub, title=f"{case.title}に取り組み、成果を上げた事例",
            client=_client(case, industries), industry=case.enterprise.industry, category=case.category,
            themes=list(dict.fromkeys(theme for note in notes for theme in note.themes)),
            problem="\n".join(filter(None, (notes[0].content, case.issue))),
            support="\n".join(note.advice for note in notes),
            result="\n".join(dict.fromkeys(_told(row) for row in outcomes)),
            consented_on=timezone.localdate(at) - dt.timedelta(days=20),
        )  # fmt: skip
        if number or hub.slug not in DRAFTS_AT:
            actions.publish(study=study, version=study.version, by=author, at=at - dt.timedelta(days=7 * number))


def _told(outcome: Outcome) -> str:
    """One outcome in words."""
    return f"{outcome.get_kind_display()}({outcome.get_trend_display()}): {outcome.evidence}".rstrip(": ")


def _client(case: Case, industries: dict[str, str]) -> str:
    """Who it was, as far as it is told."""
    field, people = industries.get(case.enterprise.industry, "小規模事業者"), case.enterprise.employees
    return f"{field}・従業員{people}名" if people else field
