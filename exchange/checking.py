"""Holding rows against the rules, and finding out whom they speak of.

An enterprise is recognised by the other system's number, by its 法人番号, or by name and telephone number together;
never by its name alone (株式会社アシスト exists 703 times). A row that gives none of these is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consultations.actions.sessions import Involved, Session
from consultations.choices import EnterpriseKind, Reception
from consultations.forms import INVOLVED, NUMBER_TWIN, SESSION_NAMES
from consultations.forms.cases import may_be_received_on
from consultations.models import Case, Enterprise
from exchange.choices import MAKES, ImportKind, Made, RowState
from exchange.columns import (
    CASE,
    CASE_ID,
    CASE_NUMBER,
    ENTERPRISE,
    ENTERPRISE_ID,
    LEAD,
    OWN_ID,
    SESSION,
    ImportField,
    fields_of,
)
from exchange.models import ImportedRecord, ImportRun
from exchange.rowforms import Problems, RowForm, case_form, enterprise_form, session_form
from exchange.sheets import UNHOLDABLE
from foundation.text import fold, has_forbidden, match_key
from hubs.choices import Role
from hubs.models import Membership

LONGEST_ID = 120
CAME_ON = f"{CASE}.received_on"
SPACE = uuid.UUID("6f2a1c1e-8f0d-4b6e-9a57-2f1c6f0f7c11")  # names of consultations that came from elsewhere

NOBODY = _("どの事業者か分かりません。移行元の事業者番号、法人番号、または名称と電話番号の両方が必要です。")
OTHER_NAME = _("この法人番号は「%(name)s」として登録されています。番号か名称を確かめてください。")
NO_CASE = _("この案件番号の案件はありません。")
OTHER_ENTERPRISE = _("この案件は別の事業者のものです。")
NO_PERSON = _("「%(name)s」という担当者はこの拠点にいません。")
TWO_PEOPLE = _("「%(name)s」という担当者が複数います。メールアドレスで指定してください。")
TWICE = _("%(row)s行目と同じ番号です。")
SAME_ROW = _("%(row)s行目と同じ内容です。")
LONG_ID = _("番号は120文字までです。")
TWIN = _("名称と電話番号が同じ事業者が登録済みです。")
NOT_HELD = _("登録できない文字(NULなど)が含まれています。「%(mark)s」の箇所を直してください。")


@dataclass
class Client:
    """Whom a row speaks of: somebody the hub knows (`pk`), or somebody to be registered with these fields."""

    pk: int | None
    name: str
    fields: dict[str, Any] = field(default_factory=dict)
    external_id: str = ""


@dataclass
class Matter:
    """Which case a row belongs to: a known one (`pk`), or one to be opened. `told`: (row, day that the case came if the
    row says so, day of its session) for each row that speaks of one to be opened."""

    pk: int | None
    client: Client
    received_on: dt.date | None = None
    lead: User | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    external_id: str = ""
    closed_on: dt.date | None = None
    told: list[tuple[int, dt.date | None, dt.date]] = field(default_factory=list)

    def spans(self, day: dt.date) -> bool:
        """Whether the case was there on a day."""
        return self.received_on is not None and self.received_on <= day <= (self.closed_on or day)


@dataclass
class Plan:
    """What a good row will make."""

    number: int
    external_id: str
    client: Client
    matter: Matter | None = None
    session: Session | None = None
    client_id: uuid.UUID | None = None
    lead: User | None = None
    stated_on: dt.date | None = None  # the day on which the row says that its case came


@dataclass
class Verdict:
    """What is said of one row."""

    state: RowState
    problems: list[list[str]] = field(default_factory=list)  # [heading, message]
    plan: Plan | None = None


class Refused(Exception):
    """One thing that is wrong with a row."""

    def __init__(self, key: str, message: Any) -> None:
        super().__init__(str(message))
        self.key, self.message = key, str(message)


def forms_for(run: ImportRun, today: dt.date) -> dict[str, RowForm]:
    """The forms that read a row of this kind."""
    found = {ENTERPRISE: enterprise_form(run.hub, today)}
    if run.kind != ImportKind.ENTERPRISES:
        found[CASE] = case_form(run.hub, today, run.uploaded_by)
    if run.kind == ImportKind.CONSULTATIONS:
        found[SESSION] = session_form(run.hub, today)
    return found


class Checker:
    """Judges the rows of one run, one after the other: what an earlier row will make, a later one may speak of.

    Everything that it compares with is read once, in the hub's scope. Made anew whenever something may have changed.
    """

    def __init__(self, run: ImportRun, today: dt.date) -> None:
        self.run, self.today = run, today
        self.forms = forms_for(run, today)
        self.fields: list[ImportField] = fields_of(run.kind, self.forms)
        self.mapping: dict[str, int] = run.mapping
        self.labels = {
            one.key: (run.headings[run.mapping[one.key]] or str(one.label))
            if one.key in run.mapping
            else str(one.label)
            for one in self.fields
        }
        self.seen: dict[str, int] = {}
        self._learn_people()
        self._learn_records()

    # ---- what the hub knows
    def _learn_people(self) -> None:
        roles = [Role.CHIEF, Role.COORDINATOR]
        members = Membership.objects.filter(hub=self.run.hub, role__in=roles).select_related("user")
        self.people: dict[str, set[User]] = {}
        for member in members:
            for name in (member.user.email.lower(), _name_key(member.user.name)):
                self.people.setdefault(name, set()).add(member.user)

    def _learn_records(self) -> None:
        run = self.run
        imported = ImportedRecord.objects.filter(hub=run.hub, source=run.source)
        self.imported = {
            (what, number): pk for what, number, pk in imported.values_list("what", "external_id", "record_id")
        }
        self.clients: dict[int, Client] = {}
        self.by_number: dict[str, Client] = {}
        self.by_phone: dict[str, list[Client]] = {}
        merged: dict[int, int] = {}
        rows = Enterprise.objects.filter(hub=run.hub).named().order_by("pk")
        for pk, name, number, phone, into in rows.values_list(
            "pk", "name", "corporate_number", "phone", "merged_into_id"
        ):
            if into is not None:
                merged[pk] = into
                continue
            self._know(Client(pk, name, {"corporate_number": number, "phone": phone}))
        self.merged = merged
        self.matters: dict[int, tuple[int, str]] = {}
        self.case_numbers: dict[str, int] = {}
        self.by_title: dict[tuple[int, str], list[Matter]] = {}
        self.opened: list[Matter] = []
        if run.kind == ImportKind.CONSULTATIONS:
            cases = Case.objects.filter(hub=run.hub).order_by("pk")
            for pk, number, enterprise, title, received_on, closed_on in cases.values_list(
                "pk", "number", "enterprise_id", "title", "received_on", "closed_on"
            ):
                self.matters[pk] = (enterprise, title)
                self.case_numbers[number] = pk
                if (client := self.clients.get(enterprise)) is not None:
                    self._title(title, Matter(pk, client, received_on, closed_on=closed_on))
        self.new_clients: dict[str, Client] = {}
        self.new_matters: dict[str, Matter] = {}

    def _know(self, client: Client) -> None:
        if client.pk is not None:
            self.clients[client.pk] = client
        if number := client.fields.get("corporate_number"):
            self.by_number[number] = client
        if phone := client.fields.get("phone"):
            self.by_phone.setdefault(phone, []).append(client)

    def _title(self, title: str, matter: Matter) -> None:
        self.by_title.setdefault((id(matter.client), fold(title)), []).append(matter)

    # ---- one row
    def judge(self, number: int, cells: Sequence[str], came_on: dt.date | None = None) -> Verdict:
        """What becomes of a row. `came_on`: when its new case came, where another row knows better."""
        texts = {key: cells[place].strip() for key, place in self.mapping.items() if place < len(cells)}
        problems: Problems = []
        try:
            self._whole(texts)
            external_id = self._external_id(texts)
            if (self._makes(), external_id) in self.imported:
                return Verdict(RowState.KNOWN)
            if came_on is not None:
                texts[CAME_ON] = came_on.isoformat()
            plan = self._plan(number, external_id, texts, problems)
            if not problems:
                self._only_once(external_id, number, texts)
        except Refused as refusal:
            problems.append((refusal.key, refusal.message))
        if problems:
            return Verdict(RowState.BAD, [[self.labels.get(key, key), message] for key, message in problems])
        self._remember(plan)
        return Verdict(RowState.GOOD, plan=plan)

    def _whole(self, texts: Mapping[str, str]) -> None:
        """Nothing is taken of a row that lost a letter on its way into the database."""
        for key, text in texts.items():
            if UNHOLDABLE in text:
                raise Refused(key, NOT_HELD % {"mark": UNHOLDABLE})

    def _makes(self) -> str:
        return MAKES[ImportKind(self.run.kind)]

    def _external_id(self, texts: Mapping[str, str]) -> str:
        """The other system's number; where it gives none, a hash of what the row says, so that the same row sent once
        more is the same row."""
        for key in (OWN_ID, ENTERPRISE_ID, CASE_ID):
            if len(texts.get(key, "")) > LONGEST_ID:
                raise Refused(key, LONG_ID)
            if has_forbidden(texts.get(key, "")):
                raise Refused(key, _("使えない文字(制御文字など)が含まれています。"))
        if number := texts.get(OWN_ID):
            return number
        said = json.dumps({key: fold(text) for key, text in sorted(texts.items()) if text}, ensure_ascii=False)
        return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"

    def _only_once(self, external_id: str, number: int, texts: Mapping[str, str]) -> None:
        if (before := self.seen.get(external_id)) is not None:
            raise Refused(OWN_ID, (TWICE if texts.get(OWN_ID) else SAME_ROW) % {"row": before})

    def _plan(self, number: int, external_id: str, texts: Mapping[str, str], problems: Problems) -> Plan:
        client = self._client(texts, external_id, problems)
        plan = Plan(number, external_id, client)
        if self.run.kind == ImportKind.ENTERPRISES:
            return plan
        plan.lead = self._lead(texts, problems)
        held_on = None
        if self.run.kind == ImportKind.CONSULTATIONS:
            plan.session = self._session(texts, problems)
            plan.client_id = uuid.uuid5(SPACE, f"{self.run.hub_id}\n{self.run.source}\n{external_id}")
            held_on = plan.session.held_on if plan.session else None
            plan.stated_on = self._stated(texts)
        plan.matter = self._matter(texts, plan, held_on, problems)
        return plan

    def _remember(self, plan: Plan) -> None:
        self.seen[plan.external_id] = plan.number
        client, matter = plan.client, plan.matter
        if client.pk is None:
            self._know(client)
        if client.external_id:
            self.new_clients[client.external_id] = client
        if matter is None:
            return
        if matter.pk is None and not matter.told:
            self._title(matter.fields["title"], matter)
            self.opened.append(matter)
        if matter.pk is None and plan.session is not None:
            matter.told.append((plan.number, plan.stated_on, plan.session.held_on))
        if matter.external_id:
            self.new_matters[matter.external_id] = matter

    def came_on(self) -> dict[int, dt.date]:
        """By row, the day on which its new case came, where the row alone tells another one: the earliest that any row
        states, or that of the first session. Files are often sorted with the newest on top."""
        found: dict[int, dt.date] = {}
        for matter in self.opened:
            if matter.told:
                came = min([on for _, on, _ in matter.told if on] or [held_on for _, _, held_on in matter.told])
                found |= {number: came for number, on, held_on in matter.told if came != (on or held_on)}
        return found

    # ---- whom
    def _client(self, texts: Mapping[str, str], external_id: str, problems: Problems) -> Client:
        is_own = self.run.kind == ImportKind.ENTERPRISES
        number = external_id if is_own else texts.get(ENTERPRISE_ID, "")
        if not is_own and number and (known := self._client_by_id(number)) is not None:
            return known
        given = self._texts_of(ENTERPRISE, texts)
        if not is_own and not any(given.values()):
            matter = self._known_matter(texts)
            if matter is None:
                raise Refused(ENTERPRISE_ID, NOBODY)
            return matter.client
        values, complaints = self.forms[ENTERPRISE].read(self._usual_enterprise(given))
        problems += [(f"{ENTERPRISE}.{name}", message) for name, message in complaints]
        if complaints:
            return Client(None, "")
        found = self._recognised(values)
        if found is not None:
            if is_own:
                raise Refused(f"{ENTERPRISE}.name", NUMBER_TWIN if values["corporate_number"] else TWIN)
            return found
        if not is_own and not (number or values["corporate_number"] or values["phone"]):
            raise Refused(f"{ENTERPRISE}.name", NOBODY)
        fields = {name: values[name] for name in self.forms[ENTERPRISE].fields if name in values}
        fields["prefecture"] = fields.get("prefecture") or self.run.hub.prefecture
        return Client(None, values["name"], fields, number)

    def _client_by_id(self, number: str) -> Client | None:
        pk = self.imported.get((Made.ENTERPRISE, number))
        while pk in self.merged:
            pk = self.merged[pk]
        return self.clients.get(pk or 0) or self.new_clients.get(number)

    def _recognised(self, values: Mapping[str, Any]) -> Client | None:
        """By 法人番号, whose registered name must agree; or by name and telephone number together."""
        key = match_key(values["name"])
        if number := values["corporate_number"]:
            found = self.by_number.get(number)
            if found is not None and match_key(found.name) != key:
                raise Refused(f"{ENTERPRISE}.corporate_number", OTHER_NAME % {"name": found.name})
            return found
        same_phone = self.by_phone.get(values["phone"], []) if values["phone"] else []
        return next((client for client in same_phone if match_key(client.name) == key), None)

    def _usual_enterprise(self, given: dict[str, str]) -> dict[str, str]:
        return given | {"kind": given.get("kind") or EnterpriseKind.CORPORATION}

    # ---- which case
    def _known_matter(self, texts: Mapping[str, str]) -> Matter | None:
        if number := texts.get(CASE_NUMBER):
            pk = self.case_numbers.get(number)
            if pk is None:
                raise Refused(CASE_NUMBER, NO_CASE)
            return self._matter_of(pk)
        if number := texts.get(CASE_ID):
            pk = self.imported.get((Made.CASE, number))
            return self._matter_of(pk) if pk is not None else self.new_matters.get(number)
        return None

    def _matter_of(self, pk: int) -> Matter | None:
        found = self.matters.get(pk)
        client = self.clients.get(found[0]) if found else None
        return Matter(pk, client) if client is not None else None

    def _matter(
        self, texts: Mapping[str, str], plan: Plan, held_on: dt.date | None, problems: Problems
    ) -> Matter | None:
        known = self._known_matter(texts) if self.run.kind == ImportKind.CONSULTATIONS else None
        if known is not None:
            if known.client is not plan.client:
                raise Refused(CASE_NUMBER if texts.get(CASE_NUMBER) else CASE_ID, OTHER_ENTERPRISE)
            return known
        given = self._texts_of(CASE, texts)
        own_number = plan.external_id if self.run.kind == ImportKind.CASES else texts.get(CASE_ID, "")
        same = self._same_title(plan.client, given.get("title", ""), held_on)
        if self.run.kind == ImportKind.CONSULTATIONS and same is not None and not own_number:
            _, complaints = self.forms[CASE].read(given)  # a broken row does not slip in with its sisters
            told = [(name, message) for name, message in complaints if given.get(name) and name != "received_on"]
            problems += [(f"{CASE}.{name}", message) for name, message in told]  # its day is decided by all rows
            return same
        given["reception"] = given.get("reception") or Reception.PHONE
        if held_on is not None:
            given["received_on"] = given.get("received_on") or held_on.isoformat()
        values, complaints = self.forms[CASE].read(given)
        if plan.session is None and not given.get("received_on"):  # the session's own day is what is wrong
            complaints = [(name, message) for name, message in complaints if name != "received_on"]
        problems += [(f"{CASE}.{name}", message) for name, message in complaints]
        if complaints or problems or "received_on" not in values:
            return None
        fields = {name: values[name] for name in self.forms[CASE].fields if name in values and name != "received_on"}
        return Matter(None, plan.client, values["received_on"], plan.lead, fields, own_number)

    def _same_title(self, client: Client, title: str, held_on: dt.date | None) -> Matter | None:
        """The client's case of a title that a session belongs to: one that was there on its day, else one that is open.
        What had ended by then, or began after it and has ended, is another matter of the same name."""
        known = self.by_title.get((id(client), fold(title)), [])
        if held_on is not None:
            there = [matter for matter in known if matter.spans(held_on)]
            known = there or [matter for matter in known if matter.closed_on is None]
        return known[-1] if known else None

    def _stated(self, texts: Mapping[str, str]) -> dt.date | None:
        """When the case came, if the row says so and it can be."""
        try:
            day = self.forms[CASE].fields["received_on"].clean(texts.get(CAME_ON, ""))
        except ValidationError:
            return None
        return day if may_be_received_on(day, self.today) else None

    # ---- what was said
    def _session(self, texts: Mapping[str, str], problems: Problems) -> Session | None:
        values, complaints = self.forms[SESSION].read(self._texts_of(SESSION, texts))
        problems += [(f"{SESSION}.{name}", message) for name, message in complaints]
        if complaints:
            return None
        involved = Involved(**{name: [int(pk) for pk in values[name]] for name in INVOLVED})
        return Session(**{name: values[name] for name in SESSION_NAMES}, unit=values["unit"], involved=involved)

    def _lead(self, texts: Mapping[str, str], problems: Problems) -> User | None:
        name = texts.get(LEAD, "")
        if not name:
            return self.run.uploaded_by
        found = self.people.get(name.lower()) or self.people.get(_name_key(name)) or set()
        if len(found) == 1:
            return next(iter(found))
        problems.append((LEAD, str((TWO_PEOPLE if found else NO_PERSON) % {"name": name[:40]})))
        return None

    def _texts_of(self, part: str, texts: Mapping[str, str]) -> dict[str, str]:
        begin = f"{part}."
        return {key.removeprefix(begin): text for key, text in texts.items() if key.startswith(begin)}


def _name_key(name: str) -> str:
    return fold(name).replace(" ", "")
