"""IPA「安全なウェブサイトの作り方」: SQL, OS command, path, header and mail header injection, XSS."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import BadHeaderError, EmailMessage
from django.urls import reverse
from django.utils.html import escape

from accounts.models import User
from tests.making import PASSWORD, make_consultation, make_enterprise, make_user

LOGIN = reverse("account_login")
QUOTES = ["' OR '1'='1", "'; DROP TABLE accounts_user; --", '" OR ""="', "%' OR 1=1 --", "\\", "1) UNION SELECT 1 --"]
ROOMS = [
    "accounts", "audit", "consultations", "dashboards", "directory", "foundation", "hubs", "jobs", "metrics", "reports",
    "website", "yorozu",
]  # fmt: skip
STARTS_PROGRAMS = {
    "yorozu/local.py",
    "reports/typesetting.py",  # itself, by a fixed command; what is set goes in as JSON on its standard input
}


def sources() -> list[Path]:
    """Every module that runs on the server."""
    return [
        file for room in ROOMS for file in (settings.BASE_DIR / room).rglob("*.py") if "migrations" not in file.parts
    ]


# ---- SQL


@pytest.mark.parametrize("text", QUOTES)
def test_quotes_sign_nobody_in(client, coordinator, text):
    for typed in (text, f"{coordinator.email}{text}", f'"{text}"@office.example'):
        assert client.post(LOGIN, {"login": typed, "password": text}).status_code == 200
    assert "_auth_user_id" not in client.session
    assert User.objects.filter(pk=coordinator.pk).exists()


@pytest.mark.parametrize("text", QUOTES)
@pytest.mark.parametrize("name", ["consultations", "enterprises"])
def test_quotes_in_a_search_find_nothing_more(client, coordinator, tokyo, text, name):
    make_consultation(hub=tokyo, enterprise=make_enterprise(hub=tokyo, name="内緒商店"))
    client.force_login(coordinator)
    answer = client.get(reverse(f"consultations:{name}", args=["tokyo"]), {"q": text})
    assert answer.status_code in (200, 422)  # 422: too short to search for
    assert "内緒商店" not in answer.content.decode()


@pytest.mark.parametrize("text", QUOTES)
def test_quotes_in_a_filter_break_nothing(client, coordinator, tokyo, text):
    client.force_login(coordinator)
    filters = dict.fromkeys(
        ["theme", "method", "from", "to", "lead", "state", "after", "page", "cursor", "month"], text
    )
    assert client.get(reverse("consultations:consultations", args=["tokyo"]), filters).status_code in (
        200,
        400,
        404,
        422,
    )


@pytest.mark.django_db
def test_percent_and_underscore_are_letters(client, coordinator, tokyo):
    make_consultation(hub=tokyo, enterprise=make_enterprise(hub=tokyo, name="内緒商店"))
    client.force_login(coordinator)
    for text in ("%%", "__", "_%"):
        page = client.get(reverse("consultations:consultations", args=["tokyo"]), {"q": text}).content.decode()
        assert "内緒商店" not in page


# ---- OS commands


def test_no_module_gives_a_shell_anything_to_run():
    forbidden = {"system", "popen", "eval", "exec", "spawnl", "spawnv", "getoutput", "getstatusoutput"}
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            owner = getattr(getattr(node.func, "value", None), "id", "")
            assert not (name in forbidden and owner in ("os", "subprocess", "")), f"{file}:{node.lineno}"
            assert not any(word.arg == "shell" for word in node.keywords), f"{file}:{node.lineno}"


def test_only_the_launcher_starts_programs():
    for file in sources():
        if str(file.relative_to(settings.BASE_DIR)) not in STARTS_PROGRAMS:
            assert "import subprocess" not in file.read_text(), file


def test_nothing_from_outside_is_unpickled():
    for file in sources():
        text = file.read_text()
        assert "import pickle" not in text, file
        assert "yaml.load(" not in text, file


# ---- paths


@pytest.mark.parametrize(
    "path",
    [
        "/static/../yorozu/settings.py", "/static/%2e%2e/yorozu/settings.py", "/static/..%2fyorozu/settings.py",
        "/static/yorozu/..%2f..%2f..%2fyorozu/settings.py", "/static//etc/passwd", "/static/....//yorozu/settings.py",
        "/files/../yorozu/settings.py", "/reports/jobs/..%2f..%2fsecrets.json/file/", "/.local/secrets.json",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_static_files(client, headquarters, path):
    client.force_login(headquarters)
    answer = client.get(path)
    assert answer.status_code in (400, 404)


def test_a_result_of_a_job_is_asked_for_by_number_and_never_by_name(client, headquarters):
    client.force_login(headquarters)
    assert client.get("/reports/jobs/0/file/").status_code == 404
    assert client.get("/reports/jobs/../../etc/passwd/file/").status_code == 404


# ---- XSS

ATTACK = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.mark.django_db
def test_a_persons_name_is_text(client):
    user = make_user(name=ATTACK[:80])
    client.force_login(user)
    page = client.get(reverse("accounts:profile")).content.decode()
    assert "<script>alert" not in page
    assert escape(ATTACK[:80]) in page


def test_an_enterprises_name_is_text(client, coordinator, tokyo):
    enterprise = make_enterprise(hub=tokyo, name=ATTACK)
    make_consultation(hub=tokyo, enterprise=enterprise, content=ATTACK, advice=ATTACK)
    client.force_login(coordinator)
    for address in (
        reverse("consultations:enterprises", args=["tokyo"]),
        reverse("consultations:consultations", args=["tokyo"]),
        reverse("consultations:enterprise", args=["tokyo", enterprise.pk]),
    ):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_search_word_is_text(client, coordinator, tokyo):
    client.force_login(coordinator)
    page = client.get(reverse("consultations:consultations", args=["tokyo"]), {"q": ATTACK}).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_what_was_typed_at_sign_in_is_text(client, db):
    page = client.post(LOGIN, {"login": f'"{ATTACK}', "password": "x"}).content.decode()
    assert "<script>alert" not in page


def test_no_page_turns_escaping_off():
    for file in (settings.BASE_DIR / "templates").rglob("*.html"):
        text = file.read_text()
        assert "|safe" not in text, file
        assert "autoescape off" not in text, file


# ---- HTTP headers, redirects

ELSEWHERE = [
    "//evil.example/", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "/x\r\nSet-Cookie: a=b", "http:evil.example", "///evil.example", "https://testserver@evil.example/",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_nowhere_else(client, coordinator, target):
    answer = client.post(LOGIN, {"login": coordinator.email, "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    stays_here(answer)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_out_and_changing_the_language_lead_nowhere_else(client, coordinator, target):
    client.force_login(coordinator)
    stays_here(client.post(reverse("set_language"), {"language": "en", "next": target}))
    stays_here(client.post(reverse("account_logout"), {"next": target}))


def stays_here(answer) -> None:
    location = answer.get("Location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\r" not in location
    assert "\n" not in location
    assert "a=b" not in answer.cookies.output()


# ---- mail headers


@pytest.mark.parametrize(
    "tail", ["\nBcc: all@evil.example", "\r\nSubject: x", "%0aBcc:all@evil.example", ",x@evil.example"]
)
def test_no_address_adds_a_header_or_a_recipient(client, coordinator, tail):
    answer = client.post(reverse("account_reset_password"), {"email": coordinator.email + tail})
    assert answer.status_code in (200, 302, 400)
    assert mail.outbox == []


def test_the_mailer_itself_refuses_line_breaks_in_headers():
    with pytest.raises(BadHeaderError):
        EmailMessage("件名\nBcc: all@evil.example", "", to=["a@office.example"]).message()
