"""Consent and its history; what somebody asks about their own data."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from audit.models import Entry
from consultations.actions import consents, privacy
from consultations.models import Consent, ConsentText, Enterprise, PrivacyRequest, ProgramRules
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_privacy import make_consent, make_request, make_silent, make_text

pytestmark = pytest.mark.django_db


def base(enterprise: Enterprise) -> str:
    return f"/hubs/tokyo/enterprises/{enterprise.pk}/"


def requests_of(hub) -> list[PrivacyRequest]:
    with entered(Scope.of_hub(hub.pk)):
        return list(PrivacyRequest.objects.order_by("pk"))


# ---- consent
def test_a_consent_is_to_the_version_that_held_on_its_day(client, tokyo, coordinator):
    old = make_text("provision", valid_from=date(2024, 4, 1))
    make_text("provision", valid_from=date(2026, 10, 1))
    enterprise = making.make_enterprise(hub=tokyo)
    client.force_login(coordinator)
    sent = {"purpose": "provision", "given_on": "令和8年9月30日", "means": "paper"}
    for _ in range(2):
        assert client.post(f"{base(enterprise)}consents/", sent).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        consent = Consent.objects.get()
    assert (consent.text, consent.given_on, consent.means) == (old, date(2026, 9, 30), "paper")
    page = client.get(base(enterprise)).content.decode()
    assert "支援機関への提供" in page
    assert old.version in page


def test_withdrawing_leaves_the_history(client, tokyo, coordinator):
    consent = make_consent(enterprise=making.make_enterprise(hub=tokyo))
    client.force_login(coordinator)
    place = f"/hubs/tokyo/enterprises/{consent.enterprise_id}/consents/"
    client.post(f"{place}{consent.pk}/withdrawal/", {"on": "2026-03-01"})
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consent.objects.standing().count() == 1, "before it was given"
    client.post(f"{place}{consent.pk}/withdrawal/", {"on": "2026-11-01"})
    client.post(f"{place}", {"purpose": "records", "given_on": "2026-11-10", "means": "oral"})
    page = client.get(place).content.decode()
    assert "令和8年11月1日に撤回" in page
    assert "令和8年11月10日" in page
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consent.objects.count() == 2
        assert [c.means for c in Consent.objects.standing()] == ["oral"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("given_on", "2099-01-01"), ("given_on", "きのう"), ("means", "unrecorded"), ("purpose", "spam")],
)
def test_no_consent_of_tomorrow_or_of_an_unknown_kind(client, tokyo, coordinator, field, value):
    enterprise = making.make_enterprise(hub=tokyo)
    client.force_login(coordinator)
    sent = {"purpose": "records", "given_on": "2026-11-01", "means": "paper", field: value}
    answer = client.post(f"{base(enterprise)}consents/", sent)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_the_database_refuses_a_text_of_another_purpose(tokyo):
    make_consent(enterprise=making.make_enterprise(hub=tokyo), text=make_text("survey"))
    with pytest.raises(IntegrityError, match="text_of_its_purpose"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# ---- disclosure
def test_the_chief_sees_everything_held_and_who_has_seen_it(client, tokyo, coordinator, chief):
    enterprise = make_silent(hub=tokyo)
    make_consent(enterprise=enterprise)
    client.force_login(coordinator)
    client.get(base(enterprise))
    assert client.get(f"{base(enterprise)}disclosure/").status_code == 403
    client.force_login(chief)
    page = client.get(f"{base(enterprise)}disclosure/").content.decode()
    for word in (
        "青空 太郎",
        "0312345678",
        "青空製作所の太郎さんの相談。",
        "青空製作所の課題",
        "書面",
        coordinator.email,
    ):
        assert word in page, word
    with entered(Scope.of_hub(tokyo.pk)):
        assert Entry.objects.filter(action="enterprise.disclosed", subject_id=str(enterprise.pk)).exists()


def test_the_same_goes_into_a_file(client, tokyo, chief):
    enterprise = make_silent(hub=tokyo, trade_name="=HYPERLINK(1)")
    client.force_login(chief)
    told = json.loads(client.get(f"{base(enterprise)}disclosure/file/?form=json").content)
    first = told["held"]["consultations"][0]
    assert first["相談内容"] == "青空製作所の太郎さんの相談。"
    assert first["相談細目"] == "販路開拓"
    labels = {label for section in told["held"].values() for row in section for label in row}
    assert {label for label in labels if label.isascii()} == {"URL"}, "a field that no page names"
    assert len(told["held_sha256"]) == 64
    answer = client.get(f"{base(enterprise)}disclosure/file/?form=xlsx")
    assert "attachment" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = {str(c.value): c.data_type for sheet in book for row in sheet.iter_rows() for c in row if c.value}
    assert cells["=HYPERLINK(1)"] == "s"
    assert cells[enterprise.corporate_number] == "s"
    assert client.get(f"{base(enterprise)}disclosure/file/?form=exe").status_code == 404


def test_another_rooms_holding_is_told_as_well(client, tokyo, chief, monkeypatch):
    enterprise = make_silent(hub=tokyo)
    monkeypatch.setattr(privacy, "_holdings", {})
    privacy.register(privacy.Holding("bookings", "予約", lambda e: [{"日時": f"予約{e.pk}"}], lambda e, at: 0))
    client.force_login(chief)
    assert f"予約{enterprise.pk}" in client.get(f"{base(enterprise)}disclosure/").content.decode()


# ---- requests
def asked(**changes):
    return {"kind": "erasure", "requester": "青空 太郎", "relation": "representative", "received_on": "2026-11-19",
            "identity_check": "company_register"} | changes  # fmt: skip


def test_an_erasure_is_carried_out_at_once_with_a_proof_that_names_nobody(client, tokyo, chief):
    enterprise = make_silent(hub=tokyo, held_on=date(2026, 11, 1))
    client.force_login(chief)
    answer = client.post(f"{base(enterprise)}privacy-requests/", asked(), follow=True)
    (request,) = requests_of(tokyo)
    assert "青空 太郎" in answer.content.decode()
    place = f"/hubs/tokyo/privacy-requests/{request.pk}/"
    unconfirmed = client.post(f"{place}carrying-out/", {})
    assert unconfirmed.status_code == 422
    assert requests_of(tokyo)[0].state == "received"
    proof = client.post(f"{place}carrying-out/", {"confirmed": "on"}, follow=True).content.decode()
    (done,) = requests_of(tokyo)
    assert (done.state, done.requester) == ("done", "")
    assert done.sha256 in proof
    assert "一致しています" in proof
    assert "青空" not in proof
    assert done.proof["rows"]["consultations"] == 1
    assert privacy.seal(done.proof) == done.sha256
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.get(pk=enterprise.pk).anonymised_at is not None
        lines = " ".join(json.dumps(e.detail, ensure_ascii=False) for e in Entry.objects.all())
    assert "青空" not in lines


def test_a_proof_that_was_touched_says_so(client, tokyo, chief):
    enterprise = make_silent(hub=tokyo)
    request = make_request(enterprise=enterprise)
    client.force_login(chief)
    client.post(f"/hubs/tokyo/privacy-requests/{request.pk}/carrying-out/", {"confirmed": "on"})
    with entered(Scope.of_hub(tokyo.pk)):
        row = PrivacyRequest.objects.get()
        row.proof["rows"]["consultations"] = 7
        row.save()
    assert "一致しません" in client.get(f"/hubs/tokyo/privacy-requests/{request.pk}/proof/").content.decode()


def test_a_disclosure_keeps_the_hash_of_what_was_handed_over(client, tokyo, chief):
    enterprise = make_silent(hub=tokyo)
    request = make_request(enterprise=enterprise, kind="disclosure")
    client.force_login(chief)
    handed = json.loads(client.get(f"{base(enterprise)}disclosure/file/?form=json").content)["held_sha256"]
    page = client.post(f"/hubs/tokyo/privacy-requests/{request.pk}/carrying-out/", follow=True).content.decode()
    assert handed in page
    assert "青空 太郎" in page
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.get(pk=enterprise.pk).is_known


def test_a_refusal_takes_a_reason_and_ends_the_matter(client, tokyo, chief):
    enterprise = make_silent(hub=tokyo)
    request = make_request(enterprise=enterprise)
    place = f"/hubs/tokyo/privacy-requests/{request.pk}/"
    client.force_login(chief)
    assert client.post(f"{place}refusal/", {"reason": ""}).status_code == 422
    client.post(f"{place}refusal/", {"reason": "委任状を確認できないため。"})
    assert "委任状を確認できないため。" in client.get(place).content.decode()
    answer = client.post(f"{place}carrying-out/", {"confirmed": "on"}, follow=True)
    assert "すでに処理されています" in answer.content.decode()
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.get(pk=enterprise.pk).is_known


def test_osaka_knows_nothing_of_it(client, tokyo, osaka):
    enterprise = make_silent(hub=tokyo)
    consent, request = make_consent(enterprise=enterprise), make_request(enterprise=enterprise)
    client.force_login(making.make_person("chief", hub=osaka))
    for hub in ("tokyo", "osaka"):
        for place in ("consents/", "disclosure/", "disclosure/file/", "privacy-requests/"):
            assert client.get(f"/hubs/{hub}/enterprises/{enterprise.pk}/{place}").status_code == 404
        for place in ("", "proof/"):
            assert client.get(f"/hubs/{hub}/privacy-requests/{request.pk}/{place}").status_code == 404
        for place in ("carrying-out/", "refusal/"):
            posted = client.post(
                f"/hubs/{hub}/privacy-requests/{request.pk}/{place}", {"confirmed": "on", "reason": "x"}
            )
            assert posted.status_code == 404
        posted = client.post(
            f"/hubs/{hub}/enterprises/{enterprise.pk}/consents/{consent.pk}/withdrawal/", {"on": "2026-11-01"}
        )
        assert posted.status_code == 404
    assert requests_of(tokyo)[0].state == "received"
    assert requests_of(osaka) == []


# ---- headquarters
def rules(**changes):
    start = timezone.localdate() + timedelta(days=40)
    return {"valid_from": start.isoformat(), "retention_years": "5", "chase_1": "9", "chase_2": "21", "chase_3": "45",
            "link_days": "60"} | changes  # fmt: skip


def test_headquarters_sets_rules_from_a_day_on(client, headquarters, chief):
    client.force_login(chief)
    assert client.get("/nation/rules/").status_code == 403
    client.force_login(headquarters)
    assert client.post("/nation/rules/", rules()).status_code == 302
    assert ProgramRules.objects.on(timezone.localdate()).retention_years == 7
    assert ProgramRules.objects.on(timezone.localdate() + timedelta(days=40)).retention_years == 5
    assert "これから" in client.get("/nation/rules/").content.decode()


def test_rules_that_cannot_be_are_told_beside_their_field(client, headquarters):
    client.force_login(headquarters)
    today = timezone.localdate()
    for field, value in (
        ("valid_from", today.isoformat()), ("retention_years", "0"), ("retention_years", "31"), ("chase_2", "9"),
        ("chase_3", "x"), ("link_days", "366"), ("valid_from", (today + timedelta(days=5)).isoformat()),
    ):  # fmt: skip
        answer = client.post("/nation/rules/", rules(**{field: value}))
        assert answer.status_code == 422, (field, value)
        assert f'id="id_{field}_error"' in answer.content.decode(), (field, value)
    longer = rules(valid_from=(today + timedelta(days=5)).isoformat(), retention_years="10")
    assert client.post("/nation/rules/", longer).status_code == 302


def test_headquarters_writes_a_new_version_of_a_text(client, headquarters):
    make_text("survey", version="2026-1")
    client.force_login(headquarters)
    sent = {"purpose": "survey", "version": "2026-1", "valid_from": "2099-04-01", "body": "調査を送ります。"}
    assert client.post("/nation/consent-texts/", sent).status_code == 422
    assert client.post("/nation/consent-texts/", sent | {"version": "2099-1"}).status_code == 302
    assert ConsentText.objects.filter(purpose="survey").count() >= 2
    assert Entry.objects.filter(action="consent_text.set").count() == 1


def test_the_trail_knows_each_deed(tokyo, chief, now):
    enterprise = make_silent(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        consent = consents.give(
            enterprise=enterprise, purpose="survey", given_on=date(2026, 11, 1), means="online", by=chief, at=now
        )
        consents.withdraw(consent=consent, on=date(2026, 11, 2), by=chief, at=now)
        consents.withdraw(consent=consent, on=date(2026, 11, 3), by=chief, at=now)
        found = list(
            Entry.objects.filter(subject_type="consultations.enterprise")
            .order_by("pk")
            .values_list("action", flat=True)
        )
    assert found == ["consent.given", "consent.withdrawn"]
