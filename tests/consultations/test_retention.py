"""Personal data go after the years that headquarters sets; the figures stay."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta

import pytest
from django.core import serializers
from django.db import connection
from django.utils import timezone

from audit.models import Entry
from consultations.actions import privacy
from consultations.models import Case, CaseStep, Consultation, Draft, Enterprise, ProgramRules
from consultations.queries import enterprises_like
from consultations.queries import privacy as retention
from consultations.tasks import anonymise_due, forget_old_drafts
from foundation.periods import Month
from hubs.tenancy import Scope, entered
from metrics.actions import recount, recount_touched
from tests import making
from tests.consultations.making_privacy import make_consent, make_request, make_silent
from tests.metrics.plain import differences, stored

pytestmark = pytest.mark.django_db
PERSONAL_WORDS = ("青空", "アオゾラ", "太郎", "0312345678", "taro@", "client.example", "千代田", "1000001", "131016")


def fresh(enterprise: Enterprise) -> Enterprise:
    with entered(Scope.of_hub(enterprise.hub_id)):
        return Enterprise.objects.get(pk=enterprise.pk)


def every_row_of(hub) -> str:
    """All that stands in the tables of enterprises, as text: search columns included."""
    with entered(Scope.of_hub(hub.pk)), connection.cursor() as cursor:
        texts = []
        for model in (Enterprise, Case, CaseStep, Consultation, Draft):
            cursor.execute(
                f'SELECT coalesce(string_agg(t::text, E"\\n"), "") FROM {model._meta.db_table} t'.replace('"', "'")
            )
            texts.append(cursor.fetchone()[0])
    return "\n".join(texts)


def test_nothing_personal_is_left_of_a_client_whom_nobody_met_for_years(tokyo):
    enterprise = make_silent(hub=tokyo)
    draft = {"enterprise": str(enterprise.pk), "content": "青空製作所の続き"}
    with entered(Scope.of_hub(tokyo.pk)):
        case = Case.objects.get(enterprise=enterprise)
        CaseStep.objects.create(hub=tokyo, case=case, move="start", state="active", at=making.MOMENT,
                                by=making.staff_of(tokyo), note="青空さんから電話")  # fmt: skip
        Draft.objects.create(hub=tokyo, client_id=uuid.uuid4(), owner=making.staff_of(tokyo), fields=draft,
                             saved_at=making.MOMENT)  # fmt: skip
    assert "青空" in every_row_of(tokyo)
    anonymise_due()
    left = every_row_of(tokyo)
    assert [word for word in (*PERSONAL_WORDS, enterprise.corporate_number) if word in left] == []
    row = fresh(enterprise)
    assert (row.kind, row.industry, row.prefecture_id) == ("corporation", "09", tokyo.pk)
    assert row.anonymised_at is not None
    with entered(Scope.of_hub(tokyo.pk)):
        session = Consultation.objects.get(enterprise=enterprise)
        assert (session.themes, session.minutes, session.held_on) == (["channels"], 60, date(2018, 6, 1))
        assert enterprises_like(hub=tokyo, query="青空") == []
        assert enterprises_like(hub=tokyo, query="匿名") == []


def test_every_figure_stays_at_every_level_also_the_nations_count_of_enterprises(tokyo, osaka, now):
    """The same 法人番号 at two hubs, one of which lost it; and a third that came and went."""
    enterprise = make_silent(hub=tokyo)
    elsewhere = make_silent(hub=osaka, corporate_number=enterprise.corporate_number, held_on=date(2018, 7, 1))
    making.make_consultation(
        hub=osaka, case=making.make_case(hub=osaka, enterprise=elsewhere), held_on=date(2026, 11, 5)
    )
    make_silent(hub=osaka, held_on=date(2018, 6, 20))
    make_silent(hub=tokyo, corporate_number="", held_on=date(2018, 6, 21))
    months = [Month(2018, 6), Month(2018, 7), Month(2018, 11), Month(2026, 11)]
    recount(months, at=now)
    before = stored()
    anonymise_due()
    assert fresh(enterprise).anonymised_at is not None
    assert fresh(elsewhere).anonymised_at is None
    assert fresh(elsewhere).identity == fresh(enterprise).identity is not None
    recount_touched(at=now)
    assert differences(before, stored()) == {}
    recount(months, at=now)
    assert differences(before, stored()) == {}
    national = [value for key, value in before.items() if key[0] == "nation" and key.indicator == "visitors"]
    assert national


def test_a_client_who_comes_back_is_nobody_new(tokyo, now):
    enterprise = make_silent(hub=tokyo)
    anonymise_due()
    again = making.make_enterprise(hub=tokyo, corporate_number=enterprise.corporate_number)
    making.make_consultation(hub=tokyo, case=making.make_case(hub=tokyo, enterprise=again), held_on=date(2026, 11, 5))
    recount([Month(2018, 6), Month(2026, 11)], at=now)
    figures = {(k.place, k.month, k.indicator): v for k, v in stored().items() if k.span == "month" and not k.code}
    assert figures["hub 13", Month(2026, 11), "visitors"] == 1
    assert ("hub 13", Month(2026, 11), "new_visitors") not in figures


def test_running_again_changes_nothing(tokyo):
    enterprise = make_silent(hub=tokyo)
    anonymise_due()
    once = serializers.serialize("json", [fresh(enterprise)])
    anonymise_due()
    assert serializers.serialize("json", [fresh(enterprise)]) == once
    with entered(Scope.of_hub(tokyo.pk)):
        assert Entry.objects.filter(action="enterprise.anonymised").count() == 1


@pytest.mark.parametrize("what", ["session", "case", "end of a case", "registration"])
def test_whoever_was_in_touch_is_kept(tokyo, what):
    enterprise = make_silent(hub=tokyo)
    lately = date(2026, 1, 10)
    if what == "session":
        making.make_consultation(
            hub=tokyo,
            case=making.make_case(hub=tokyo, enterprise=enterprise, received_on=date(2018, 1, 1)),
            held_on=lately,
        )
    elif what == "case":
        making.make_case(hub=tokyo, enterprise=enterprise, received_on=lately)
    elif what == "end of a case":
        making.make_case(
            hub=tokyo,
            enterprise=enterprise,
            received_on=date(2018, 1, 1),
            state="solved",
            closed_on=lately,
            resolution="solved",
        )
    else:
        enterprise = making.make_enterprise(hub=tokyo)
    anonymise_due()
    assert fresh(enterprise).is_known


def test_headquarters_years_decide_and_the_last_day_is_exact(tokyo, headquarters):
    enterprise = make_silent(hub=tokyo, held_on=date(2020, 2, 29))
    ProgramRules.objects.create(
        valid_from=date(2020, 1, 1), retention_years=5, set_by=headquarters, set_at=making.MOMENT
    )
    with entered(Scope.of_hub(tokyo.pk)):
        assert not retention.due(tokyo.pk, on=date(2025, 2, 27)).exists()
        assert not retention.due(tokyo.pk, on=date(2025, 2, 28)).exists()
        assert retention.due(tokyo.pk, on=date(2025, 3, 1)).get() == enterprise


def test_another_room_keeps_a_client_and_loses_its_own_data(tokyo, monkeypatch):
    enterprise, other = make_silent(hub=tokyo), make_silent(hub=tokyo)
    erased = []
    monkeypatch.setattr(privacy, "_holdings", {})
    privacy.register(privacy.Holding(
        "bookings", "予約", held=lambda e: [{"日時": "2026-01-01"}], erase=lambda e, at: erased.append(e.pk) or 3,
        contacted_since=lambda hub_id, day: [other.pk] if day < date(2026, 1, 1) else [],
    ))  # fmt: skip
    anonymise_due()
    assert fresh(other).is_known
    assert erased == [enterprise.pk]
    with entered(Scope.of_hub(tokyo.pk)):
        assert Entry.objects.get(action="enterprise.anonymised").detail["bookings"] == 3


def test_the_database_lets_nobody_write_a_name_into_an_anonymised_row(tokyo):
    enterprise = make_silent(hub=tokyo)
    anonymise_due()
    with pytest.raises(Exception, match="nobody_is_known"), entered(Scope.of_hub(tokyo.pk)):
        Enterprise.objects.filter(pk=enterprise.pk).update(phone="0312345678")


def test_no_program_can_forge_an_identity_or_read_the_key(tokyo, osaka):
    enterprise = making.make_enterprise(hub=tokyo, corporate_number=making.make_corporate_number())
    with entered(Scope.of_hub(tokyo.pk)):
        Enterprise.objects.filter(pk=enterprise.pk).update(identity=1)
    assert fresh(enterprise).identity != 1
    with (
        pytest.raises(Exception, match="permission denied"),
        entered(Scope.of_hub(tokyo.pk)),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT secret FROM consultations_identitykey")


def test_the_chief_is_warned_a_month_before(client, tokyo, chief, coordinator):
    day = date.today()  # noqa: DTZ011
    soon = make_silent(hub=tokyo, name="まもなく工業", held_on=retention.years_before(day, 7) + timedelta(days=20))
    make_silent(hub=tokyo, name="まだまだ工業", held_on=retention.years_before(day, 7) + timedelta(days=60))
    client.force_login(coordinator)
    assert client.get("/hubs/tokyo/retention/").status_code == 403
    client.force_login(chief)
    page = client.get("/hubs/tokyo/retention/").content.decode()
    assert soon.name in page
    assert "まだまだ工業" not in page


def test_an_anonymised_client_can_be_neither_edited_nor_chosen(client, tokyo, coordinator):
    enterprise = make_silent(hub=tokyo)
    anonymise_due()
    client.force_login(coordinator)
    page = client.get(f"/hubs/tokyo/enterprises/{enterprise.pk}/")
    assert "匿名化されました" in page.content.decode()
    assert client.get(f"/hubs/tokyo/enterprises/{enterprise.pk}/edit/").status_code == 404
    sent = {"client_id": str(uuid.uuid4()), "enterprise": enterprise.pk, "case": "new", "case_title": "再開",
            "case_category": "sales", "held_on": "2026-11-01", "minutes": "30", "method": "phone",
            "themes": ["channels"], "content": "a", "advice": "b"}  # fmt: skip
    assert client.post("/hubs/tokyo/consultations/new/", sent).status_code == 422


def test_earlier_requests_lose_the_name_of_who_asked(tokyo):
    enterprise = make_silent(hub=tokyo)
    asked = make_request(enterprise=enterprise, state="refused", reason="確認できない", decided_at=making.MOMENT,
                         decided_by=making.staff_of(tokyo))  # fmt: skip
    make_consent(enterprise=enterprise, given_on=date(2018, 6, 1))
    anonymise_due()
    with entered(Scope.of_hub(tokyo.pk)):
        asked.refresh_from_db()
    assert asked.requester == ""
    assert json.dumps(asked.proof) == "{}"


def test_a_client_that_returns_while_the_night_works_is_kept(tokyo, monkeypatch):
    """Found due, and met again before its turn came."""
    enterprise = make_silent(hub=tokyo)
    real = retention.due
    calls = []

    def due(hub_id: int, *, on: date):
        rows = real(hub_id, on=on)
        calls.append(hub_id)
        if calls.count(tokyo.pk) == 1 and hub_id == tokyo.pk:
            found = list(rows.values_list("pk", flat=True))
            making.make_case(hub=tokyo, enterprise=enterprise, received_on=date(2026, 11, 1))
            rows = Enterprise.objects.filter(pk__in=found)
        return rows

    monkeypatch.setattr("consultations.tasks.retention.due", due)
    anonymise_due()
    assert fresh(enterprise).is_known


def test_drafts_that_nobody_has_gone_on_with_are_removed(tokyo, osaka):
    at = timezone.now()

    def draft(hub, days: int) -> None:
        with entered(Scope.of_hub(hub.pk)):
            Draft.objects.create(
                hub=hub, owner=making.staff_of(hub), client_id=uuid.uuid4(), fields={"content": "青空さんの話"},
                saved_at=at - timedelta(days=days),
            )  # fmt: skip

    draft(tokyo, 91)
    draft(tokyo, 89)
    draft(osaka, 400)
    forget_old_drafts()
    forget_old_drafts()
    with entered(Scope.of_hub(tokyo.pk)):
        assert [(at - row.saved_at).days for row in Draft.objects.all()] == [89]
        (line,) = Entry.objects.filter(action="draft.forgotten")
        assert (line.hub_id, line.actor, line.detail) == (tokyo.pk, "", {"count": 1})
    with entered(Scope.of_hub(osaka.pk)):
        assert not Draft.objects.exists()


def test_leap_days_have_neighbours():
    assert retention.years_after(date(2024, 2, 29), 7) == date(2031, 3, 1)
    assert retention.years_before(date(2028, 2, 29), 7) == date(2021, 2, 28)
