"""The chief reads notes and says something; the coordinator answers; nothing waits for it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from consultations.models import Consultation, Review, ReviewComment
from consultations.queries import reviews
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_notes import make_review
from tests.consultations.test_logging import NEW, filled
from tests.consultations.test_quality import WHOLE
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
QUEUE = "/hubs/tokyo/reviews/"
NOT_DRAWN = "00000000-0000-4000-8000-00000000002f"  # 99 modulo 100: not among the tenth


@pytest.fixture
def record(tokyo, coordinator):
    return making.make_consultation(hub=tokyo, lead=coordinator, created_by=coordinator)


def judge(client, record, move, text=""):
    where = f"/hubs/{record.hub.slug}/consultations/{record.pk}/review/"
    return client.post(where, {"move": move, "text": text}, follow=True)


def answer(client, record, text):
    return client.post(f"/hubs/tokyo/consultations/{record.pk}/review/answers/", {"text": text}, follow=True)


def review_of(hub):
    with entered(Scope.of_hub(hub.pk)):
        return Review.objects.first()


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({}, "thin"),
        (WHOLE, None),
        (WHOLE | {"held_on": (timezone.localdate() - timedelta(days=8)).isoformat()}, "late"),
        (WHOLE | {"client_id": "00000000-0000-4000-8000-000000000033"}, "sample"),
        ({"not_counted": "no_advice"}, None),
        ({"held_on": (timezone.localdate() - timedelta(days=61)).isoformat()}, None),
    ],
)
def test_thin_late_and_drawn_notes_come_before_the_chief_and_are_saved_all_the_same(
    client, tokyo, coordinator, written, reason
):
    client.force_login(coordinator)
    assert client.post(NEW, filled(client_id=NOT_DRAWN) | written).status_code == 302
    review = review_of(tokyo)
    assert (review.reason if review else None) == reason


def test_a_rewritten_note_moves_in_the_queue(client, tokyo, coordinator):
    client.force_login(coordinator)
    client.post(NEW, filled(client_id=NOT_DRAWN))
    thin = review_of(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        pk = Consultation.objects.get().pk
    client.post(f"/hubs/tokyo/consultations/{pk}/edit/", filled(version="1") | WHOLE)
    assert review_of(tokyo).completeness == 6 > thin.completeness


def test_the_chief_returns_a_note_the_coordinator_answers_and_it_is_accepted(client, tokyo, chief, coordinator, record):
    client.force_login(chief)
    assert "差し戻しました" in judge(client, record, "return", "次回の期日がありません。").content.decode()
    with entered(Scope.of_hub(tokyo.pk)):
        assert [row.consultation_id for row in reviews.waiting_for(hub=tokyo, user=coordinator)] == [record.pk]
        assert reviews.review_count(hub=tokyo) == 0
    client.force_login(coordinator)
    page = client.get(f"/hubs/tokyo/consultations/{record.pk}/").content.decode()
    assert "次回の期日がありません。" in page
    assert "チーフに回答する" in page
    assert "回答しました" in answer(client, record, "12月3日と書き加えました。").content.decode()
    with entered(Scope.of_hub(tokyo.pk)):
        assert list(reviews.waiting_for(hub=tokyo, user=coordinator)) == []
        assert reviews.review_count(hub=tokyo) == 1
    client.force_login(chief)
    page = judge(client, record, "accept").content.decode()
    assert "12月3日と書き加えました。" in page
    assert "確認済み" in page
    with entered(Scope.of_hub(tokyo.pk)):
        lines = Entry.objects.filter(action__startswith="review.").order_by("pk")
        assert [line.action for line in lines] == ["review.return", "review.answer", "review.accept"]
        assert not any("期日" in str(line.detail) for line in lines)


def test_whoever_returns_must_say_why_and_what_was_typed_stays(client, tokyo, chief, record):
    client.force_login(chief)
    refused = judge(client, record, "return")
    assert refused.status_code == 422
    assert "コメントを入力してください" in refused.content.decode()
    assert review_of(tokyo) is None
    long = "長" * 2001
    refused = judge(client, record, "comment", long)
    assert refused.status_code == 422
    assert long in refused.content.decode()


def test_a_coordinator_does_not_judge_and_a_chief_does_not_answer_for_others(client, tokyo, chief, coordinator, record):
    client.force_login(coordinator)
    assert client.get(QUEUE).status_code == 403
    assert client.get(f"{QUEUE}entry-lag/").status_code == 403
    assert judge(client, record, "accept").status_code == 403
    client.force_login(chief)
    judge(client, record, "comment", "よく書けています。")
    assert answer(client, record, "代わりに").status_code == 403
    assert judge(client, record, "answer", "横から").status_code == 422


def test_what_was_said_is_between_the_chief_and_the_writer(client, tokyo, chief, record):
    client.force_login(chief)
    judge(client, record, "return", "ここだけの話です。")
    client.force_login(making.make_person("coordinator", hub=tokyo))
    page = client.get(f"/hubs/tokyo/consultations/{record.pk}/").content.decode()
    assert "差戻し" in page
    assert "ここだけの話" not in page
    assert answer(client, record, "別人です").status_code == 403


def test_a_stranger_finds_no_queue_and_judges_nothing(client, osaka, chief, osaka_coordinator, record):
    osaka_chief = making.make_person("chief", hub=osaka)
    for person in (osaka_coordinator, osaka_chief):
        client.force_login(person)
        assert client.get(QUEUE).status_code == 404
        assert judge(client, record, "accept").status_code == 404
        assert client.post(f"/hubs/osaka/consultations/{record.pk}/review/", {"move": "accept"}).status_code in (
            403,
            404,
        )
    client.force_login(osaka_chief)
    assert "テスト" not in client.get("/hubs/osaka/reviews/").content.decode()


def test_the_queue_begins_with_the_thinnest_and_pages_without_gaps(client, tokyo, chief, monkeypatch):
    monkeypatch.setattr("consultations.views.reviews.PAGE_SIZE", 2)
    made = [make_review(hub=tokyo, completeness=met) for met in (3, 1, 3, 0, 2)]
    make_review(hub=tokyo, state="accepted")
    client.force_login(chief)
    seen, query = [], ""
    while True:
        page = client.get(f"{QUEUE}?{query}").context["page"]
        seen += [row.pk for row in page.objects]
        if not (query := page.next_query):
            break
    assert seen == [made[n].pk for n in (3, 1, 4, 0, 2)]
    assert len(client.get(f"{QUEUE}?state=accepted").context["page"].objects) == 1
    for broken in ("x", "1_", "1_x", "-1_2", "9" * 30 + "_1"):
        assert client.get(QUEUE, {"after": broken}).status_code == 400


def test_a_deleted_record_leaves_the_queue(client, tokyo, chief):
    review = make_review(hub=tokyo)
    client.force_login(chief)
    client.post(f"/hubs/tokyo/consultations/{review.consultation_id}/deletion/", {"version": "1"})
    assert list(client.get(QUEUE).context["page"].objects) == []
    with entered(Scope.of_hub(tokyo.pk)):
        assert reviews.review_count(hub=tokyo) == 0


def test_the_queues_queries_do_not_grow_with_it(client, tokyo, chief):
    client.force_login(chief)
    make_review(hub=tokyo)
    few = len(statements_of(client, QUEUE))
    for _ in range(8):
        review = make_review(hub=tokyo)
        with entered(Scope.of_hub(tokyo.pk)):
            ReviewComment.objects.create(hub=tokyo, review=review, text="見ました", at=making.MOMENT, by=chief)
    assert len(statements_of(client, QUEUE)) == few <= 9


def test_one_note_has_one_review_however_often_it_is_commented(client, tokyo, chief, record):
    client.force_login(chief)
    for n in range(3):
        judge(client, record, "comment", f"{n}回目")
    with entered(Scope.of_hub(tokyo.pk)):
        assert Review.objects.count() == 1
        assert ReviewComment.objects.count() == 3
        assert review_of(tokyo).state == "open"
    assert uuid.UUID(NOT_DRAWN).int % 100 == 99
