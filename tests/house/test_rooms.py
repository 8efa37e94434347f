"""The closed list of file names, templates that are used, figures that are defined."""

from __future__ import annotations

import ast
import re

import pytest
from django.conf import settings
from django.template import engines
from django.urls import get_resolver

from metrics.indicators import INDICATORS

ROOMS = sorted(path.parent.name for path in settings.BASE_DIR.glob("*/apps.py") if path.parent.name != "yorozu")
NEVER = {"utils", "helpers", "common", "misc", "services", "signals", "managers"}
TEMPLATES = settings.BASE_DIR / "templates"
# Named by third parties, not by us.
BY_OTHERS = ("account/", "mfa/", "allauth/", "socialaccount/", "admin/", "registration/", "django/", "rest_framework/")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_a_sign_on_its_door_and_no_drawer_for_odds_and_ends(room):
    folder = settings.BASE_DIR / room
    assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text())), f"{room}/__init__.py says nothing"
    names = {path.stem for path in folder.rglob("*.py")} | {path.name for path in folder.iterdir() if path.is_dir()}
    assert not names & NEVER


def test_nothing_listens_to_model_signals():
    for path in settings.BASE_DIR.glob("*/**/*.py"):
        if path.relative_to(settings.BASE_DIR).parts[0] in ROOMS:
            assert not re.search(r"\b(post|pre)_(save|delete)\b.*connect|@receiver\((post|pre)_", path.read_text()), (
                path
            )


def templates() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())


def test_every_template_is_used():
    spoken = "\n".join(
        path.read_text()
        for folder in (*ROOMS, "yorozu", "templates", "foundation")
        for path in (settings.BASE_DIR / folder).rglob("*")
        if path.suffix in (".py", ".html", ".txt", ".typ")
    )
    for name in templates():
        if not name.startswith(BY_OTHERS) and name not in ("400.html", "403.html", "404.html", "429.html", "500.html"):
            assert f'"{name}"' in spoken or f"'{name}'" in spoken, f"templates/{name} is used by nobody"


@pytest.mark.parametrize("name", [name for name in templates() if name.endswith(".html")])
def test_a_template_compiles_and_keeps_the_content_security_policy(name):
    engines["django"].get_template(name)
    text = (TEMPLATES / name).read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", text), f"{name}: inline style or script"
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, f"{name}: inline script"


def test_address_names_are_nobodys_twice():
    names: list[str] = []

    def walk(patterns, space):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns, f"{space}{pattern.namespace or ''}:" if pattern.namespace else space)
            elif pattern.name:
                names.append(f"{space}{pattern.name}")

    walk(get_resolver().url_patterns, "")
    ours = [name for name in names if ":" in name and not name.startswith("admin:")]
    assert sorted(ours) == sorted(set(ours))


@pytest.mark.parametrize("indicator", list(INDICATORS), ids=lambda indicator: indicator.code)
def test_an_indicator_has_label_definition_and_a_test(indicator):
    assert str(indicator.label)
    assert str(indicator.unit)
    assert len(str(indicator.definition)) >= 10
    tests = "\n".join(path.read_text() for path in (settings.BASE_DIR / "tests").rglob("*.py"))
    total, _, by = indicator.code.partition("_by_")
    named = f'"{indicator.code}"' in tests
    assert named or (by and f'"{total}"' in tests and f'_by_{by}"' in tests), f"no test speaks of {indicator.code}"
