"""Broken encodings, NUL, control characters, absurd lengths: a clear 4xx or a message beside the field, never a 500."""

import pytest
from django.urls import reverse

from tests.accounts.test_sign_in import LOGIN
from tests.making import PASSWORD

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
BROKEN = [
    "%00",
    "a%00b",
    "%ff%fe",
    "%93%fa%96%7b",
    "%ed%a0%80",
    "%c0%af",
    "%f5%80%80%80",
]  # NUL, cp932, half pairs, overlong


@pytest.mark.parametrize("bytes_", BROKEN)
def test_in_the_address(client, coordinator, bytes_):
    client.force_login(coordinator)
    for path in (f"/?x={bytes_}", f"/?{bytes_}=1", f"/{bytes_}/", f"/hubs/tokyo/consultations/?q={bytes_}"):
        answer = client.get(path)
        assert answer.status_code in (400, 404), (
            path
        )  # Django writes a path's broken bytes out again: there is no such page
        assert answer.status_code == 400 or "?" not in path, path
        assert "受け取れない内容です" in answer.content.decode() or answer.status_code == 404


@pytest.mark.parametrize("path", ["/hubs/tokyo/trail/", "/hubs/tokyo/enterprises/"])
@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2026-01-01T00:00:00+23:00", 200),  # read, though PostgreSQL knows no such offset
        ("2026-01-01T00:00:00-23:59", 200),
        ("2026-01-01T00:00:00", 400),
        ("2026-01-01", 400),
        ("0001-01-01T00:00:00+23:00", 400),
        ("9999-12-31T23:59:59-23:00", 400),
        ("2026-01-01T00:00:00+24:00", 400),
        ("soon", 400),
    ],
)
def test_a_moment_in_the_address(client, chief, path, moment, status):
    client.force_login(chief)
    assert client.get(path, {"after": f"{moment}_5"}).status_code == status


@pytest.mark.parametrize("bytes_", BROKEN)
def test_in_a_form(client, bytes_):
    answer = client.generic("POST", LOGIN, f"login={bytes_}&password={bytes_}", content_type=FORM)
    assert answer.status_code == 400


def test_in_a_form_with_files(client):
    for text in ("a\x00b", "a\ufffdb", "\x07"):
        answer = client.post(LOGIN, {"login": text, "password": text})  # multipart
        assert answer.status_code in (200, 400)
        assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", "multipart/form-data; boundary=x"]
)
def test_a_body_of_another_kind(client, kind):
    assert client.generic("POST", LOGIN, b"\xff\x00<x>", content_type=kind).status_code in (200, 400)


def test_absurd_lengths(client, coordinator):
    long = "長" * 100_000
    assert client.post(LOGIN, {"login": long, "password": long}).status_code == 200
    assert client.generic("POST", LOGIN, "x" * 3_000_000, content_type=FORM).status_code in (400, 413)
    assert client.generic("POST", LOGIN, "a=1&" * 1000, content_type=FORM).status_code == 400
    client.force_login(coordinator)
    assert client.get("/hubs/tokyo/consultations/", {"q": long}).status_code in (200, 400, 422)
    assert client.get("/" + "x" * 50_000).status_code == 404


def test_a_password_is_taken_as_it_is_typed(client, coordinator):
    """Spaces and full-width letters belong to it; nothing is stripped."""
    coordinator.set_password("　全角 のパスワード　")
    coordinator.save()
    assert client.post(LOGIN, {"login": coordinator.email, "password": "全角 のパスワード"}).status_code == 200
    assert client.post(LOGIN, {"login": coordinator.email, "password": "　全角 のパスワード　"}).status_code == 302


@pytest.mark.parametrize("cookie", ["../../etc/passwd", "x", "'; --", "%00", "\xe3\x81", "a" * 5000])
def test_an_invented_cookie(client, cookie):
    answer = client.get(reverse("accounts:profile"), headers={"Cookie": f"sessionid={cookie}; csrftoken={cookie}"})
    assert answer.status_code == 302


def test_an_invented_host_is_refused(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"Host": "a b"}).status_code == 400


def test_a_wrong_address_behind_the_proxy_breaks_nothing(client, settings, coordinator):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    for claim in ("203.0.113.9", "not an address, x", "", "::1, [2001:db8::1]:443"):
        answer = client.post(
            LOGIN, {"login": coordinator.email, "password": "wrong"}, headers={"X-Forwarded-For": claim}
        )
        assert answer.status_code == 200


def test_a_wrong_password_is_not_lost_for_the_right_one(client, coordinator):
    client.post(LOGIN, {"login": coordinator.email, "password": "wrong"})
    assert client.post(LOGIN, {"login": coordinator.email, "password": PASSWORD}).status_code == 302
