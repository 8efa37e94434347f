"""The demonstration's people: accounts for every role, memberships, appointments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import DEMO_DOMAIN, User
from foundation.periods import FiscalYear
from hubs.choices import AppointmentMove, AppointmentState, Post, Role
from hubs.models import Appointment, AppointmentStep, Bureau, Hub, Membership
from yorozu.demo.people import person
from yorozu.demo.places import PLACES

PASSWORD = "yorozu-demo"  # noqa: S105  (published on purpose: these accounts exist in demo mode only)
NATIONAL = {
    "hq": (Role.HEADQUARTERS, "本部 京子"),
    "agency": (Role.AGENCY, "中企 庁太"),
    "admin": (Role.ADMINISTRATOR, "管理 守"),
}
ASSIGNED = {  # people who are assigned to hubs, within dates
    "advisor": (Role.ADVISOR, "助川 信子", ("tokyo", "osaka", "aichi")),
    "evaluator": (Role.EVALUATOR, "評田 公平", ("tokyo", "osaka", "fukuoka")),
}
ASKED_FOR = ("tokyo", "osaka")  # hubs where a new coordinator waits for the bureau's agreement
DEFAULTS = {Post.CHIEF: 50_000, Post.COORDINATOR: 25_000}


@dataclass
class Staff:
    """Who works at a hub."""

    chief: User
    coordinators: list[User]
    body: User
    candidate: User | None

    @property
    def consultants(self) -> list[User]:
        return [self.chief, *self.coordinators]


def address(name: str) -> str:
    return f"{name}@{DEMO_DOMAIN}"


def coordinators_of(hub: Hub) -> int:
    """3 to 8, by how busy the hub is."""
    return 3 + round((PLACES[hub.pk].weight - 1) * 5 / 4)


class People:
    """Makes the accounts. The password is hashed once: a thousand rounds of it would take minutes."""

    def __init__(self, year: FiscalYear) -> None:
        self.year = year
        self.since = FiscalYear(year.year - 1).first
        self.password = make_password(PASSWORD)

    def _user(self, name: str, full_name: str, *, is_staff: bool = False) -> User:
        return User(email=address(name), name=full_name, password=self.password, is_staff=is_staff)

    def nation(self, hubs: dict[str, Hub], bureaus: list[Bureau]) -> dict[str, User]:
        """Headquarters, agency, administrator, bureaus, advisor and evaluator. Returns the bureaus' people by slug.

        Runs in a scope that holds the figures of the hubs that people are assigned to."""
        rng = Random("bureaus")
        named = {name: self._user(name, full, is_staff=name == "admin") for name, (_role, full) in NATIONAL.items()}
        named |= {name: self._user(name, full) for name, (_role, full, _hubs) in ASSIGNED.items()}
        officials = {bureau.slug: self._user(f"bureau.{bureau.slug}", person(rng)[0]) for bureau in bureaus}
        User.objects.bulk_create([*named.values(), *officials.values()])
        rows = [self._member(named[name], role) for name, (role, _full) in NATIONAL.items()]
        rows += [
            self._member(named[name], role, hub=hubs[slug])
            for name, (role, _full, at) in ASSIGNED.items()
            for slug in at
        ]
        rows += [self._member(officials[bureau.slug], Role.BUREAU, bureau=bureau) for bureau in bureaus]
        Membership.objects.bulk_create(rows)
        return officials

    def _member(self, user: User, role: str, hub: Hub | None = None, bureau: Bureau | None = None) -> Membership:
        return Membership(user=user, role=role, hub=hub, bureau=bureau, valid_from=self.since)

    def staff(self, hub: Hub, rng: Random) -> Staff:
        """The people of one hub with their memberships. Runs in the hub's scope."""
        code, count = hub.code, coordinators_of(hub)
        numbered = ["" if n == 1 else str(n) for n in range(1, count + 1)]
        found = Staff(
            chief=self._user(f"chief.{code}", person(rng)[0]),
            coordinators=[self._user(f"coordinator{n}.{code}", person(rng)[0]) for n in numbered],
            body=self._user(f"body.{code}", person(rng)[0]),
            candidate=self._user(f"candidate.{code}", person(rng)[0]) if hub.slug in ASKED_FOR else None,
        )
        User.objects.bulk_create([u for u in (*found.consultants, found.body, found.candidate) if u])
        rows = [self._member(found.chief, Role.CHIEF, hub), self._member(found.body, Role.IMPLEMENTING_BODY, hub)]
        rows += [self._member(user, Role.COORDINATOR, hub) for user in found.coordinators]
        Membership.objects.bulk_create(rows)
        return found

    def appoint(self, hub: Hub, staff: Staff, official: User, rng: Random, now: dt.datetime) -> None:
        """This year's contracts, last year's that have ended, and a request that waits. Runs in the hub's scope."""
        rows = []
        for user in staff.consultants:
            post = Post.CHIEF if user is staff.chief else Post.COORDINATOR
            days = rng.choice((3, 4, 4, 5)) if post == Post.CHIEF else rng.choice((1, 1.5, 2, 2, 3))
            for year, state in (
                (self.year.year - 1, AppointmentState.ENDED),
                (self.year.year, AppointmentState.CONTRACTED),
            ):
                rows.append(_appointment(hub, user, post, state, FiscalYear(year), days, staff.body, official))
        rows[-1].fee_yen, rows[-1].reason = 22_500, "在宅での助言が中心で、本人の申出により原則額を下回る。"
        if staff.candidate:
            rows.append(_request(hub, staff.candidate, staff.body, now))
        Appointment.objects.bulk_create(rows)
        AppointmentStep.objects.bulk_create(step for row in rows for step in _steps(row, staff.body, official))


def _moment(day: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, 20)))


def _appointment(
    hub: Hub, user: User, post: Post, state: str, year: FiscalYear, days: float, body: User, official: User
) -> Appointment:
    return Appointment(
        hub=hub, post=post, person=user, state=state, starts_on=year.first, ends_on=year.last, days_per_week=days,
        fee_yen=DEFAULTS[post], fee_default_yen=DEFAULTS[post], person_consented_on=dt.date(year.year, 2, 20),
        requested_at=_moment(dt.date(year.year, 2, 12), 10), requested_by=body,
        agreed_at=_moment(dt.date(year.year, 3, 5), 14), agreed_by=official,
    )  # fmt: skip


def _request(hub: Hub, user: User, body: User, now: dt.datetime) -> Appointment:
    """Somebody new from the month after next."""
    today = timezone.localdate(now)
    first = (today.replace(day=1) + dt.timedelta(days=63)).replace(day=1)
    return Appointment(
        hub=hub, post=Post.COORDINATOR, person=user, state=AppointmentState.REQUESTED, starts_on=first,
        ends_on=FiscalYear.of(first).last, days_per_week=2, fee_yen=25_000, fee_default_yen=25_000,
        person_consented_on=today - dt.timedelta(days=6), requested_by=body, requested_at=now - dt.timedelta(days=3),
    )  # fmt: skip


def _steps(row: Appointment, body: User, official: User) -> list[AppointmentStep]:
    """The history that belongs to a state: requested, agreed, contracted, ended."""
    steps: list[tuple[str, str, dt.datetime | None, User]] = [
        (AppointmentMove.REQUEST, AppointmentState.REQUESTED, row.requested_at, row.requested_by)
    ]
    if row.state == AppointmentState.REQUESTED:
        return [_step(row, *steps[0])]
    contracted_at = _moment(dt.date(row.starts_on.year, 3, 19), 11)
    steps += [
        (AppointmentMove.AGREE, AppointmentState.AGREED, row.agreed_at, official),
        (AppointmentMove.CONTRACT, AppointmentState.CONTRACTED, contracted_at, body),
    ]
    if row.state == AppointmentState.ENDED:
        steps.append((AppointmentMove.END, AppointmentState.ENDED, _moment(row.ends_on, 17), body))
    return [_step(row, *step) for step in steps]


def _step(row: Appointment, move: str, state: str, at: dt.datetime | None, by: User) -> AppointmentStep:
    assert at is not None
    return AppointmentStep(hub_id=row.hub_id, appointment=row, move=move, state=state, at=at, by=by)
