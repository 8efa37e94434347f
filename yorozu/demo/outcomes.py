"""What became of cases, which of them special desks took, and what is due on the desks of today. Set-based, after the
histories are written: outcomes follow from what a case was about and how it ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from consultations.actions import grams, outcomes
from consultations.models import SpecialDesk
from hubs.models import Hub

# (name, English name, reason, opened before today, closed before today, only in)
DESKS: tuple[tuple[str, str, str, int, int | None, list[int]], ...] = (
    ("物価高に関する特別相談窓口", "Special desk for rising prices",
     "原材料・エネルギー価格の高騰が長引いていることから、価格転嫁と資金繰りの相談に応じる。", 400, None, []),
    ("米国関税に関する特別相談窓口", "Special desk for US tariffs",
     "米国の関税措置の影響を受ける事業者の相談に応じる。", 200, None, []),
    ("令和7年9月大雨に関する特別相談窓口", "Special desk for the heavy rain of September 2025",
     "災害救助法が適用された地域の被災事業者の相談に応じる。", 430, 250, [13, 14, 22]),
)  # fmt: skip

# A case finds its way to a desk by its number; the desk must have been open when it came. Sums and turnarounds first.
_SEND = """
    UPDATE consultations_case k SET special_desk_id = d.id
      FROM consultations_specialdesk d
     WHERE k.hub_id = %(hub)s AND k.id %% 16 = (d.id %% 3) * 5 AND k.received_on >= d.opened_on
       AND coalesce(k.received_on <= d.closed_on, true) AND (d.only_in = '{}' OR k.hub_id = ANY (d.only_in))
       AND k.category IN ('sales', 'turnaround', 'other')
"""
# Two of five cases that ended well brought something that the client confirmed; a few are not confirmed yet.
_OUTCOMES = """
    INSERT INTO consultations_outcome (hub_id, case_id, kind, trend, amount_yen, before_value, after_value, as_of,
        measured_on, evidence, confirmed_on, confirmed_how, confirmed_by_id, version, created_at, created_by_id,
        updated_at, updated_by_id)
    SELECT k.hub_id, k.id, o.kind, o.trend, o.amount, o.before, o.before + o.amount, at.point, at.day, o.evidence,
           CASE WHEN k.id %% 7 > 0 THEN at.day END,
           CASE WHEN k.id %% 7 > 0 THEN (ARRAY['meeting', 'phone', 'document', 'mail'])[1 + k.id %% 4] ELSE '' END,
           CASE WHEN k.id %% 7 > 0 THEN k.lead_id END, 1, at.day, k.lead_id, at.day, k.lead_id
      FROM consultations_case k
      CROSS JOIN LATERAL (VALUES
           ('closing', k.closed_on), ('months_3', (k.closed_on + interval '3 months')::date),
           ('months_6', (k.closed_on + interval '6 months')::date)) AS at (point, day)
      CROSS JOIN LATERAL (
           SELECT * FROM (VALUES
               ('sales', 0, 'sales', 'up', 400000 + (k.id %% 23) * 150000, 9000000 + (k.id %% 31) * 700000, '月次試算表の前年同月比で確認した。'),
               ('sales', 1, 'new_customer', 'up', NULL, NULL, '新しい取引先の注文書を見せていただいた。'),
               ('sales', 2, 'new_product', 'up', NULL, NULL, '新商品の販売を始めたと聞き取った。'),
               ('turnaround', 0, 'cost', 'down', 120000 + (k.id %% 19) * 40000, NULL, '経費の内訳を見直す前後の試算表で確認した。'),
               ('turnaround', 1, 'funding', 'up', 3000000 + (k.id %% 9) * 1000000, NULL, '融資の実行を通帳で確認した。'),
               ('turnaround', 2, 'plan', 'up', NULL, NULL, '経営改善計画書が完成した。'),
               ('startup', 0, 'startup', 'up', NULL, NULL, '開業届の控えを確認した。'),
               ('startup', 1, 'funding', 'up', 2000000 + (k.id %% 7) * 1000000, NULL, '創業融資の決定通知を確認した。'),
               ('startup', 2, 'plan', 'up', NULL, NULL, '事業計画書が完成した。'),
               ('succession', 0, 'succession', 'up', NULL, NULL, '株式の譲渡契約が結ばれた。'),
               ('succession', 1, 'plan', 'up', NULL, NULL, '承継計画書が完成した。'),
               ('other', 0, 'subsidy', 'up', 500000 + (k.id %% 5) * 250000, NULL, '採択通知を確認した。'),
               ('other', 1, 'employment', 'up', NULL, NULL, '2名を採用したと聞き取った。')
           ) AS known (category, turn, kind, trend, amount, before, evidence)
            WHERE known.category = k.category AND known.turn = k.id %% 3) o
     WHERE k.hub_id = %(hub)s AND k.resolution IN ('solved', 'partly') AND k.id %% 5 < 2 AND at.day <= %(today)s
       AND (at.point = 'closing' OR k.id %% 4 = 0)
"""
# Every coordinator's desk has something late, something today and something soon.
_DUE = """
    UPDATE consultations_case k SET next_due_on = %(today)s::date + (line.place - 3)::int
      FROM (SELECT id, row_number() OVER (PARTITION BY lead_id ORDER BY received_on DESC, id) AS place
              FROM consultations_case WHERE hub_id = %(hub)s AND closed_on IS NULL AND next_action <> '') line
     WHERE k.id = line.id AND line.place <= 8
"""


def open_desks(*, by: User, at: dt.datetime) -> None:
    """The special desks of the last two years."""
    today = timezone.localdate(at)
    SpecialDesk.objects.bulk_create(
        SpecialDesk(
            name=name, name_en=name_en, reason=reason, opened_on=today - dt.timedelta(days=opened),
            closed_on=today - dt.timedelta(days=closed) if closed else None, only_in=only_in, set_by=by, set_at=at,
        )
        for name, name_en, reason, opened, closed, only_in in DESKS
    )  # fmt: skip


def tell_outcomes(hub: Hub, *, at: dt.datetime) -> None:
    """What became of a hub's cases, and what is due there. Runs in the hub's scope, after its history."""
    asked: dict[str, Any] = {"hub": hub.pk, "today": timezone.localdate(at)}
    with connection.cursor() as cursor:
        for statement in (_SEND, _OUTCOMES, _DUE):
            cursor.execute(statement, asked)
    outcomes.make_due_follow_ups(hub_id=hub.pk, today=asked["today"], at=at)
    if hub.slug in ("tokyo", "osaka"):  # the others' words are learned by the task, a quarter of an hour later
        grams.count_grams(hub_id=hub.pk, at=at)
