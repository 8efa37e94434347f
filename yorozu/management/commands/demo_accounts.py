"""manage.py demo_accounts"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yorozu.demo.accounts import PASSWORD, address
from yorozu.demo.actions import is_loaded

ROWS = (
    ("coordinator.13", "コーディネーター(東京)", "coordinator; 01–47 for the others, also coordinator2.13 …"),
    ("chief.13", "チーフコーディネーター", "chief coordinator of a hub"),
    ("body.13", "実施機関", "implementing body of a hub"),
    ("hq", "全国本部", "headquarters"),
    ("agency", "中小企業庁", "the agency"),
    ("bureau.kanto", "経済産業局", "bureau: hokkaido tohoku kanto chubu kinki chugoku shikoku kyushu okinawa"),
    ("advisor", "アドバイザー", "advisor of Tokyo, Osaka, Aichi"),
    ("evaluator", "評価委員", "evaluator of Tokyo, Osaka, Fukuoka"),
    ("admin", "システム管理者", "administrator"),
)


def _width(text: str) -> int:
    """Columns that text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, columns: int) -> str:
    return text + " " * max(1, columns - _width(text))


class Command(BaseCommand):
    help = "Print the accounts of the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_loaded():
            raise CommandError("The demonstration is not loaded: manage.py load_demo")
        self.stdout.write(f"\nパスワード / password: {PASSWORD}")
        for name, role, role_en in ROWS:
            self.stdout.write("  " + _padded(address(name), 32) + _padded(role, 26) + role_en)
