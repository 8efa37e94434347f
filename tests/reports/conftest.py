"""A little of everything that a report tells: two hubs of two bureaus, this year and the last."""

from __future__ import annotations

import os
from datetime import date

import pytest

from foundation.periods import Month
from hubs.models import Bureau
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions as metrics
from reports.contents import MonthlyContent
from reports.editions import Edition
from reports.readings import read_content
from tests import making

OCTOBER = Month(2026, 10)
SECRET_NAME = "株式会社ひみつの名前テスト髙𠮷"


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def counted(tokyo, osaka, now) -> Month:
    """October 2026: three consultations in Tokyo, one in Osaka; one in April; one in October a year before."""
    bank = making.make_organization(name="𠮷田信用金庫")
    program = making.make_program(name='=HYPERLINK("http://evil.example","髙補助金𠮷")')
    enterprise = making.make_enterprise(hub=tokyo, name=SECRET_NAME, kana="ヒミツ")
    for day in (date(2025, 10, 3), date(2026, 4, 1), date(2026, 10, 1), date(2026, 10, 31)):
        case = making.make_case(hub=tokyo, enterprise=enterprise, title=f"{SECRET_NAME}の件")
        held = making.make_consultation(
            hub=tokyo, case=case, held_on=day, themes=["channels", "digital"], content=SECRET_NAME
        )
        making.involve(held, bank, "referral")
        making.use_program(held, program, "introduced")
    making.make_consultation(hub=tokyo, held_on=date(2026, 10, 15))
    making.make_consultation(hub=osaka, held_on=date(2026, 10, 15), minutes=45)
    metrics.recount([Month(2025, 10), Month(2026, 4), OCTOBER], at=now)
    return OCTOBER


def content_of(slug: str, at) -> MonthlyContent:
    """What the report of October says, read as the task reads it."""
    edition = Edition.named(slug)
    with entered(
        Scope.of_figures(HUB_IDS if slug == "nation" else [hub.pk for hub in edition.hubs()]), read_only=False
    ):
        return read_content(edition=edition, month=OCTOBER, at=at)


@pytest.fixture
def nation(counted, now) -> MonthlyContent:
    return content_of("nation", now)


@pytest.fixture
def kanto_official(db: None):
    return making.make_person("bureau", bureau=Bureau.objects.get(slug="kanto"), second_factor=True, name="関東 局子")


@pytest.fixture
def artefacts(request):
    """A folder to keep what was made for people to look at, if ARTEFACTS names one."""
    return os.environ.get("ARTEFACTS")
