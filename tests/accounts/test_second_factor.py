"""The second factor: compulsory for who sees more than one hub, set up on our own pages, and not to be shed."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.urls import reverse

from audit.models import Entry
from hubs.choices import Role
from hubs.models import Bureau
from tests.accounts.test_sign_in import sign_in
from tests.making import PASSWORD, make_person

pytestmark = pytest.mark.django_db
SET_UP = reverse("mfa_index")
ELSEWHERE = ["/no-role/", "/my-hubs/", "/admin/"]


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def bound(role: str):
    """A person with a role that needs a second factor, and without one."""
    bureau = Bureau.objects.get(slug="kanto") if role == Role.BUREAU else None
    return make_person(role, bureau=bureau)


def set_up_totp(client, password=PASSWORD) -> str:
    """Walk through the pages as a person would; returns the secret."""
    activation = reverse("mfa_activate_totp")
    asked = client.get(activation)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    client.post(asked["Location"], {"password": password})
    page = client.get(activation).content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    assert 'src="data:image/svg+xml;base64,' in page
    answer = client.post(activation, {"code": code_of(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    return secret


@pytest.mark.parametrize("role", [Role.HEADQUARTERS, Role.AGENCY, Role.BUREAU, Role.ADMINISTRATOR])
@pytest.mark.parametrize("path", ELSEWHERE)
def test_without_a_second_factor_there_is_nothing_but_its_set_up(client, role, path):
    client.force_login(bound(role))
    assert client.get(path)["Location"] == SET_UP
    assert client.post(path)["Location"] == SET_UP
    assert client.get(SET_UP).status_code == 200


@pytest.mark.parametrize("role", [Role.HEADQUARTERS, Role.AGENCY, Role.BUREAU, Role.ADMINISTRATOR])
def test_set_up_opens_the_rest(client, role, commits):
    client.force_login(bound(role))
    set_up_totp(client)
    assert client.get("/my-hubs/").status_code == 200


def test_a_coordinator_needs_none_but_may_have_one(client, coordinator, commits):
    client.force_login(coordinator)
    assert client.get("/my-hubs/").status_code == 200
    set_up_totp(client)
    line = Entry.objects.get(action="mfa.added")
    assert (line.actor_id, line.subject_id, line.detail) == (coordinator.pk, str(coordinator.pk), {"what": "totp"})
    (notice,) = mail.outbox
    assert notice.to == [coordinator.email]
    assert "認証アプリが設定されました" in notice.subject


def test_the_secret_is_not_stored_in_the_clear(client, coordinator):
    client.force_login(coordinator)
    secret = set_up_totp(client)
    assert secret not in str(Authenticator.objects.filter(user=coordinator).values_list("data", flat=True))


def test_signing_in_asks_for_the_code_after_the_password(client, coordinator):
    secret = generate_totp_secret()
    TOTP.activate(coordinator, secret)
    answer = sign_in(client, coordinator)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not Entry.objects.filter(action="login.succeeded").exists()
    assert client.get(reverse("accounts:profile")).status_code == 302  # half way is nowhere
    assert "確認コード" in client.get(reverse("mfa_authenticate")).content.decode()
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "コードが正しくありません。" in wrong.content.decode()
    assert Entry.objects.get(action="login.failed").detail["reason"] == "code"
    right = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert right["Location"] == "/"
    assert Entry.objects.get(action="login.succeeded").detail == {"methods": ["password", "mfa"]}


def test_the_sixth_wrong_code_is_refused_even_if_right(client, coordinator):
    secret = generate_totp_secret()
    TOTP.activate(coordinator, secret)
    sign_in(client, coordinator)
    for _each in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "サインインを止めています" in answer.content.decode()


def test_a_recovery_code_opens_the_door_once(client, headquarters):
    codes = Authenticator.objects.get(user=headquarters, type="recovery_codes").wrap().get_unused_codes()
    for expected in (302, 200):
        sign_in(client, headquarters)
        assert client.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == expected
        client.post(reverse("account_logout"))


def test_whoever_sheds_the_last_factor_is_sent_back_to_set_up(client, headquarters):
    client.force_login(headquarters)
    assert client.get("/my-hubs/").status_code == 200
    removal = reverse("mfa_deactivate_totp")
    asked = client.get(removal)
    client.post(asked["Location"], {"password": PASSWORD})
    assert "必須の方は" in client.get(removal).content.decode()
    client.post(removal)
    assert not Authenticator.objects.filter(user=headquarters).exists()  # the recovery codes went as well
    assert client.get("/my-hubs/")["Location"] == SET_UP
    assert Entry.objects.filter(action="mfa.removed", actor_id=headquarters.pk).exists()


def test_recovery_codes_alone_are_no_second_factor(client, headquarters):
    Authenticator.objects.filter(user=headquarters, type="totp").delete()
    client.force_login(headquarters)
    assert client.get("/my-hubs/")["Location"] == SET_UP


def test_demonstration_accounts_are_excused_in_demo_mode_only(client, settings):
    settings.DEMO = True
    user = make_person("headquarters", email="hq@demo.example")
    client.force_login(user)
    assert client.get("/my-hubs/").status_code == 200
    settings.DEMO = False
    assert client.get("/my-hubs/").status_code == 302
    assert client.get("/my-hubs/")["Location"].startswith(reverse("account_login"))  # not even signed in any more


def test_in_demo_mode_nobody_else_is_excused(client, settings):
    settings.DEMO = True
    client.force_login(bound(Role.HEADQUARTERS))
    assert client.get("/my-hubs/")["Location"] == SET_UP


def reauthenticated(client, user):
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


PAGES = [
    "mfa_index", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_reauthenticate", "account_reauthenticate", "account_change_password",
    "account_logout", "accounts:profile",
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_every_page_about_ones_account_is_ours_and_obeys_the_policy(client, headquarters, name):
    answer = reauthenticated(client, headquarters).get(reverse(name))
    assert answer.status_code == 200
    obeys_the_policy(answer)


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_reset_password_done", "account_inactive"],
)
def test_every_page_before_sign_in_is_ours_and_obeys_the_policy(client, db, name):
    obeys_the_policy(client.get(reverse(name)))


def obeys_the_policy(answer) -> None:
    """No script or style in the page itself: only data, and files of our own."""
    page = answer.content.decode()
    assert '<main id="main"' in page
    assert "よろず支援拠点 支援実績管理システム" in page
    for script in re.findall(r"<script\b([^>]*)>", page):
        assert 'type="application/json"' in script or re.search(r'src="/static/', script), script
    assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", page)
    for link in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert not urlsplit(link).netloc, link


def test_passkey_pages_carry_what_the_browser_needs(client, headquarters):
    page = reauthenticated(client, headquarters).get(reverse("mfa_add_webauthn")).content.decode()
    assert 'id="passkey-options" type="application/json"' in page
    assert "mfa/js/webauthn-json.js" in page
    assert "yorozu/passkey.js" in page


def test_the_sign_in_page_can_ask_for_a_passkey(client, db):
    assert 'data-passkey="login"' in client.get(reverse("account_login")).content.decode()
    options = client.get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json").json()
    assert options["request_options"]["publicKey"]["rpId"] == "testserver"


def test_an_invented_passkey_is_refused_and_nothing_breaks(client, db):
    for credential in ("", "{}", "[]", "not json", '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}'):
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
        assert answer.status_code == 302
        assert client.get(reverse("accounts:profile")).status_code == 302


def test_recovery_codes_can_be_read_saved_and_made_anew(client, headquarters, commits):
    reauthenticated(client, headquarters)
    before = client.get(reverse("mfa_download_recovery_codes"))
    assert before["Content-Disposition"].startswith("attachment")
    codes = before.content.decode().split()
    assert len(codes) == 10
    client.post(reverse("mfa_generate_recovery_codes"))
    assert not set(codes) & set(client.get(reverse("mfa_download_recovery_codes")).content.decode().split())
    assert Entry.objects.filter(action="mfa.added", detail__what="recovery_codes").exists()
