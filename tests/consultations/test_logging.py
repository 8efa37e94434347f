"""The main job: a coordinator logs a consultation."""

from __future__ import annotations

import threading
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from consultations.models import Case, Consultation, Draft, Enterprise
from directory.models import Code
from hubs.tenancy import Scope, entered
from tests import making

NEW = "/hubs/tokyo/consultations/new/"


def filled(**changes):
    """The form as a coordinator fills it for a new client."""
    fields = {
        "client_id": str(uuid.uuid4()), "enterprise": "new", "new_name": "株式会社青空製作所", "new_kind": "corporation",
        "case": "new", "case_title": "新しい販路を開きたい", "case_category": "sales", "case_reception": "phone",
        "held_on": timezone.localdate().isoformat(), "minutes": "60", "method": "visit_to_hub", "themes": ["channels"],
        "content": "展示会に出たが受注につながらない。", "advice": "出展後3日以内の連絡を型にする。",
    }  # fmt: skip
    return fields | changes


def consultations_of(hub):
    with entered(Scope.of_hub(hub.pk)):
        return list(Consultation.objects.select_related("enterprise", "case", "lead").order_by("pk"))


def test_a_coordinator_logs_a_first_consultation_on_one_page(client, tokyo, coordinator):
    client.force_login(coordinator)
    answer = client.post(NEW, filled(), follow=True)
    assert "相談を記録しました" in answer.content.decode()
    (consultation,) = consultations_of(tokyo)
    assert consultation.enterprise.name == "株式会社青空製作所"
    assert consultation.case.number == f"{_fiscal_year()}-13-00001"
    assert consultation.case.state == "active"
    assert consultation.lead == coordinator


def test_what_is_to_be_done_next_goes_into_the_case_and_onto_the_desk(client, tokyo, coordinator):
    client.force_login(coordinator)
    soon = timezone.localdate() + timedelta(days=3)
    planned = {"next_action": "試算表を一緒に見る", "next_due_on": soon.isoformat()}
    assert client.post(NEW, filled(**planned)).status_code == 302
    (consultation,) = consultations_of(tokyo)
    assert (consultation.case.next_action, consultation.case.next_due_on) == ("試算表を一緒に見る", soon)
    assert [duty.text for duty in client.get("/hubs/tokyo/desk/").context["desk"].soon] == ["試算表を一緒に見る"]
    again = {"enterprise": consultation.enterprise_id, "case": consultation.case_id}
    assert client.post(NEW, filled(**again)).status_code == 302
    assert consultations_of(tokyo)[0].case.next_due_on == soon, "an empty field changes nothing"


def test_a_day_without_a_deed_and_a_past_day_are_refused(client, coordinator):
    client.force_login(coordinator)
    today = timezone.localdate()
    nameless = client.post(NEW, filled(next_due_on=today.isoformat()))
    assert "期日までに行うことを入力してください" in nameless.content.decode()
    past = client.post(NEW, filled(next_action="電話する", next_due_on=(today - timedelta(days=1)).isoformat()))
    assert past.status_code == 422
    assert "過ぎた日付です" in past.content.decode()


def test_a_second_sending_of_the_same_page_stores_nothing_new(client, tokyo, coordinator):
    client.force_login(coordinator)
    sent = filled()
    first, second = client.post(NEW, sent), client.post(NEW, sent)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert len(consultations_of(tokyo)) == 1
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.count() == Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sendings_at_the_same_moment_store_one_record(tokyo, coordinator):
    case = making.make_case(hub=tokyo)
    assert at_once(2, coordinator, filled(enterprise=case.enterprise_id, case=case.pk)) == [302, 302]
    assert len(consultations_of(tokyo)) == 1


def test_a_returning_client_is_found_however_the_name_is_written(client, tokyo, coordinator):
    making.make_enterprise(hub=tokyo, name="株式会社アオゾラ製作所", kana="アオゾラセイサクショ", phone="0312345678")
    client.force_login(coordinator)
    for typed in ("㈱ｱｵｿﾞﾗ", "あおぞら製作", "（株）アオゾラ", "03-1234", "０３１２３４"):
        page = client.get("/hubs/tokyo/enterprises/suggestions/", {"q": typed}).content.decode()
        assert "株式会社アオゾラ製作所" in page, typed


def test_without_javascript_the_search_button_brings_the_same_choices(client, tokyo, coordinator):
    enterprise = making.make_enterprise(hub=tokyo, name="有限会社みどり食品")
    client.force_login(coordinator)
    page = client.post(NEW, filled(enterprise="", q="みどり", find="1")).content.decode()
    assert f'value="{enterprise.pk}"' in page
    assert "展示会に出たが受注につながらない。" in page
    assert consultations_of(tokyo) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"minutes": "0"}, "1 以上"),
        ({"held_on": (timezone.localdate() + timedelta(days=1)).isoformat()}, "未来"),
        ({"held_on": "1999-01-01"}, "2014年4月1日"),
        ({"held_on": "平成50年1月1日"}, "日付として読めません"),
        ({"themes": []}, "必須"),
        ({"themes": ["nonsense"]}, "候補"),
        ({"content": "改行や\x07制御文字"}, "使えない文字"),
        ({"content": "長" * 8001}, "8000"),
        ({"new_name": ""}, "名称を入力"),
        ({"new_corporate_number": "1234567890123"}, "検査用数字"),
        ({"new_corporate_number": "12345"}, "13桁"),
        ({"new_phone": "12"}, "10桁か11桁"),
        ({"enterprise": ""}, "事業者を選ぶか"),
        ({"enterprise": "99999999999999999999"}, "20"),
        ({"method": "teleport"}, "候補"),
        ({"client_id": "not-an-id"}, "UUID"),
        ({"case_title": ""}, "件名を入力"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_is_lost(client, tokyo, coordinator, change, message):
    client.force_login(coordinator)
    answer = client.post(NEW, filled(**change))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert "出展後3日以内の連絡を型にする。" in page
    assert consultations_of(tokyo) == []
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.count() == Case.objects.count() == 0


def test_an_era_date_is_taken(client, tokyo, coordinator):
    client.force_login(coordinator)
    client.post(NEW, filled(held_on="令和7年5月7日"))
    assert consultations_of(tokyo)[0].held_on == date(2025, 5, 7)


def test_another_hubs_enterprise_or_case_cannot_be_used(client, tokyo, osaka, coordinator):
    foreign = making.make_case(hub=osaka)
    own = making.make_enterprise(hub=tokyo)
    client.force_login(coordinator)
    for change in ({"enterprise": foreign.enterprise_id, "case": "new"}, {"enterprise": own.pk, "case": foreign.pk}):
        assert client.post(NEW, filled(**change)).status_code == 422
    assert consultations_of(tokyo) == consultations_of(osaka) == []


def test_a_draft_keeps_what_was_typed_and_comes_back(client, tokyo, coordinator):
    client.force_login(coordinator)
    number = uuid.uuid4()
    typed = filled(content="途中まで書いた相談", client_id=str(number))
    assert client.post(f"/hubs/tokyo/drafts/{number}/", typed).json()["saved_at"]
    page = client.get(NEW, {"draft": str(number)}).content.decode()
    assert "途中まで書いた相談" in page
    client.post(NEW, typed)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Draft.objects.count() == 0
    assert client.post(f"/hubs/tokyo/drafts/{number}/", typed).status_code == 409


def test_a_draft_is_its_owners_only(client, tokyo, coordinator, chief):
    number = uuid.uuid4()
    client.force_login(coordinator)
    client.post(f"/hubs/tokyo/drafts/{number}/", filled(content="花子だけの下書き"))
    client.force_login(chief)
    assert "花子だけの下書き" not in client.get(NEW, {"draft": str(number)}).content.decode()


def test_an_edit_in_between_is_shown_and_never_overwritten(client, tokyo, coordinator, chief):
    consultation = making.make_consultation(hub=tokyo)
    edit = f"/hubs/tokyo/consultations/{consultation.pk}/edit/"
    ours = filled(version="1", content="花子の書き直し")
    client.force_login(chief)
    client.post(edit, filled(version="1", content="一郎が先に直した内容"))
    client.force_login(coordinator)
    answer = client.post(edit, ours)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "一郎が先に直した内容" in page
    assert "花子の書き直し" in page
    assert consultations_of(tokyo)[0].content == "一郎が先に直した内容"
    assert client.post(edit, ours | {"version": "2"}).status_code == 302
    assert consultations_of(tokyo)[0].content == "花子の書き直し"


def test_a_deleted_record_leaves_lists_but_not_the_trail(client, tokyo, coordinator):
    consultation = making.make_consultation(hub=tokyo)
    client.force_login(coordinator)
    client.post(f"/hubs/tokyo/consultations/{consultation.pk}/deletion/", {"version": "1"})
    assert client.get(f"/hubs/tokyo/consultations/{consultation.pk}/").status_code == 404
    with entered(Scope.of_hub(tokyo.pk)):
        assert Entry.objects.filter(action="consultation.deleted", actor_id=coordinator.pk).count() == 1


def test_looking_at_a_record_leaves_a_line_in_the_trail(client, tokyo, coordinator):
    consultation = making.make_consultation(hub=tokyo)
    client.force_login(coordinator)
    client.get(f"/hubs/tokyo/consultations/{consultation.pk}/")
    with entered(Scope.of_hub(tokyo.pk)):
        line = Entry.objects.get(action="consultation.viewed")
    assert (line.actor_id, line.subject_id, line.hub_id) == (coordinator.pk, str(consultation.pk), tokyo.pk)


def test_organizations_and_programmes_are_kept_with_the_record(client, tokyo, coordinator):
    bank = making.make_organization(prefecture_id=13)
    program = making.make_program()
    client.force_login(coordinator)
    client.post(NEW, filled(referred=[bank.pk], cooperating=[bank.pk], used=[program.pk]))
    (consultation,) = consultations_of(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        assert {row.kind for row in consultation.involvements.all()} == {"referral", "cooperation"}
        assert [row.kind for row in consultation.program_uses.all()] == ["used"]


def _fiscal_year() -> int:
    today = timezone.localdate()
    return today.year if today.month >= 4 else today.year - 1


def test_the_way_back_from_a_saved_record_leads_to_an_empty_page_with_a_new_id(client, tokyo, coordinator):
    client.force_login(coordinator)
    sent = filled()
    client.post(NEW, sent)
    page = client.get(NEW, {"draft": sent["client_id"]}).content.decode()
    assert f'value="{sent["client_id"]}"' not in page


@pytest.mark.parametrize("again", [{"enterprise": "new", "case": "new"}, {}])
def test_something_else_under_a_used_id_is_not_lost(client, tokyo, coordinator, again):
    case = making.make_case(hub=tokyo)
    client.force_login(coordinator)
    sent = filled(enterprise=case.enterprise_id, case=case.pk)
    client.post(NEW, sent)
    answer = client.post(NEW, sent | {"content": "まったく別の相談"} | again)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "まったく別の相談" in page
    assert "すでに記録されています" in page
    assert f'value="{sent["client_id"]}"' not in page
    assert len(consultations_of(tokyo)) == 1
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sendings_of_a_new_client_at_the_same_moment_make_one_client(tokyo, coordinator):
    sent = filled()
    assert at_once(2, coordinator, sent) == [302, 302]
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.count() == Case.objects.count() == Consultation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_three_coordinators_start_the_same_case_at_the_same_moment(tokyo, coordinator):
    case = making.make_case(hub=tokyo, state="received")
    sent = filled(enterprise=case.enterprise_id, case=case.pk)
    assert at_once(3, coordinator, sent, new_ids=True) == [302, 302, 302]
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.count() == 3
        assert [step.move for step in Case.objects.get().steps.all()] == ["start"]


def at_once(count, user, sent, *, new_ids=False):
    """The answers to so many sendings that start together."""
    barrier, codes = threading.Barrier(count), []

    def send():
        browser = Client()
        browser.force_login(user)
        body = sent | ({"client_id": str(uuid.uuid4())} if new_ids else {})
        barrier.wait()
        codes.append(browser.post(NEW, body).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return codes


def test_correcting_an_old_note_takes_nothing_away(client, tokyo, coordinator):
    consultation = making.make_consultation(hub=tokyo, themes=["channels", "design"])
    closed = making.make_organization(prefecture_id=13)
    making.involve(consultation, closed, "referral")
    Code.objects.filter(kind="theme", code="design").update(valid_to=date(2025, 3, 31))
    closed.is_active = False
    closed.save()
    client.force_login(coordinator)
    edit = f"/hubs/tokyo/consultations/{consultation.pk}/edit/"
    page = client.get(edit).content.decode()
    assert f'value="{closed.pk}"' in page
    client.post(edit, filled(version="1", themes=["channels", "design"], referred=[closed.pk], next_step="直した"))
    (now,) = consultations_of(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        assert (now.next_step, now.themes, now.involvements.count()) == ("直した", ["channels", "design"], 1)


def test_a_referral_that_somebody_added_meanwhile_is_shown(client, tokyo, coordinator):
    consultation = making.make_consultation(hub=tokyo)
    bank = making.make_organization(prefecture_id=13, name="あおば信用金庫")
    edit = f"/hubs/tokyo/consultations/{consultation.pk}/edit/"
    client.force_login(coordinator)
    base = filled(version="1")
    client.post(edit, base | {"referred": [bank.pk]})
    answer = client.post(edit, base)
    assert answer.status_code == 409
    assert [row.theirs for row in answer.context["differences"]] == ["あおば信用金庫"]


@pytest.mark.parametrize("version", ["1" * 5000, "x", "", "٣"])
def test_a_version_that_is_no_number_deletes_nothing(client, tokyo, coordinator, version):
    consultation = making.make_consultation(hub=tokyo)
    client.force_login(coordinator)
    assert (
        client.post(f"/hubs/tokyo/consultations/{consultation.pk}/deletion/", {"version": version}).status_code == 302
    )
    assert consultations_of(tokyo)[0].deleted_at is None


def test_nul_in_a_draft_sent_as_multipart_is_a_400(client, tokyo, coordinator):
    client.force_login(coordinator)
    assert client.post(f"/hubs/tokyo/drafts/{uuid.uuid4()}/", {"content": "a\x00b"}).status_code == 400


def test_an_empty_page_names_what_is_missing_from_top_to_bottom(client, tokyo, coordinator):
    client.force_login(coordinator)
    answer = client.post(NEW, {"client_id": str(uuid.uuid4())})
    assert answer.status_code == 422
    wrong = list(answer.context["form"].errors)
    assert "enterprise" in wrong
    shown = [field.name for field in answer.context["form"] if field.errors]
    assert shown[0] == "enterprise"
