"""IPA: session management, CSRF, clickjacking; and the headers of every answer."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from tests.accounts.test_sign_in import LOGIN, sign_in
from tests.making import PASSWORD

pytestmark = pytest.mark.django_db
PROFILE = reverse("accounts:profile")


def test_signing_in_changes_the_session(client, coordinator):
    client.post(reverse("set_language"), {"language": "ja"})
    client.get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json")  # a visitor's session
    before = client.cookies["sessionid"].value
    sign_in(client, coordinator)
    after = client.cookies["sessionid"].value
    assert after != before
    client.cookies["sessionid"] = before
    assert client.get(PROFILE).status_code == 302


def test_a_session_id_that_somebody_invented_is_not_taken_over(client, coordinator):
    invented = "a" * 32
    client.cookies["sessionid"] = invented
    sign_in(client, coordinator)
    assert client.cookies["sessionid"].value != invented


def test_signing_out_ends_it_on_the_server(client, coordinator):
    sign_in(client, coordinator)
    old = client.cookies["sessionid"].value
    client.post(reverse("account_logout"))
    client.cookies["sessionid"] = old
    assert client.get(PROFILE).status_code == 302


def test_scripts_cannot_read_the_cookies(client, coordinator):
    sign_in(client, coordinator)
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
        assert not client.cookies[name]["domain"]
    assert not client.cookies["sessionid"]["max-age"]  # ends with the browser


def test_the_session_id_is_never_in_an_address(client, coordinator):
    sign_in(client, coordinator)
    assert client.cookies["sessionid"].value not in client.get(PROFILE).content.decode()


@pytest.mark.parametrize("address", [LOGIN, reverse("account_logout"), reverse("accounts:alive"), "/i18n/setlang/"])
def test_a_form_from_elsewhere_is_refused_with_a_page_that_helps(coordinator, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(coordinator)
    answer = client.post(address, {"login": coordinator.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert "送信を確認できませんでした" in answer.content.decode()
    assert client.get(PROFILE).status_code == 200  # nothing happened: still signed in


def simple_addresses(patterns=None, prefix="/") -> list[str]:
    """Every address without a variable part, and one of each hub's."""
    found = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(entry.pattern).replace("^", "").replace("$", "").replace("<slug:hub>", "tokyo")
        if hasattr(entry, "url_patterns"):
            found += simple_addresses(entry.url_patterns, path)
        elif not set("<(\\") & set(path):
            found.append(path)
    return found


WRONG = ["/no/such/page/", "/%ff", "/healthz", "/static/yorozu/mark.svg", "/accounts/login/?next=%00"]


def guarded(answer) -> None:
    assert answer["X-Frame-Options"] == "DENY"
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_every_answer_carries_its_guards_for_visitors(client):
    for path in simple_addresses() + WRONG:
        guarded(client.get(path))


def test_every_answer_carries_its_guards_for_people(client, coordinator, headquarters):
    for user in (coordinator, headquarters):
        client.force_login(user)
        for path in [path for path in simple_addresses() if "logout" not in path]:
            answer = client.get(path)
            guarded(answer)
            assert answer.status_code < 500, path
