"""Production refuses to start unsafe, and says why. Real processes with a real environment."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

SAFE_SECRET = "abcdefghij" * 6


@pytest.fixture
def database(db) -> dict:
    """Where the tests' database is and how the application signs in."""
    return connection.settings_dict


def url(database: dict, user: str = "", password: str = "") -> str:
    who = f"{user or database['USER']}:{quote(password or database['PASSWORD'], safe='')}"
    return f"postgresql://{who}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def start(database: dict, code: str = "import yorozu.wsgi", **changes: str) -> subprocess.CompletedProcess:
    """Start as a production server would; an empty value takes the variable away."""
    environment = {
        "PATH": os.environ["PATH"], "YOROZU_MODE": "production", "SECRET_KEY": SAFE_SECRET, "ALLOWED_HOSTS": "yorozu.example",
        "DATABASE_URL": url(database), "REDIS_URL": os.environ["REDIS_URL"], "DATA_DIR": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "yorozu.settings",
    }  # fmt: skip
    environment |= changes
    command = [sys.executable, "-c", code]
    bare = {name: value for name, value in environment.items() if value}
    return subprocess.run(command, cwd=settings.BASE_DIR, env=bare, capture_output=True, text=True, check=False)


def test_a_safe_one_starts(database):
    done = start(database)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing, a default"),
        ({"SECRET_KEY": "not-a-secret"}, "SECRET_KEY is missing, a default"),
        ({"SECRET_KEY": "django-insecure-" + "x" * 60}, "SECRET_KEY is missing, a default"),
        ({"SECRET_KEY": "short"}, "shorter than 50"),
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty"),
    ],
)
def test_an_unsafe_setting_is_refused_and_named(database, changes, reason):
    done = start(database, **changes)
    assert done.returncode != 0
    assert reason in done.stderr


def test_a_forgotten_mode_is_production(database):
    assert "SECRET_KEY" in start(database, YOROZU_MODE="", SECRET_KEY="").stderr


def test_a_superuser_role_is_refused(database):
    secrets = Path(settings.DATA_DIR) / "secrets.json"
    if not secrets.exists():
        pytest.skip("not the embedded server: nobody here knows a superuser's password")
    password = json.loads(secrets.read_text())["superuser"]
    done = start(database, DATABASE_URL=url(database, "postgres", password))
    assert done.returncode != 0
    assert "signs in as postgres, which is a superuser" in done.stderr


def test_demonstration_accounts_are_refused(database):
    """The row is committed by another session: a test's own transaction is seen by nobody else."""
    with psycopg2.connect(url(database)) as session, session.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_user (email, name, password, is_active, is_staff, is_superuser, joined_at)"
            " VALUES ('hq@demo.example', 'x', '!', true, false, false, now())"
        )
    try:
        done = start(database)
        assert done.returncode != 0
        assert "holds demonstration accounts" in done.stderr
    finally:
        with psycopg2.connect(url(database)) as session, session.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_user WHERE email = 'hq@demo.example'")


def test_the_model_makes_none_either(db):
    from accounts.models import DemoAccountOutsideDemo
    from tests.making import make_user

    with pytest.raises(DemoAccountOutsideDemo):
        make_user(email="hq@demo.example")


def test_cookies_and_transport_are_strict_there(database):
    code = (
        "import json; from django.conf import settings as s; print(json.dumps([s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS >= 31536000,"
        " s.SESSION_EXPIRE_AT_BROWSER_CLOSE, not s.DEBUG, not s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN, not s.DEMO]))"
    )
    assert json.loads(start(database, code).stdout) == [True] * 9


def test_djangos_own_security_check_of_a_deployment_finds_nothing(database):
    code = (
        "import django; django.setup(); from django.core.management import call_command;"
        " call_command('check', deploy=True, tags=['security'], fail_level='WARNING')"
    )
    done = start(database, code)
    assert done.returncode == 0, done.stderr
