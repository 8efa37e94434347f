"""The session ends when nobody is there; what the browser does alone does not count."""

import time

import pytest
from django.urls import reverse

from accounts.idle import ACTIVE_AT

pytestmark = pytest.mark.django_db
ALIVE, PROFILE = reverse("accounts:alive"), reverse("accounts:profile")


def idle_for(client, seconds: int) -> None:
    """Put the last sign of life so far back."""
    session = client.session
    session[ACTIVE_AT] = int(time.time()) - seconds
    session.save()


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    client.get(PROFILE)
    return client


def test_half_an_hour_of_nothing_ends_the_session(signed_in, settings):
    idle_for(signed_in, settings.IDLE_MINUTES * 60 - 60)
    assert signed_in.get(PROFILE).status_code == 200
    idle_for(signed_in, settings.IDLE_MINUTES * 60)
    assert signed_in.get(PROFILE).status_code == 302
    assert signed_in.get(PROFILE).status_code == 302  # and it stays ended


def test_a_page_renews_it(signed_in):
    idle_for(signed_in, 1000)
    signed_in.get(PROFILE)
    assert time.time() - signed_in.session[ACTIVE_AT] < 100


def test_a_background_request_does_not(signed_in):
    idle_for(signed_in, 1000)
    before = signed_in.session[ACTIVE_AT]
    answer = signed_in.get(PROFILE, headers={"X-Background": "1"})
    assert answer.status_code == 200
    assert signed_in.session[ACTIVE_AT] == before
    assert "sessionid" not in answer.cookies


def test_a_background_request_after_the_end_is_refused_and_revives_nothing(signed_in, settings):
    idle_for(signed_in, settings.IDLE_MINUTES * 60)
    assert signed_in.get(PROFILE, headers={"X-Background": "1"}).status_code == 302
    assert signed_in.get(PROFILE).status_code == 302


def test_a_sign_of_life_keeps_it(signed_in):
    idle_for(signed_in, 1000)
    assert signed_in.post(ALIVE).status_code == 204
    assert time.time() - signed_in.session[ACTIVE_AT] < 100


def test_a_sign_of_life_after_the_end_is_told_so(signed_in, settings):
    idle_for(signed_in, settings.IDLE_MINUTES * 60)
    assert signed_in.post(ALIVE).status_code == 401


def test_signing_in_again_gives_the_open_page_its_new_token(client, signed_in):
    told = signed_in.get(ALIVE).json()
    assert len(told["token"]) == 64
    assert str(told["person"]) == signed_in.session["_auth_user_id"]  # a page of somebody else does not go on with it
    signed_in.logout()
    assert signed_in.get(ALIVE).status_code == 401


def test_the_session_lives_in_redis_and_not_longer_than_the_idle_time(signed_in, settings):
    from django.core.cache import cache

    (key,) = cache._cache.get_client(None).keys("*django.contrib.sessions*")
    assert 0 < cache._cache.get_client(None).ttl(key) <= settings.IDLE_MINUTES * 60


def test_pages_carry_what_the_warning_needs(signed_in, settings):
    page = signed_in.get(PROFILE).content.decode()
    assert f'data-idle-minutes="{settings.IDLE_MINUTES}"' in page
    assert f'data-alive-url="{ALIVE}"' in page
    assert "yorozu/idle.js" in page


def test_visitors_get_no_session_and_no_warning(client):
    answer = client.get("/")
    assert "sessionid" not in answer.cookies
    assert "idle.js" not in answer.content.decode()
