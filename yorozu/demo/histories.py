"""What happened at one hub, day by day: clients come, cases open, sessions follow, cases end."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from django.utils import timezone

from accounts.models import User
from consultations.choices import CaseState, Category, Method, Reception
from consultations.models import Case, CaseStep, Consultation, Involvement, ProgramUse
from foundation.periods import FiscalYear
from hubs.choices import UnitKind
from hubs.models import Hub
from yorozu.demo import habits
from yorozu.demo.accounts import Staff
from yorozu.demo.calendar import DAY, busyness
from yorozu.demo.clients import Client, Clients, Registry
from yorozu.demo.notes import STYLES, Story, Words
from yorozu.demo.places import PLACES
from yorozu.demo.stories import BY_CATEGORY, fitting

ORDINARY_MONTH = 20.6  # working days
ALL_WEIGHTS = sum(place.weight for place in PLACES.values())
WARMING_UP = 120 * DAY  # cases that began before the first year, so that it begins in full swing
KNOWN_CLIENT = 0.4  # share of cases that a known client brings
TOPIC_SHARES = {category: habits.Shares(dict(shares)) for category, shares in BY_CATEGORY.items()}
PRODUCTIVITY_TOPICS = {"productivity", "labor_saving", "digital"}


@dataclass
class History:
    """Unsaved rows of one hub, each list in the order in which it happened."""

    clients: list[Client] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    steps: list[CaseStep] = field(default_factory=list)
    sessions: list[Consultation] = field(default_factory=list)
    involvements: list[Involvement] = field(default_factory=list)
    program_uses: list[ProgramUse] = field(default_factory=list)


@dataclass
class Setting:
    """What a hub's history is told against."""

    hub: Hub
    staff: Staff
    units: dict[str, int]
    organizations: dict[str, int]
    programs: dict[str, int]
    now: dt.datetime
    a_month: int

    @cached_property
    def last_day(self) -> dt.date:
        """Today from noon on, else yesterday."""
        today = timezone.localdate(self.now)
        return today if timezone.localtime(self.now).hour >= 12 else today - DAY

    @cached_property
    def year(self) -> FiscalYear:
        return FiscalYear.of(self.last_day)


class Teller:
    """Tells the history of one hub, the same one for the same hub and day."""

    def __init__(self, setting: Setting, registry: Registry) -> None:
        self.setting, self.hub = setting, setting.hub
        self.rng = Random(f"yorozu {self.hub.pk}")
        self.clients = Clients(self.hub, self.rng, registry)
        self.first_day = FiscalYear(setting.year.year - 1).first
        self.growth = 1.08 + 0.2 * self.rng.random()
        self.styles = {user.pk: self.rng.choice(STYLES) for user in setting.staff.consultants}
        self.history = History()

    def tell(self) -> History:
        """Everything, sessions sorted by day so that later rows have later keys."""
        for day in self._arrivals():
            self._case(day)
        self.history.sessions.sort(key=lambda session: (session.held_on, session.created_at))
        return self.history

    def _arrivals(self) -> Iterator[dt.date]:
        """The day of each new case."""
        a_month = self.setting.a_month * PLACES[self.hub.pk].weight / ALL_WEIGHTS
        a_day = a_month / ORDINARY_MONTH / habits.SESSIONS_EACH
        day, waiting = self.first_day - WARMING_UP, self.rng.random()
        while day <= self.setting.last_day:
            growth = 1 if day >= self.setting.year.first else 1 / self.growth
            waiting += a_day * growth * busyness(day) * (0.5 + self.rng.random())
            while waiting >= 1:
                waiting -= 1
                yield day
            day += DAY

    def _case(self, day: dt.date) -> None:
        days = self._session_days(day)
        if not any(self.first_day <= held <= self.setting.last_day for held in days):
            return
        category = habits.CATEGORIES.draw(self.rng)
        client = self._client(day, founding=category == Category.STARTUP)
        CaseTeller(self, client, category, day, days).tell()

    def _session_days(self, day: dt.date) -> list[dt.date]:
        """The day of each session of a case that comes in on a day; some may lie in the future."""
        rng = self.rng
        held = self._settle(day + DAY * int(rng.random() ** 2 * 9))
        days = [held]
        for _ in range(int(habits.SESSIONS.draw(rng)) - 1):
            held = self._settle(held + DAY * int(8 + rng.random() * 27))
            days.append(held)
        return days

    def _settle(self, day: dt.date) -> dt.date:
        """The day itself, or the next on which somebody is there."""
        while self.rng.random() > busyness(day) + 0.1:
            day += DAY
        return day

    def _client(self, day: dt.date, *, founding: bool) -> Client:
        rng, known = self.rng, self.history.clients
        if known and not founding and rng.random() < KNOWN_CLIENT:
            return known[int(rng.random() * len(known))]
        client = self.clients.new(since=self.moment(day, 0), by=self.somebody(), founding=founding)
        known.append(client)
        return client

    def somebody(self) -> User:
        """A coordinator, now and then the chief."""
        chief, *coordinators = self.setting.staff.consultants
        return chief if self.rng.random() < 0.1 else self.rng.choice(coordinators)

    def moment(self, day: dt.date, days_later: int) -> dt.datetime:
        """A time of a working day at or after a day, never in the future."""
        time = dt.time(9 + int(self.rng.random() * 9), int(self.rng.random() * 60))
        found = timezone.make_aware(dt.datetime.combine(day + DAY * days_later, time))
        return min(found, self.setting.now)


class CaseTeller:
    """Tells one case: its sessions, who was called in, how it ended."""

    def __init__(self, teller: Teller, client: Client, category: str, day: dt.date, days: list[dt.date]) -> None:
        self.teller, self.setting, self.rng, self.client = teller, teller.setting, teller.rng, client
        self.hub_id, self.history = teller.hub.pk, teller.history
        shares = TOPIC_SHARES[category]
        known_for = client.specialties(PLACES[self.hub_id])
        fits = (client.site, client.sells, bool(known_for))
        self.topic = fitting(shares.draw(self.rng), *fits)
        self.second = fitting(shares.draw(self.rng), *fits)
        self.days = [held for held in days if held <= self.setting.last_day]
        self.all_held = len(self.days) == len(days)
        self.case = self._open(category, day)
        self.story = self._story()

    def _open(self, category: str, day: dt.date) -> Case:
        rng = self.rng
        introduced_by = habits.INTRODUCERS.draw(rng)
        arrived = introduced_by == "self"
        case = Case(
            hub_id=self.hub_id, enterprise=self.client.row, category=category, received_on=day,
            reception=habits.RECEPTIONS.draw(rng) if arrived else Reception.INTRODUCED,
            introduced_by=introduced_by, heard_from=habits.HEARD_FROM.draw(rng) if arrived else "institution",
            lead=self.teller.somebody(), state=CaseState.ACTIVE, created_at=self.teller.moment(day, 0),
        )  # fmt: skip
        case.created_by, case.updated_at = case.lead, case.created_at
        case.unit_id = self.setting.units[UnitKind.PRODUCTIVITY if self._on_site(day) else UnitKind.ONE_STOP]
        return case

    def _on_site(self, day: dt.date) -> bool:
        """Whether the 生産性向上支援センター takes it: there is one since 2026."""
        return day >= dt.date(2026, 4, 1) and self.topic.code in PRODUCTIVITY_TOPICS and self.rng.random() < 0.55

    def _story(self) -> Story:
        row, place = self.client.row, PLACES[self.hub_id]
        known_for = self.client.specialties(place) or place.specialties
        words = Words(self.rng, self.client.trade, town=row.municipality, specialties=known_for, site=self.client.site)
        return Story(self.rng, self.topic, self.second, words, f"{row.representative.split()[0]}様")

    def tell(self) -> None:
        """Everything about the case, into the history."""
        rng, case, story = self.rng, self.case, self.story
        story.words.at(case.received_on.month)
        case.title = story.fill([rng.choice(self.topic.titles)])[0]
        if rng.random() < 0.8:
            case.issue = story.fill([rng.choice(self.topic.issues)])[0]
        if rng.random() < 0.5:
            case.plan = "\n".join(f"({n}) {text}" for n, text in enumerate(story.fill(story.nexts.take(3)), 1))
        self.history.cases.append(case)
        self._step("start", CaseState.ACTIVE, case.created_at)
        sessions = [self._session(n, held) for n, held in enumerate(self.days, 1) if held >= self.teller.first_day]
        self.history.sessions += sessions
        self._end(sessions[-1])

    def _session(self, number: int, held: dt.date) -> Consultation:
        rng, case = self.rng, self.case
        late = 0 if rng.random() < 0.62 else int(1 + rng.random() ** 2 * 6)
        lead = case.lead if rng.random() < 0.85 else self.teller.somebody()
        on_site = case.unit_id == self.setting.units[UnitKind.PRODUCTIVITY]
        session = Consultation(
            hub_id=self.hub_id, case=case, enterprise=case.enterprise, unit_id=case.unit_id, held_on=held, lead=lead,
            method=(habits.ON_SITE if on_site else habits.METHODS).draw(rng), created_at=self.teller.moment(held, late),
            created_by=lead, updated_by=lead, client_id=uuid.UUID(int=rng.getrandbits(128), version=4),
        )  # fmt: skip
        session.updated_at = min(session.created_at + dt.timedelta(minutes=int(rng.random() * 50)), self.setting.now)
        session.minutes = rng.choice(habits.MINUTES.get(Method(session.method), habits.USUAL_MINUTES))
        self._furnish(session)
        self._write(session, number)
        if not session.not_counted:
            self._call_in(session)
            self._use_program(session)
        return session

    def _furnish(self, session: Consultation) -> None:
        """Place, people, themes; and whether it counts."""
        rng, row = self.rng, self.client.row
        if session.method == "visit_to_client":
            session.place = f"{row.municipality} {self.client.site}"
        elif places := habits.PLACES.get(Method(session.method)):
            session.place = rng.choice(places).format(town=row.municipality)
        companion = rng.random()
        also = (
            "、後継者"
            if companion < 0.06
            else "、経理担当"
            if companion < 0.12
            else "、配偶者"
            if companion < 0.17
            else ""
        )
        session.client_people = f"{row.representative}{also}"
        session.themes = list(dict.fromkeys(self.topic.themes[:1] + self._extra_themes()))
        if session.method in ("phone", "mail") and rng.random() < 0.15:
            session.not_counted = "no_advice"
        elif rng.random() < 0.003:
            session.not_counted = rng.choice(("duplicate", "out_of_scope"))

    def _extra_themes(self) -> list[str]:
        at = self.rng.random()
        if at < 0.4:
            return []
        return self.topic.themes[1:2] if at < 0.7 else self.second.themes[:1]

    def _write(self, session: Consultation, number: int) -> None:
        brief = session.held_on < self.setting.year.first
        if session.not_counted == "no_advice":
            note = self.story.contact(session.held_on.month)
        else:
            note = self.story.note(number, session.held_on.month, self.teller.styles[session.lead_id], brief=brief)
        session.content, session.advice, session.next_step = note.content, note.advice, note.next_step

    def _call_in(self, session: Consultation) -> None:
        rng = self.rng
        if rng.random() > 0.2:
            return
        kinds = habits.ALLIES.get(self.topic.code, habits.USUAL_ALLIES)
        for kind in rng.sample(kinds, 2 if len(kinds) > 1 and rng.random() < 0.1 else 1):
            if kind in self.setting.organizations:
                self.history.involvements.append(Involvement(
                    hub_id=self.hub_id, consultation=session, organization_id=self.setting.organizations[kind],
                    kind="referral" if rng.random() < 0.42 else "cooperation",
                ))  # fmt: skip

    def _use_program(self, session: Consultation) -> None:
        rng = self.rng
        if rng.random() > 0.15:
            return
        name = rng.choice(habits.PROGRAMS.get(self.topic.code, habits.USUAL_PROGRAMS))
        if program_id := self.setting.programs.get(name):
            use = ProgramUse(hub_id=self.hub_id, consultation=session, program_id=program_id)
            use.kind = "used" if rng.random() < 0.35 else "introduced"
            self.history.program_uses.append(use)

    def _end(self, last: Consultation) -> None:
        """Close the case if all sessions were held, sooner or later; otherwise say what comes next."""
        rng, case = self.rng, self.case
        closed_on = last.held_on + DAY * int(rng.random() ** 2 * 25)
        stale = (self.setting.last_day - last.held_on).days > 150
        if self.all_held and closed_on <= self.setting.last_day and rng.random() < (0.95 if stale else 0.78):
            ending = habits.ENDINGS.draw(rng)
            case.state, case.resolution = habits.ENDED[ending]
            case.closed_on, case.updated_at = closed_on, max(self.teller.moment(closed_on, 0), last.created_at)
            move = {"solved": "solve", "partly": "solve", "unsolved": "give_up", "suspended": "suspend"}[ending]
            self._step(move, case.state, case.updated_at)
            return
        case.state, case.updated_at = habits.OPEN_STATES.draw(rng), last.created_at
        case.next_action = last.next_step[:200] or self.story.fill([rng.choice(self.topic.nexts)])[0]
        case.next_due_on = last.held_on + DAY * int(10 + rng.random() * 20)
        if case.state != CaseState.ACTIVE:
            self._step("watch" if case.state == CaseState.WATCHING else "refer", case.state, case.updated_at)

    def _step(self, move: str, state: str, at: dt.datetime) -> None:
        by = self.case.lead
        self.history.steps.append(CaseStep(hub_id=self.hub_id, case=self.case, move=move, state=state, at=at, by=by))
