"""Passwords: long enough, changed with the old one, set anew by a mailed link."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from audit.models import Entry
from tests.accounts.test_sign_in import sign_in
from tests.making import PASSWORD, make_user

pytestmark = pytest.mark.django_db
CHANGE, RESET = reverse("account_change_password"), reverse("account_reset_password")
NEW = "a heap of fresh leaves"


def ask_for_link(client, email: str, **extra) -> str:
    """The path of the link that was mailed."""
    client.post(RESET, {"email": email}, **extra)
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


@pytest.mark.parametrize(
    ("password", "why"),
    [("short-pass1", "12"), ("password1234", "一般的"), ("hanako.sato@office", "似")],
)
def test_a_weak_password_is_refused_beside_its_field(client, password, why):
    user = make_user(email="hanako.sato@office.example")
    client.force_login(user)
    page = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": password, "password2": password}).content.decode()
    assert "入力内容を確認してください" in page
    assert 'id="id_password1_error"' in page
    assert why in re.search(r'id="id_password1_error">([^<]+)', page)[1]


def test_two_different_ones_are_refused(client, coordinator):
    client.force_login(coordinator)
    page = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW + "!"}).content.decode()
    assert "2回入力したパスワードが一致しません。" in page


def test_changing_needs_the_old_one_and_is_told_by_mail(client, coordinator):
    client.force_login(coordinator)
    wrong = client.post(CHANGE, {"oldpassword": "wrong", "password1": NEW, "password2": NEW}).content.decode()
    assert "現在のパスワードが正しくありません。" in wrong
    assert client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}).status_code == 302
    coordinator.refresh_from_db()
    assert coordinator.check_password(NEW)
    (notice,) = mail.outbox
    assert notice.subject == "【よろず支援拠点】パスワードが変更されました"
    assert Entry.objects.get(action="password.changed").detail == {"what": "own"}


def test_a_changed_password_ends_the_other_sessions(client, client_class, coordinator):
    elsewhere = client_class()
    elsewhere.force_login(coordinator)
    client.force_login(coordinator)
    client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert elsewhere.get(reverse("accounts:profile")).status_code == 302
    assert client.get(reverse("accounts:profile")).status_code == 200


@pytest.fixture
def client_class(client):
    return type(client)


def test_a_forgotten_password_is_set_anew_by_mail(client, coordinator):
    path = ask_for_link(client, coordinator.email)
    assert mail.outbox[-1].subject == "【よろず支援拠点】パスワードの再設定"
    form = client.get(path)["Location"]
    assert "新しいパスワード" in client.get(form).content.decode()
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert sign_in(client, coordinator, NEW).status_code == 302
    again = client.get(path, follow=True).content.decode()
    assert "このリンクは使えません" in again  # once only
    assert Entry.objects.get(action="password.changed").detail == {"what": "reset"}


def test_setting_it_anew_ends_a_lock(client, coordinator):
    for _each in range(5):
        sign_in(client, coordinator, "wrong wrong wrong")
    form = client.get(ask_for_link(client, coordinator.email))["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert sign_in(client, coordinator, NEW).status_code == 302


def test_a_strangers_address_gets_the_same_answer_and_no_mail(client, coordinator):
    known = client.post(RESET, {"email": coordinator.email})
    unknown = client.post(RESET, {"email": "nobody@office.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [letter.to for letter in mail.outbox] == [[coordinator.email]]


def test_mails_are_japanese_whatever_the_page_was(client, coordinator):
    ask_for_link(client, coordinator.email, headers={"Accept-Language": "en"})
    assert "再設定が申し込まれました" in mail.outbox[-1].body


def test_an_invented_link_is_told_kindly(client, db):
    answer = client.get("/accounts/password/reset/key/zz-abcdef/")
    assert answer.status_code == 200
    assert "このリンクは使えません" in answer.content.decode()


def test_a_mail_server_that_is_away_breaks_nothing_and_tells_nothing(client, settings, coordinator, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1  # nobody listens there
    assert client.post(RESET, {"email": coordinator.email})["Location"] == reverse("account_reset_password_done")
    assert "was not sent" in caplog.text
