"""A letter is posted with its deed, goes out once, is tried again, given up where everybody can see it, and wiped."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.core.mail import get_connection
from django.db import IntegrityError, transaction

from audit.models import Entry
from hubs.tenancy import Scope, entered
from letters import actions, tasks
from letters.choices import LetterState
from letters.models import Letter
from letters.queries import letters_about

TEXT = {"to": "taro@shien.example", "subject": "ご紹介のお知らせ", "body": "よろしくお願いします。\n"}
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def post(in_tokyo, now):
    """Post a letter of Tokyo's hub."""
    return lambda key="referral:1:sent", **more: actions.post(key=key, hub=in_tokyo, at=now, **(TEXT | more))


def sent(letter: Letter, at) -> Letter:
    claimed = actions.claim(letter_id=letter.pk, at=at)
    assert claimed is not None
    return actions.send(letter=claimed, at=at, connection=get_connection())


def test_the_same_key_is_the_same_letter(post):
    first = post()
    assert post(body="別の文面").pk == first.pk
    first.refresh_from_db()
    assert first.body == TEXT["body"]


def test_the_key_of_another_hub_is_another_letter(post, osaka, now):
    first = post()
    with entered(Scope.of_hub(osaka.pk)):
        other = actions.post(key=first.key, hub=osaka, at=now, **TEXT)
        assert list(Letter.objects.all()) == [other]
    assert other.message_id != first.message_id


def test_what_is_undone_sends_nothing(in_tokyo, now):
    with transaction.atomic():
        actions.post(key="k", hub=in_tokyo, at=now, **TEXT)
        transaction.set_rollback(True)
    assert not Letter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "hostile",
    [
        {"subject": "件名\nBcc: everybody@example.jp"},
        {"subject": "件名\r\n\r\n本文"},
        {"subject": "件名\u2028Bcc: x"},
        {"subject": ""},
        {"to": "taro@shien.example\nBcc: everybody@example.jp"},
        {"to": "taro@shien.example, jiro@shien.example"},
        {"to": "Taro <taro@shien.example>"},
        {"to": ""},
    ],
)
def test_nothing_breaks_out_of_a_header(post, hostile):
    with pytest.raises(actions.Unsendable):
        post(**hostile)
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject", "件名\nBcc: x@example.jp"),
        ("to", "a@b.example\nBcc: x@example.jp"),
        ("to", ""),
        ("message_id", "\r\n"),
    ],
)
def test_nor_past_the_database(post, column, value):
    letter = post()
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**{column: value})


def test_a_letter_arrives_as_it_was_written(post, mailbox, now):
    letter = sent(post(calendar=ICS), now)
    (mail,) = mailbox.received
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == (letter.to, letter.subject, letter.message_id)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == TEXT["body"]
    (calendar,) = mail.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "REQUEST"
    assert "METHOD:REQUEST" in calendar.get_content()
    assert (letter.state, letter.sent_at, letter.attempts) == (LetterState.SENT, now, 1)


def test_a_letter_that_was_sent_is_not_sent_again(post, mailbox, now):
    letter = post()
    claimed = actions.claim(letter_id=letter.pk, at=now)
    actions.send(letter=claimed, at=now, connection=get_connection())
    actions.send(letter=claimed, at=now, connection=get_connection())
    assert actions.claim(letter_id=letter.pk, at=now + timedelta(days=2)) is None
    assert len(mailbox.received) == 1


def test_whoever_comes_second_does_not_get_it(post, now):
    letter = post()
    assert actions.claim(letter_id=letter.pk, at=now) is not None
    assert actions.claim(letter_id=letter.pk, at=now) is None


def test_it_is_tried_again_after_longer_and_longer_pauses_and_given_up_in_sight(post, now):
    letter, at, tries = post(), now, []
    for pause in actions.PAUSES:
        claimed = actions.claim(letter_id=letter.pk, at=at)
        tries.append(claimed.next_try_at - at)
        actions.note_problem(letter=claimed, problem=ConnectionRefusedError(), at=at)
        at += pause
    assert tuple(tries) == actions.PAUSES
    assert actions.claim(letter_id=letter.pk, at=at) is None
    letter.refresh_from_db()
    assert (letter.state, letter.problem) == (LetterState.FAILED, "ConnectionRefusedError")
    assert Entry.objects.filter(action="letter.failed").count() == 1


def test_what_takes_every_worker_down_with_it_is_given_up_too(post, now):
    letter, at = post(), now
    for pause in actions.PAUSES:
        assert actions.claim(letter_id=letter.pk, at=at) is not None  # and the worker dies
        at += pause
    assert actions.claim(letter_id=letter.pk, at=at) is None
    letter.refresh_from_db()
    assert letter.state == LetterState.FAILED


def test_an_address_that_does_not_exist_is_given_up_at_once(post, mailbox, now):
    mailbox.refusal = "550 No such user taro@shien.example"
    letter = sent(post(), now)
    assert (letter.state, letter.problem) == (LetterState.FAILED, "SMTPRecipientsRefused 550")


def test_a_server_that_is_busy_is_asked_again(post, mailbox, now):
    mailbox.refusal = "451 Greylisted"
    letter = post()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        sent(letter, now)
    mailbox.refusal = ""
    assert sent(letter, now + actions.PAUSES[0]).state == LetterState.SENT


def test_the_beat_sends_what_no_worker_was_told_of(post, mailbox, now, monkeypatch, osaka):
    post("a")
    post("b")
    monkeypatch.setattr("letters.tasks.timezone.now", lambda: now + timedelta(minutes=1, seconds=1))
    tasks.send_due()
    tasks.send_due()
    assert len(mailbox.received) == 2


def test_the_beat_does_not_stand_before_a_closed_door_once_for_each_letter(post, mailbox, now, monkeypatch, settings):
    letters = [post("a"), post("b")]
    settings.EMAIL_PORT = 1  # nobody listens there
    monkeypatch.setattr("letters.tasks.timezone.now", lambda: now + timedelta(minutes=2))
    tasks.send_due()
    for letter in letters:
        letter.refresh_from_db()
    assert [letter.attempts for letter in letters] == [1, 0]


def test_texts_are_wiped_after_their_time_and_that_it_was_sent_stays(post, mailbox, now, monkeypatch):
    letter = sent(post(), now)
    waiting = post("waiting")
    monkeypatch.setattr("letters.tasks.timezone.now", lambda: now + actions.KEPT)
    tasks.wipe_old()
    letter.refresh_from_db()
    assert letter.body, "not a day too early"
    monkeypatch.setattr("letters.tasks.timezone.now", lambda: now + actions.KEPT + timedelta(seconds=1))
    tasks.wipe_old()
    letter.refresh_from_db()
    waiting.refresh_from_db()
    assert (letter.to, letter.subject, letter.body, letter.state) == ("", "", "", LetterState.SENT)
    assert waiting.body, "what waits keeps its text"


def test_a_letter_that_holds_a_key_is_wiped_as_soon_as_it_has_gone(post, mailbox, now):
    letter = sent(post(is_secret=True), now)
    letter.refresh_from_db()
    assert (letter.to, letter.body, letter.wiped_at) == ("", "", now)
    assert mailbox.received[0].get_content()


def test_osaka_sees_no_letter_of_tokyo(post, osaka, now):
    letter = post()
    with entered(Scope.of_hub(osaka.pk)):
        assert letters_about(osaka, [letter.key]) == {}
        assert actions.claim(letter_id=letter.pk, at=now) is None
