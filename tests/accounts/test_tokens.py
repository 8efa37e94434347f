"""Programs with a token: what it opens, and what it does not."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts import actions
from accounts.models import ApiToken
from accounts.tokens import digest_of, fresh_secret
from audit.models import Entry
from hubs.tenancy import Scope, entered
from tests import making

pytestmark = pytest.mark.django_db
URL = "/api/v1/hubs/tokyo/cases/"


def issue(user, *, scopes=("cases:read",), days=30):
    """A token of somebody's and its secret."""
    secret, now = fresh_secret(), timezone.now()
    token = actions.issue_token(
        user=user, name="連携", scopes=list(scopes), digest=digest_of(secret), beginning=secret[:10], at=now,
        expires_at=now + dt.timedelta(days=days),
    )  # fmt: skip
    return token, {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def test_a_token_opens_what_its_owner_may_see(client, tokyo, coordinator):
    making.make_case(hub=tokyo)
    token, shown = issue(coordinator)
    assert len(client.get(URL, **shown).json()["results"]) == 1
    token.refresh_from_db()
    assert token.used_at is not None


def test_a_token_is_kept_as_a_digest_only(coordinator):
    _token, shown = issue(coordinator)
    secret = shown["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    assert not ApiToken.objects.filter(digest=secret).exists()
    assert secret not in str(ApiToken.objects.values().get())


@pytest.mark.parametrize("shown", ["Bearer ", "Bearer yrz_guessed", "bearer x", "Bearer 長い"])
def test_a_guessed_token_is_refused_and_says_how_to_sign_in(client, shown, tokyo):
    answer = client.get(URL, headers={"Authorization": shown.encode().decode("latin-1")})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_and_a_revoked_token_open_nothing(client, tokyo, coordinator):
    expired, shown = issue(coordinator)
    long_ago = timezone.now() - dt.timedelta(days=60)
    ApiToken.objects.filter(pk=expired.pk).update(created_at=long_ago, expires_at=long_ago + dt.timedelta(days=30))
    assert client.get(URL, **shown).status_code == 401
    token, shown = issue(coordinator)
    actions.revoke_token(token=token, by=coordinator, at=timezone.now())
    assert client.get(URL, **shown).status_code == 401


def test_who_has_left_has_no_token_either(client, tokyo, coordinator):
    _token, shown = issue(coordinator)
    coordinator.is_active = False
    coordinator.save()
    assert client.get(URL, **shown).status_code == 401


def test_a_token_does_no_more_than_its_scopes(client, tokyo, coordinator):
    own = making.make_case(hub=tokyo)
    _token, shown = issue(coordinator, scopes=["cases:read"])
    assert client.get("/api/v1/hubs/tokyo/enterprises/", **shown).status_code == 403
    changed = client.patch(f"{URL}{own.pk}/", {"title": "変更"}, content_type="application/json", **shown)
    assert changed.status_code == 403
    assert "cases:write" in changed.json()["detail"]


def test_a_token_does_no_more_than_its_owner(client, tokyo, osaka, coordinator):
    making.make_case(hub=osaka)
    _token, shown = issue(coordinator, scopes=["cases:read", "figures:read"])
    assert client.get("/api/v1/hubs/osaka/cases/", **shown).status_code == 404
    assert client.get("/api/v1/figures/2026-10/", **shown).status_code == 403


def test_a_token_opens_the_api_and_no_page(client, tokyo, coordinator):
    _token, shown = issue(coordinator)
    assert client.get("/hubs/tokyo/cases/", **shown).status_code == 302


def test_a_token_overrules_a_session(client, tokyo, osaka, coordinator):
    """Somebody signed in at Osaka whose browser also sends Tokyo's token is Tokyo's coordinator, not both."""
    client.force_login(making.staff_of(osaka))
    _token, shown = issue(coordinator)
    assert client.get("/api/v1/hubs/osaka/cases/", **shown).status_code == 404


def test_what_a_program_reads_stands_in_the_trail(client, tokyo, coordinator):
    own = making.make_case(hub=tokyo)
    _token, shown = issue(coordinator)
    client.get(f"{URL}{own.pk}/", **shown)
    with entered(Scope.of_hub(tokyo.pk)):
        line = Entry.objects.get(action="case.viewed")
    assert (line.actor_id, line.detail) == (coordinator.pk, {"via": "api"})


def test_too_many_requests_are_asked_to_wait(client, tokyo, coordinator, settings):
    cache.clear()
    settings.API_RATE = "3/min"
    _token, shown = issue(coordinator)
    answers = [client.get(URL, **shown) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_second_token_is_no_second_allowance(client, tokyo, coordinator, chief, settings):
    cache.clear()
    settings.API_RATE = "3/min"
    answers = [client.get(URL, **issue(coordinator)[1]).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert client.get(URL, **issue(chief)[1]).status_code == 200, "another person has their own"


def test_nobody_has_more_living_tokens_than_they_can_look_after(client, tokyo, coordinator):
    mine = [issue(coordinator)[0] for _ in range(actions.TOKENS_EACH)]
    client.force_login(coordinator)
    until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    wish = {"name": "会計", "scopes": ["cases:read"], "expires_on": until}
    page = client.post("/tokens/", wish)
    assert page.status_code == 409
    assert f"{actions.TOKENS_EACH}個まで" in page.text
    assert coordinator.tokens.count() == actions.TOKENS_EACH
    client.post(f"/tokens/{mine[0].pk}/revocation/")
    assert client.post("/tokens/", wish).context["secret"], "one that was taken back leaves room"


def test_a_token_is_issued_on_the_page_and_shown_once(client, tokyo, coordinator):
    client.force_login(coordinator)
    until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    page = client.post("/tokens/", {"name": "会計", "scopes": ["cases:read"], "expires_on": until})
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert secret not in client.get("/tokens/").content.decode()
    assert client.get(URL, HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 200
    token = coordinator.tokens.get()
    client.post(f"/tokens/{token.pk}/revocation/")
    assert client.get(URL, HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 401


@pytest.mark.parametrize(
    ("change", "field"),
    [({"expires_on": "2099-01-01"}, "expires_on"), ({"scopes": ["figures:read"]}, "scopes"), ({"name": ""}, "name")],
)
def test_a_token_that_goes_too_far_is_refused_beside_the_field(client, tokyo, coordinator, change, field):
    client.force_login(coordinator)
    until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    page = client.post("/tokens/", {"name": "会計", "scopes": ["cases:read"], "expires_on": until} | change)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not ApiToken.objects.exists()


def test_nobody_revokes_another_persons_token(client, tokyo, coordinator, chief):
    token, _shown = issue(coordinator)
    client.force_login(chief)
    assert client.post(f"/tokens/{token.pk}/revocation/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
