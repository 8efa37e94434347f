"""Everything that happened with a client or a case, in one order, from every room, as far back as it goes."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone

from consultations import actions, queries
from consultations.actions import attachments
from consultations.models import Case, Consultation
from hubs.tenancy import Scope, entered
from referrals.models import ReferralWork
from sharing import tasks as sharing
from tests import making
from tests.booking.making import at_hour, make_booking
from tests.consultations.making_notes import PDF
from tests.consultations.making_outcomes import make_follow_up, make_outcome
from tests.consultations.making_twins import make_twins, merge, undo
from tests.referrals.making import make_sent
from tests.sharing.making import ask, hand_over, make_client
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    return client


def page_of(subject) -> str:
    noun = "cases" if subject._meta.model_name == "case" else "enterprises"
    return f"/hubs/{subject.hub.slug}/{noun}/{subject.pk}/"


def moments(client, subject, query="") -> list:
    return client.get(page_of(subject) + query).context["moments"].objects


def told(client, subject) -> set[tuple[str, str]]:
    """What is said of each moment."""
    return {(moment.label, moment.said) for moment in moments(client, subject)}


def attach(hub, session, *names) -> None:
    with entered(Scope.of_hub(hub.pk)):
        held = Consultation.objects.get(pk=session.pk)
        for name in names:
            attachments.attach(
                consultation=held, file=io.BytesIO(PDF), name=name, kind="pdf", by=making.staff_of(hub),
                at=making.MOMENT,
            )  # fmt: skip


def something_of_everything(hub, case) -> None:
    """One moment of each room about a case and its enterprise."""
    session = making.make_consultation(hub=hub, case=case)
    attach(hub, session, "見積.pdf", "契約.pdf")
    make_outcome(case=case)
    with entered(Scope.of_hub(hub.pk)):
        actions.move_case(
            case=case, move="watch", version=1, by=making.staff_of(hub), at=making.MOMENT, on=date(2026, 11, 20)
        )
    sent = make_sent(hub=hub, case=case)
    make_follow_up(case=case)
    make_booking(hub=hub, enterprise=case.enterprise, state="no_show")
    make_booking(
        hub=hub, enterprise=case.enterprise, state="attended", consultation=session, begins=at_hour(session.held_on, 9)
    )
    with entered(Scope.of_hub(hub.pk)):
        ReferralWork.objects.create(
            hub=hub, referral=sent, worked_on=date(2026, 11, 18), times=3, content="融資の申請を手伝った。",
            typed_at=making.MOMENT,
        )  # fmt: skip


EVERYTHING = {
    ("来訪", ""), ("添付ファイル", "2件"), ("成果", "売上増 増加"), ("追跡", "3か月後 未把握"), ("経過観察", "経過観察にする"),
    ("紹介中", "紹介中にする"), ("紹介", "送付する"), ("紹介先の支援", "3回"), ("予約", "来談"),
}  # fmt: skip


@pytest.fixture
def case(tokyo):
    known = making.make_enterprise(hub=tokyo, name="株式会社みなと食堂", phone="0312345678")
    return making.make_case(hub=tokyo, enterprise=known, title="販路の見直し")


def test_a_case_shows_what_every_room_knows(signed_in, tokyo, case):
    something_of_everything(tokyo, case)
    assert told(signed_in, case) == EVERYTHING
    texts = {moment.label: moment.text for moment in moments(signed_in, case)}
    assert texts["添付ファイル"] == "見積.pdf、契約.pdf"
    assert texts["紹介先の支援"] == "融資の申請を手伝った。"


def test_an_enterprise_shows_what_every_room_knows_with_its_cases(signed_in, tokyo, case):
    something_of_everything(tokyo, case)
    assert told(signed_in, case.enterprise) == EVERYTHING | {("予約", "無断欠席")}
    assert "販路の見直し" in {moment.matter for moment in moments(signed_in, case.enterprise)}
    days = [moment.day for moment in moments(signed_in, case.enterprise)]
    assert days == sorted(days, reverse=True)


def test_every_moment_leads_to_a_page(signed_in, tokyo, case):
    something_of_everything(tokyo, case)
    urls = {moment.url for moment in moments(signed_in, case.enterprise)}
    assert {signed_in.get(url).status_code for url in urls} == {200}


def test_merges_and_their_undoing_are_moments_of_the_survivor(signed_in, tokyo, coordinator):
    one, other = make_twins(tokyo)
    done = merge(one, other, by=coordinator)
    assert told(signed_in, one) == {("統合", "")}
    undo(done, by=coordinator)
    assert told(signed_in, one) == {("統合", ""), ("統合の取消し", "")}


def test_joint_support_and_transfers_are_moments_in_either_hub(client, signed_in, tokyo, osaka, osaka_coordinator):
    theirs = make_client(osaka)
    given = making.make_case(hub=osaka, enterprise=theirs)
    mine = make_client(tokyo, corporate_number=theirs.corporate_number)
    hand_over(ask(hub=tokyo, of=theirs, kind="transfer"), given)
    sharing.keep_up_hub(hub_id=tokyo.pk)
    wanted = {("拠点間移管", "申し入れる"), ("拠点間移管", "承諾する"), ("拠点間移管", "引き継ぐ")}
    assert told(signed_in, mine) == wanted
    with entered(Scope.of_hub(tokyo.pk)):
        received = Case.objects.select_related("hub").get(enterprise=mine)
    assert told(signed_in, received) == {("拠点間移管", "")}
    client.force_login(osaka_coordinator)
    assert wanted <= told(client, theirs)
    assert ("拠点間移管", "") in told(client, given)


def test_whoever_may_not_open_a_rooms_pages_sees_none_of_its_moments(signed_in, tokyo, case):
    make_booking(hub=tokyo, enterprise=case.enterprise)
    assert told(signed_in, case.enterprise) == {("予約", "確定")}
    with entered(Scope.of_hub(tokyo.pk)):
        about = queries.About(tokyo, enterprise=case.enterprise)
        assert queries.timeline(about=about, may=lambda right: "records" in right, before=None, at_most=9) == []


def test_nothing_of_other_clients_and_hubs_is_told(signed_in, tokyo, osaka, case):
    something_of_everything(tokyo, making.make_case(hub=tokyo))
    something_of_everything(osaka, making.make_case(hub=osaka))
    assert moments(signed_in, case) == moments(signed_in, case.enterprise) == []


@pytest.mark.parametrize("noun", ["case", "enterprise"])
def test_paging_reaches_every_moment_once(signed_in, tokyo, case, noun):
    subject = case if noun == "case" else case.enterprise
    first = timezone.localdate() - timedelta(days=60)
    sessions = {
        making.make_consultation(hub=tokyo, case=case, held_on=first + timedelta(days=number // 3)).pk
        for number in range(120)
    }
    something_of_everything(tokyo, case)
    seen, query, pages = [], "", 0
    while query is not None:
        page = signed_in.get(page_of(subject) + query).context["moments"]
        seen += [(moment.day, moment.place_key) for moment in page.objects]
        query, pages = f"?{page.next_query}" if page.next_query else None, pages + 1
    assert pages == 3
    assert seen == sorted(set(seen), reverse=True)
    urls = [f"/hubs/tokyo/consultations/{pk}/" for pk in sessions]
    assert len(seen) >= len(urls) + len(EVERYTHING)
    oldest = signed_in.get(page_of(subject)).text
    assert "さらに前の経過" in oldest


def test_a_place_that_cannot_be_read_is_the_askers_mistake(signed_in, case):
    for query in ("?after=x", "?after=2026-11-01_x"):
        assert signed_in.get(page_of(case) + query).status_code == 400


def test_both_pages_ask_as_often_for_much_as_for_nothing(signed_in, tokyo, case):
    few = {subject: len(statements_of(signed_in, page_of(subject))) for subject in (case, case.enterprise)}
    something_of_everything(tokyo, case)
    for _ in range(60):
        making.make_consultation(hub=tokyo, case=case)
    for subject, count in few.items():
        assert len(statements_of(signed_in, page_of(subject))) == count
    assert few[case] <= MOST_QUERIES
