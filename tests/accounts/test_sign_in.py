"""Signing in and out, failing to, and what the trail knows of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from tests.making import PASSWORD, make_person, make_user

LOGIN = reverse("account_login")
WRONG = "not the password at all"

pytestmark = pytest.mark.django_db


def sign_in(client, user, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": user.email, "password": password}, **extra)


def lines(action: str) -> list[Entry]:
    return list(Entry.objects.filter(action=action).order_by("pk"))


def test_a_coordinator_signs_in_and_comes_to_the_front_page(client, coordinator):
    answer = sign_in(client, coordinator)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    (line,) = lines("login.succeeded")
    assert (line.actor_id, line.address, line.detail) == (coordinator.pk, "127.0.0.1", {"methods": ["password"]})


def test_upper_case_and_spaces_in_the_address_do_not_matter(client, coordinator):
    answer = client.post(LOGIN, {"login": f"  {coordinator.email.upper()} ", "password": PASSWORD})
    assert answer.status_code == 302


def test_a_failure_is_told_in_japanese_and_written_down_without_the_password(client, coordinator):
    answer = sign_in(client, coordinator, WRONG)
    page = answer.content.decode()
    assert "メールアドレスかパスワードが正しくありません。" in page
    assert "入力内容を確認してください" in page
    assert coordinator.email in page  # what was typed is still there
    (line,) = lines("login.failed")
    assert line.actor_id is None
    assert line.detail == {"email": coordinator.email, "reason": "password"}
    assert line.subject_id == str(coordinator.pk)


def test_an_unknown_address_is_answered_like_a_wrong_password(client, coordinator):
    known = sign_in(client, coordinator, WRONG).content.decode()
    unknown = client.post(LOGIN, {"login": "nobody@office.example", "password": WRONG}).content.decode()
    sentence = "メールアドレスかパスワードが正しくありません。"
    assert sentence in known
    assert sentence in unknown


def test_the_message_stands_beside_the_field(client):
    page = client.post(LOGIN, {"login": "", "password": ""}).content.decode()
    assert 'id="id_login_error"' in page
    assert 'href="#id_login"' in page  # and in the summary on top
    assert 'aria-invalid="true"' in page


def test_the_form_helps_password_managers(client):
    page = client.get(LOGIN).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "placeholder" not in page


def test_the_last_login_is_shown_with_the_failures_since(client, coordinator):
    User.objects.filter(pk=coordinator.pk).update(last_login=timezone.now() - timedelta(days=3))
    before = timezone.localtime(timezone.now() - timedelta(days=3))
    sign_in(client, coordinator, WRONG)
    sign_in(client, coordinator, WRONG)
    sign_in(client, coordinator)
    page = client.get(reverse("accounts:profile")).content.decode()
    assert f"前回のログイン: 令和{before.year - 2018}年{before.month}月{before.day}日" in page
    assert "失敗したサインインが2回" in page


def test_the_first_login_says_so(client, coordinator):
    sign_in(client, coordinator)
    assert "はじめてのサインインです。" in client.get(reverse("accounts:profile")).content.decode()


def test_signing_out_is_written_down_and_ends_the_session(client, coordinator):
    client.force_login(coordinator)
    old = client.cookies["sessionid"].value
    assert client.get(reverse("account_logout")).status_code == 200  # asks first: a link cannot sign anybody out
    client.post(reverse("account_logout"))
    assert [line.actor_id for line in lines("logout")] == [coordinator.pk]
    client.cookies["sessionid"] = old
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_nobody_signs_up(client):
    page = client.get(reverse("account_signup"))
    assert "アカウントは管理者が作成します" in page.content.decode()
    client.post(
        reverse("account_signup"), {"email": "new@office.example", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.filter(email="new@office.example").exists()


@pytest.mark.parametrize("path", ["confirm-email/", "confirm-email/abc/", "login/code/confirm/"])
def test_what_allauth_offers_and_we_do_not_use_is_closed(client, coordinator, path):
    client.force_login(coordinator)
    assert client.get(f"/accounts/{path}").status_code == 404


def test_nobody_changes_their_own_address(client, coordinator):
    client.force_login(coordinator)
    assert client.get("/accounts/email/")["Location"] == reverse("accounts:profile")
    answer = client.post("/accounts/email/", {"email": "other@office.example", "action_add": ""})
    assert answer.status_code == 405


def test_a_closed_account_does_not_sign_in(client, coordinator):
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    answer = client.post(LOGIN, {"login": coordinator.email, "password": PASSWORD}, follow=True)
    assert "このアカウントは使えません" in answer.content.decode()
    assert not lines("login.succeeded")


def test_a_demonstration_account_does_not_sign_in_outside_demo_mode(client, tokyo):
    user = make_person("coordinator", hub=tokyo)
    User.objects.filter(pk=user.pk).update(email="coordinator.13@demo.example")  # past the model, by SQL
    answer = client.post(LOGIN, {"login": "coordinator.13@demo.example", "password": PASSWORD}, follow=True)
    assert "このアカウントは使えません" in answer.content.decode()
    assert client.get(reverse("accounts:profile")).status_code == 302
    assert [line.detail["reason"] for line in lines("login.failed")] == ["demo"]


def test_in_demo_mode_it_does_and_the_page_says_which_there_are(client, settings, tokyo):
    settings.DEMO = True
    user = make_person("coordinator", hub=tokyo, email="coordinator.13@demo.example")
    assert "coordinator.13@demo.example" in client.get(LOGIN).content.decode()
    assert sign_in(client, user).status_code == 302


def test_outside_demo_mode_the_page_names_no_account(client):
    assert "demo.example" not in client.get(LOGIN).content.decode()


def test_whoever_has_no_role_today_is_told_why(client):
    client.force_login(make_user())
    answer = client.get("/", follow=True)
    assert answer.status_code == 403
    assert "役割がありません" in answer.content.decode()


def test_pages_of_people_who_are_signed_in_stay_in_no_cache(client, coordinator):
    client.force_login(coordinator)
    assert "no-store" in client.get(reverse("accounts:profile"))["Cache-Control"]
