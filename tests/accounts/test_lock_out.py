"""Five failures lock an address for five minutes."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from audit.models import Entry
from tests.accounts.test_sign_in import WRONG, sign_in
from tests.making import PASSWORD

pytestmark = pytest.mark.django_db
REFUSED = "続けて失敗したため、サインインを止めています。"


@pytest.fixture
def locked(client, coordinator):
    """A coordinator whose password was guessed wrongly five times."""
    for _each in range(5):
        assert REFUSED not in sign_in(client, coordinator, WRONG).content.decode()
    return coordinator


def test_the_sixth_try_is_refused_even_with_the_right_password(client, locked):
    answer = sign_in(client, locked, PASSWORD)
    assert answer.status_code == 200
    assert REFUSED in answer.content.decode()
    assert client.get(reverse("accounts:profile")).status_code == 302
    reasons = Entry.objects.filter(action="login.failed").order_by("pk").values_list("detail__reason", flat=True)
    assert list(reasons) == ["password"] * 5 + ["locked"]


def test_another_account_is_not_affected(client, locked, chief):
    assert sign_in(client, chief).status_code == 302


def test_another_machine_is_refused_as_well(client, locked):
    assert REFUSED in sign_in(client, locked, REMOTE_ADDR="203.0.113.9").content.decode()


def test_the_lock_ends_by_itself(client, locked):
    (key,) = [key for key in _rate_keys() if ":ip:" not in key]
    assert 0 < cache._cache.get_client(None).ttl(key) <= 300  # seconds until Redis forgets it
    cache._cache.get_client(None).delete(key)
    assert sign_in(client, locked).status_code == 302


def _rate_keys() -> list[str]:
    found = cache._cache.get_client(None).keys("*allauth:rl:allauth.account:login_failed*")
    return [key.decode() for key in found]


def test_behind_our_proxy_the_address_is_the_visitors(client, settings, coordinator):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forged = "198.51.100.7, 203.0.113.9"  # the first half is what the visitor claims, the last our proxy's word
    sign_in(client, coordinator, WRONG, HTTP_X_FORWARDED_FOR=forged)
    assert Entry.objects.get(action="login.failed").address == "203.0.113.9"
    assert any("203.0.113.9" in key for key in _rate_keys())


def test_without_a_proxy_the_header_is_a_claim_and_no_more(client, coordinator):
    sign_in(client, coordinator, WRONG, HTTP_X_FORWARDED_FOR="198.51.100.7")
    assert Entry.objects.get(action="login.failed").address == "127.0.0.1"


def test_one_machine_that_tries_many_accounts_is_slowed_down(client):
    for number in range(20):
        client.post(reverse("account_login"), {"login": f"guess{number}@office.example", "password": WRONG})
    answer = client.post(reverse("account_login"), {"login": "guess21@office.example", "password": WRONG})
    assert REFUSED in answer.content.decode()


def test_a_flood_is_answered_with_a_page_of_ours(client):
    for _each in range(31):
        answer = client.post(reverse("account_login"), {"login": "", "password": ""})
    assert answer.status_code == 429
    assert "操作が多すぎます" in answer.content.decode()
