"""Loading the demonstration, once and whole."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from random import Random

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import DemoAccountOutsideDemo, User
from audit import trail
from consultations.models import (
    Case,
    CaseCounter,
    CaseStep,
    Consultation,
    Enterprise,
    Involvement,
    ProgramUse,
)  # fmt: skip
from consultations.models.sessions import search_columns
from directory.models import SupportOrganization, SupportProgram
from foundation.periods import FiscalYear
from hubs.models import Bureau, Hub, Unit
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics.actions import recount_touched
from metrics.pulse import take_pulse
from yorozu.demo.accounts import NATIONAL, People, Staff, address
from yorozu.demo.between import tell_between
from yorozu.demo.bookings import tell_bookings
from yorozu.demo.clients import Registry
from yorozu.demo.compositions import load_compositions
from yorozu.demo.duplicates import tell_duplicates
from yorozu.demo.histories import History, Setting, Teller
from yorozu.demo.months import close_months, load_months
from yorozu.demo.outcomes import open_desks, tell_outcomes
from yorozu.demo.privacy import invent_places, remember_silent, tell_privacy
from yorozu.demo.referrals import tell_referrals
from yorozu.demo.reviews import tell_reviews
from yorozu.demo.studies import tell_studies
from yorozu.demo.targets import set_targets
from yorozu.demo.views import save_views

A_MONTH = 4_000  # consultations in an ordinary month of this year, all hubs together
BATCH = 500
_LOCK = 20140402  # two loads at once would make two demonstrations


def is_loaded() -> bool:
    """Whether the demonstration is there: its accounts come in the same transaction as everything else."""
    return User.objects.filter(email=address(next(iter(NATIONAL)))).exists()


def load(*, at: dt.datetime, a_month: int = A_MONTH, say: Callable[[str], object] = str) -> int:
    """Make accounts, appointments and two fiscal years of consultations up to `at`, then count the months.

    All or nothing: killed in the middle, the next start begins anew; loaded already, nothing happens. Returns
    how many consultations were made. `a_month` is how many an ordinary month has. Raises DemoAccountOutsideDemo.
    """
    if not settings.DEMO:
        raise DemoAccountOutsideDemo("demonstration data are loaded in demo mode only (YOROZU_MODE=demo)")
    if is_loaded():
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if is_loaded():
            return 0
        made = _load_everything(at, a_month, say)
        trail.record("demo.loaded", by=None, at=at, consultations=made)
    say("counting the months")
    return made + _count(at)


def _count(at: dt.datetime) -> int:
    """Tables that were filled a moment ago have no statistics yet, and only their owner may gather them: nested
    loops then look cheap to the planner, and cost minutes."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = off")
        recount_touched(at=at)
        load_months(at=at)
        remembered = close_months(at=at)
        set_targets(at=at)
        take_pulse(at=at)
        load_compositions(at=at)
    return remembered


def _load_everything(at: dt.datetime, a_month: int, say: Callable[[str], object]) -> int:
    hubs = list(Hub.objects.select_related("prefecture__bureau").order_by("pk"))
    people = People(FiscalYear.of(timezone.localdate(at)))
    with entered(Scope.of_figures(HUB_IDS)):
        officials = people.nation({hub.slug: hub for hub in hubs}, list(Bureau.objects.order_by("position")))
    open_desks(by=User.objects.get(email=address("hq")), at=at)
    invent_places()
    programs = dict(SupportProgram.objects.values_list("name", "pk"))
    registry, made = Registry(), 0
    for number, hub in enumerate(hubs, 1):
        with entered(Scope.of_hub(hub.pk)):
            rng = Random(f"staff {hub.pk}")
            staff = people.staff(hub, rng)
            people.appoint(hub, staff, officials[hub.prefecture.bureau.slug], rng, at)
            setting = _setting(hub, staff, programs, at, a_month)
            made += _save(hub, Teller(setting, registry).tell())
            tell_outcomes(hub, at=at)
            tell_privacy(hub, at=at)
            tell_reviews(hub, at=at)
            tell_duplicates(hub, at=at)
            save_views(hub, staff, at)
            tell_bookings(hub, staff, at=at)
            tell_studies(hub, at=at)
            tell_referrals(hub, at=at)
            remember_silent(hub, at=at)
        if number % 8 == 0 or number == len(hubs):
            say(f"{number} of {len(hubs)} hubs, {made:,} consultations")
    tell_between(at=at)
    return made


def _setting(hub: Hub, staff: Staff, programs: dict[str, int], at: dt.datetime, a_month: int) -> Setting:
    organizations = SupportOrganization.objects.filter(prefecture_id=hub.pk, is_active=True).order_by("-pk")
    return Setting(
        hub=hub, staff=staff, programs=programs, now=at, a_month=a_month,
        units=dict(Unit.objects.filter(hub=hub, is_satellite=False).values_list("kind", "pk")),
        organizations=dict(organizations.values_list("kind", "pk")),
    )  # fmt: skip


def _save(hub: Hub, history: History) -> int:
    """Write one hub's rows, parents first. Runs in the hub's scope."""
    Enterprise.objects.bulk_create((client.row for client in history.clients), batch_size=BATCH)
    _number(hub, history.cases)
    _fit_parents(history.cases, "enterprise")
    Case.objects.bulk_create(history.cases, batch_size=BATCH)
    _fit_parents(history.steps, "case")
    CaseStep.objects.bulk_create(history.steps, batch_size=BATCH)
    _fit_parents(history.sessions, "case", "enterprise")
    for session in history.sessions:
        session.search_text, pairs = search_columns(session)
        # As an array literal: an ArrayField adapts a list number by number, which takes a third of the loading.
        session.search_grams = "{" + ",".join(map(str, pairs)) + "}"
    Consultation.objects.bulk_create(history.sessions, batch_size=BATCH)
    _fit_parents([*history.involvements, *history.program_uses], "consultation")
    Involvement.objects.bulk_create(history.involvements, batch_size=BATCH)
    ProgramUse.objects.bulk_create(history.program_uses, batch_size=BATCH)
    return len(history.sessions)


def _fit_parents(rows: Iterable[models.Model], *names: str) -> None:
    """Tell rows the keys that their parents have got meanwhile."""
    for row in rows:
        for name in names:
            setattr(row, f"{name}_id", getattr(row, name).pk)


def _number(hub: Hub, cases: list[Case]) -> None:
    """Give each case its number in the order of reception, and leave the counters where they stand."""
    counters: Counter[int] = Counter()
    for case in cases:
        year = FiscalYear.of(case.received_on).year
        counters[year] += 1
        case.number = f"{year}-{hub.code}-{counters[year]:05d}"
    CaseCounter.objects.bulk_create(
        CaseCounter(hub=hub, fiscal_year=year, last=last) for year, last in counters.items()
    )
