"""Small worlds in which everything that moves a figure happens, by chance."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from consultations.models import Case, Consultation, Enterprise, Involvement, Outcome, ProgramUse
from directory.models import Code
from hubs.models import Hub, Unit
from hubs.tenancy import Scope, entered
from referrals.models import Referral, ReferralWork
from tests import making
from tests.consultations.making_outcomes import make_desk, make_outcome
from tests.referrals.making import make_referral

DAYS = [dt.date(2025, 3, 31), dt.date(2025, 4, 1), dt.date(2025, 4, 30), dt.date(2025, 12, 31), dt.date(2026, 3, 31),
        dt.date(2026, 4, 1), dt.date(2026, 4, 20), dt.date(2026, 5, 7), dt.date(2026, 10, 1), dt.date(2026, 11, 10), dt.date(2026, 11, 30)]  # fmt: skip
NUMBERS = ["", "1000000000001", "2000000000002", "3000000000003"]
INDUSTRIES = ["", "A", "01", "E", "09", "39"]
THEMES = [[], ["channels"], ["digital", "tax"], ["tax", "tax"]]


class World:
    """Hubs in two bureaus, with enterprises of which some are the same by 法人番号. `deeds` are what may happen."""

    def __init__(self, hubs: list[Hub], chance: random.Random) -> None:
        self.chance = chance
        self.hubs = hubs
        self.organizations = [making.make_organization(kind=kind) for kind in ("bank", "chamber")]
        self.programs = [making.make_program() for _ in range(2)]
        self.desks = [make_desk(opened_on=min(DAYS)) for _ in range(2)]
        self.introducers = ["", *Code.objects.filter(kind="introducer").values_list("code", flat=True)[:2]]
        self.units = {hub.pk: self._unit(hub) for hub in self.hubs}
        for hub in self.hubs:
            for number in ("", *chance.sample(NUMBERS[1:], 2)):
                enterprise = making.make_enterprise(
                    hub=hub, corporate_number=number, industry=chance.choice(INDUSTRIES)
                )
                making.make_case(hub=hub, received_on=min(DAYS), enterprise=enterprise)
        self.deeds = [self.log, self.log, self.log, self.log, self.delete, self.discount, self.move, self.divide, self.close,
                      self.reopen, self.renumber, self.reclassify, self.involve, self.leave, self.use, self.send_to_desk, self.achieve, self.take_back]  # fmt: skip
        self.deeds += [self.refer, self.refer, self.answer_referral, self.work_on_referral, self.work_on_referral,
                       self.strike_work, self.call_back]  # fmt: skip

    def _unit(self, hub: Hub) -> Unit:
        with entered(Scope.of_hub(hub.pk)):
            found = Unit.objects.filter(hub=hub).first()
            return found or Unit.objects.create(hub=hub, kind="productivity", name="生産性向上支援センター")

    def live(self, deeds: int) -> None:
        """So many things happen."""
        for _ in range(deeds):
            hub = self.chance.choice(self.hubs)
            deed = self.chance.choice(self.deeds)
            with entered(Scope.of_hub(hub.pk)):
                deed(hub)

    def _any(self, model: Any, **fields: Any) -> Any:
        rows = list(model.objects.filter(**fields).order_by("pk"))
        return self.chance.choice(rows) if rows else None

    def _change(self, row: Any, **values: Any) -> None:
        if row is not None:
            type(row).objects.filter(pk=row.pk).update(**values)

    def log(self, hub: Hub) -> None:
        making.make_consultation(
            hub=hub,
            case=self._any(Case),
            held_on=self.chance.choice(DAYS),
            minutes=self.chance.choice([30, 60, 90]),
            method=self.chance.choice(["visit_to_hub", "online"]),
            themes=self.chance.choice(THEMES),
            unit=self.chance.choice([None, self.units[hub.pk]]),
        )

    def delete(self, hub: Hub) -> None:
        self._change(self._any(Consultation), deleted_at=making.MOMENT, deleted_by=making.staff_of(hub))

    def discount(self, hub: Hub) -> None:
        self._change(self._any(Consultation), not_counted=self.chance.choice(["", "duplicate"]))

    def move(self, hub: Hub) -> None:
        self._change(self._any(Consultation), held_on=self.chance.choice(DAYS))

    def divide(self, hub: Hub) -> None:
        category = self.chance.choice(["sales", "startup"])
        self._change(self._any(Case), category=category, introduced_by=self.chance.choice(self.introducers))

    def close(self, hub: Hub) -> None:
        resolution = self.chance.choice(["solved", "partly", "unsolved", "unknown"])
        self._change(self._any(Case), state="solved", closed_on=self.chance.choice(DAYS), resolution=resolution)

    def reopen(self, hub: Hub) -> None:
        self._change(self._any(Case), state="active", closed_on=None, resolution="")

    def renumber(self, hub: Hub) -> None:
        taken = set(Enterprise.objects.values_list("corporate_number", flat=True)) - {""}
        number = self.chance.choice([number for number in NUMBERS if number not in taken])
        self._change(self._any(Enterprise), corporate_number=number)

    def reclassify(self, hub: Hub) -> None:
        self._change(self._any(Enterprise), industry=self.chance.choice(INDUSTRIES))

    def involve(self, hub: Hub) -> None:
        session, kind = self._any(Consultation), self.chance.choice(["referral", "cooperation"])
        if session:
            organization = self.chance.choice(self.organizations)
            Involvement.objects.get_or_create(hub=hub, consultation=session, organization=organization, kind=kind)

    def send_to_desk(self, hub: Hub) -> None:
        self._change(self._any(Case), special_desk=self.chance.choice([None, *self.desks]))

    def achieve(self, hub: Hub) -> None:
        confirmed = self.chance.choice([{}, {"confirmed_on": None, "confirmed_how": "", "confirmed_by": None}])
        day, kind = self.chance.choice(DAYS), self.chance.choice(["sales", "employment"])
        make_outcome(case=self._any(Case), measured_on=day, kind=kind, **({"confirmed_on": day} | confirmed))

    def take_back(self, hub: Hub) -> None:
        self._change(self._any(Outcome), deleted_at=making.MOMENT, deleted_by=making.staff_of(hub))

    def leave(self, hub: Hub) -> None:
        Involvement.objects.filter(consultation=self._any(Consultation)).delete()

    def use(self, hub: Hub) -> None:
        session, kind = self._any(Consultation), self.chance.choice(["used", "introduced"])
        if session:
            program = self.chance.choice(self.programs)
            ProgramUse.objects.get_or_create(hub=hub, consultation=session, program=program, kind=kind)

    def refer(self, hub: Hub) -> None:
        case = self._any(Case)
        referral = make_referral(hub=hub, case=case, organization=self.chance.choice(self.organizations))
        if self.chance.random() < 0.8:
            self._change(referral, state="sent", sent_on=self.chance.choice(DAYS), consented_on=min(DAYS))

    def answer_referral(self, hub: Hub) -> None:
        state, day = self.chance.choice(["received", "supported"]), self.chance.choice(DAYS)
        finished = day if state == "supported" else None
        self._change(self._any(Referral, sent_on__isnull=False), state=state, answered_on=day, finished_on=finished)

    def work_on_referral(self, hub: Hub) -> None:
        referral = self._any(Referral, sent_on__isnull=False)
        if referral:
            ReferralWork.objects.create(
                hub=hub, referral=referral, worked_on=self.chance.choice(DAYS), times=self.chance.choice([1, 2, 5]),
                content="面談", typed_at=making.MOMENT,
            )  # fmt: skip

    def strike_work(self, hub: Hub) -> None:
        self._change(self._any(ReferralWork), struck_at=making.MOMENT, struck_by=making.staff_of(hub))

    def call_back(self, hub: Hub) -> None:
        self._change(self._any(Referral), state="cancelled", reason="x", finished_on=None)
