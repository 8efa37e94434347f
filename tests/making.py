"""Makes what tests speak of. Every maker enters the hub's scope itself, so a test may call it anywhere."""

from __future__ import annotations

import itertools
import uuid
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.models import User
from consultations.models import Case, Consultation, Enterprise, Involvement, ProgramUse
from directory.models import SupportOrganization, SupportProgram
from foundation.identifiers import with_check_digit
from hubs.models import Appointment, Bureau, Hub, Membership
from hubs.tenancy import Scope, entered

NUMBERS = itertools.count(1)
MOMENT = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
PASSWORD = "correct horse battery"
LONG_AGO = date(2020, 4, 1)


def make_user(name: str = "山田 太郎", **fields: Any) -> User:
    """A user without any role."""
    email = fields.pop("email", f"person{next(NUMBERS)}@office.example")
    return User.objects.create_user(email, PASSWORD, name=name, **fields)


def make_person(
    role: str, *, hub: Hub | None = None, bureau: Bureau | None = None, second_factor: bool = False, **fields: Any
) -> User:
    """A user with a role that holds today."""
    user = make_user(**fields)
    figures = [hub.pk] if hub else []
    with entered(Scope(figures=frozenset(figures), user_id=user.pk)):
        Membership.objects.create(user=user, role=role, hub=hub, bureau=bureau, valid_from=LONG_AGO)
    if second_factor:
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
        assert Authenticator.objects.filter(user=user).exists()
    return user


def staff_of(hub: Hub) -> User:
    """Somebody who works at the hub: the same person each time."""
    user = User.objects.filter(email=f"staff@{hub.slug}.example").first()
    return user or make_person("coordinator", hub=hub, email=f"staff@{hub.slug}.example", name="担当 者")


def make_corporate_number() -> str:
    """A 法人番号 whose check digit is right."""
    return with_check_digit(f"{next(NUMBERS):012d}")


def make_enterprise(*, hub: Hub, **fields: Any) -> Enterprise:
    values = {
        "kind": "corporation",
        "name": f"株式会社テスト{next(NUMBERS)}",
        "created_at": MOMENT,
        "updated_at": MOMENT,
    }
    values |= {"created_by": staff_of(hub)} | fields
    with entered(Scope.of_hub(hub.pk)):
        return Enterprise.objects.create(hub=hub, **values)


def make_case(*, hub: Hub, enterprise: Enterprise | None = None, **fields: Any) -> Case:
    enterprise = enterprise or make_enterprise(hub=hub)
    number = next(NUMBERS)
    values = {
        "number": f"2026-{hub.code}-{number:05d}", "title": f"販路開拓の相談{number}", "category": "sales",
        "received_on": date(2026, 11, 1), "reception": "phone", "state": "active", "lead": staff_of(hub),
        "created_at": MOMENT, "created_by": staff_of(hub), "updated_at": MOMENT,
    }  # fmt: skip
    with entered(Scope.of_hub(hub.pk)):
        return Case.objects.create(hub=hub, enterprise=enterprise, **(values | fields))


def make_consultation(*, hub: Hub, case: Case | None = None, **fields: Any) -> Consultation:
    case = case or make_case(hub=hub, enterprise=fields.pop("enterprise", None))
    values = {
        "client_id": uuid.uuid4(), "held_on": date(2026, 11, 10), "minutes": 60, "method": "visit_to_hub",
        "lead": staff_of(hub), "content": "新商品の売り先が見つからない。", "advice": "展示会への出展を勧めた。",
        "themes": ["channels"], "created_at": MOMENT, "created_by": staff_of(hub), "updated_at": MOMENT,
        "updated_by": staff_of(hub),
    }  # fmt: skip
    with entered(Scope.of_hub(hub.pk)):
        return Consultation.objects.create(hub=hub, case=case, enterprise_id=case.enterprise_id, **(values | fields))


def make_organization(**fields: Any) -> SupportOrganization:
    values = {"kind": "bank", "name": f"みらい信用金庫{next(NUMBERS)}"}
    return SupportOrganization.objects.create(**(values | fields))


def make_program(**fields: Any) -> SupportProgram:
    values = {"name": f"持続化補助金{next(NUMBERS)}", "name_en": "Subsidy", "valid_from": LONG_AGO}
    return SupportProgram.objects.create(**(values | fields))


def involve(consultation: Consultation, organization: SupportOrganization, kind: str) -> Involvement:
    with entered(Scope.of_hub(consultation.hub_id)):
        return Involvement.objects.create(
            hub_id=consultation.hub_id, consultation=consultation, organization=organization, kind=kind
        )


def use_program(consultation: Consultation, program: SupportProgram, kind: str) -> ProgramUse:
    with entered(Scope.of_hub(consultation.hub_id)):
        return ProgramUse.objects.create(
            hub_id=consultation.hub_id, consultation=consultation, program=program, kind=kind
        )


def make_appointment(*, hub: Hub, state: str = "requested", **fields: Any) -> Appointment:
    """An appointment in any state, as the database allows it."""
    values = {
        "post": "coordinator", "person": fields.pop("person", None) or make_user(), "starts_on": date(2026, 4, 1),
        "ends_on": date(2027, 3, 31), "days_per_week": 3, "fee_yen": 50_000, "fee_default_yen": 25_000,
        "requested_at": MOMENT, "requested_by": staff_of(hub),
    }  # fmt: skip
    if state not in ("requested", "declined", "withdrawn"):
        values |= {"agreed_at": MOMENT, "agreed_by": staff_of(hub)}
    if state == "released":
        values["release_ground"] = "4"
    with entered(Scope.of_hub(hub.pk)):
        return Appointment.objects.create(hub=hub, state=state, **(values | fields))
