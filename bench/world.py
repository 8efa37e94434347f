"""A synthetic nation of two years, or of ten: hubs of unequal size, enterprises of which some are known to several
hubs, cases, consultations with Japanese notes of 200 to 300 characters. Made by the database from a pool of notes."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone
from psycopg2.extras import execute_values

from accounts.models import User
from bench.database import bulk_loading
from directory.models import Code, SupportOrganization, SupportProgram
from foundation.periods import Month
from foundation.text import fold, grams
from hubs.models import Hub, Unit
from hubs.tenancy import Scope, entered

NOTES, SLOTS = 4000, 1000
TABLES = ["consultations_enterprise", "consultations_case", "consultations_consultation",
          "consultations_involvement", "consultations_programuse"]  # fmt: skip

# Two-character words of all frequencies, the first one frequent, the last rare: the search is measured with them.
_WRITTEN = (
    "売上販路広告補助資金採用原価価格経営計画商品開発顧客店舗集客予約在庫生産設備省力人材育成賃上融資"
    "返済事業承継創業法人税務会計契約商標特許輸出海外通販動画写真包装試食展示催事観光"
    "民泊農産水産木工陶器染物酒造味噌醤油製麺製茶畳表漆器和紙刃物仏壇造園左官"
)
WORDS = [_WRITTEN[place : place + 2] for place in range(0, len(_WRITTEN), 2)]
_BEGINNINGS = (
    "から{}について相談があった。", "の{}が伸び悩んでいる。", "は{}を見直したいとのこと。", "の{}に課題がある。",
    "では{}の手順を整理した。", "に向けて{}の担当を決める。", "を踏まえ{}を三か月で試す。", "と{}の両面から助言した。",
)  # fmt: skip
_OPENINGS = ("事業者", "代表者", "担当者", "前回の宿題", "現場", "次回", "試算表", "周辺の競合")


@dataclass(frozen=True)
class Loaded:
    """What came of it."""

    rows: int
    seconds: float
    months: tuple[Month, ...]


def load(name: str, rows: int, years: int = 2) -> Loaded:
    """Fill the database `name` with so many consultations of so many years, up to the end of this month."""
    began = timezone.now()
    last = Month.of(timezone.localdate())
    months = tuple(last.plus(back) for back in range(1 - 12 * years, 1))
    random.seed(7)
    with bulk_loading(name, TABLES), entered(Scope.nationwide()):
        _people_and_places()
        asked = {
            "rows": rows, "enterprises": rows // 6, "cases": rows // 4, "notes": NOTES, "slots": _slots(),
            "start": months[0].first, "days": (last.last - months[0].first).days + 1,
            "themes": list(Code.objects.filter(kind="theme").values_list("code", flat=True)),
            "industries": list(Code.objects.filter(kind="industry").exclude(parent="").values_list("code", flat=True)),
            "introducers": list(Code.objects.filter(kind="introducer").values_list("code", flat=True)),
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("SELECT setseed(0.42)")
            _pour_notes(cursor)
            for statement in _STATEMENTS:
                cursor.execute(statement, asked)
    return Loaded(rows, (timezone.now() - began).total_seconds(), months)


def _slots() -> list[int]:
    """A thousand draws that favour some hubs four to five times over others (domain.md §1)."""
    hubs = sorted(Hub.objects.values_list("pk", flat=True))
    return random.choices(hubs, [1 + 3.5 * ((hub * 37 % 47) / 46) ** 2 for hub in hubs], k=SLOTS)


def _people_and_places() -> None:
    """Twenty coordinators and two units per hub; organizations and programmes."""
    users = [User(email=f"c{hub}.{n}@bench.example", name=f"担当 {n}") for hub in range(1, 48) for n in range(20)]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users)
    Unit.objects.bulk_create([Unit(hub_id=hub, kind=kind, name=f"計測用 {kind}") for hub in range(1, 48)
                              for kind in ("one_stop", "productivity")])  # fmt: skip
    kinds = Code.objects.filter(kind="organization_kind").values_list("code", flat=True)
    SupportOrganization.objects.bulk_create([SupportOrganization(kind=kind, name=f"支援機関{n}")
                                             for n, kind in enumerate(list(kinds) * 30)])  # fmt: skip
    if not SupportProgram.objects.exists():
        start = dt.date(2014, 4, 1)
        names = {f"制度{n}": f"Programme {n}" for n in range(20)}
        SupportProgram.objects.bulk_create(
            [SupportProgram(name=name, name_en=english, valid_from=start) for name, english in names.items()]
        )


def _pour_notes(cursor: object) -> None:
    """The pool of distinct notes, with the pairs that the index knows."""
    cursor.execute(  # type: ignore[attr-defined]
        "CREATE TEMPORARY TABLE note (n serial, content text, advice text, folded text, pairs integer[]) ON COMMIT DROP"
    )
    rows = []
    for _ in range(NOTES):
        content, advice = _prose(random.randint(120, 180)), _prose(random.randint(80, 120))
        folded = fold(f"{content}\n{advice}")
        rows.append((content, advice, folded, grams(folded)))
    execute_values(cursor, "INSERT INTO note (content, advice, folded, pairs) VALUES %s", rows)


def _prose(length: int) -> str:
    weights = [1 / (1 + place) for place in range(len(WORDS))]
    text = ""
    while len(text) < length:
        (word,) = random.choices(WORDS, weights)
        text += random.choice(_OPENINGS) + random.choice(_BEGINNINGS).format(word)
    return text


_ONE_OF = "(%({0})s::text[])[1 + floor(random() * cardinality(%({0})s::text[]))::int]"
_STATEMENTS = (
    f"""INSERT INTO consultations_enterprise (hub_id, kind, name, kana, corporate_number, trade_name, representative,
            postal_code, municipality, address, phone, email, url, industry, search_key, version, created_at,
            created_by_id, updated_at, legal_form, legal_form_position, representative_kana, representative_post,
            municipality_code, industry_revision, founding_stage, memberships, survey_opt_out)
        SELECT (%(slots)s::integer[])[1 + floor(random() * {SLOTS})::int], 'corporation', '株式会社計測' || i,
               'ケイソク' || i, CASE WHEN i %% 25 = 0 THEN '2' || lpad((i / 125)::text, 12, '0')
                                    WHEN i %% 10 < 6 THEN '1' || lpad(i::text, 12, '0') ELSE '' END,
               '', '', '', '', '',
               CASE WHEN i %% 3 = 0 THEN '03' || lpad((i %% greatest(%(enterprises)s / 40, 1))::text, 8, '0')
                    ELSE '' END,
               '', '', {_ONE_OF.format("industries")}, 'ケイソク' || i, 1, now(), u.id, now(),
               '', '', '', '', '', '', '', '{{}}', false
          FROM generate_series(1, %(enterprises)s) i, (SELECT min(id) AS id FROM accounts_user) u
        ON CONFLICT DO NOTHING""",
    # what a trigger does, which loading in bulk leaves out
    "UPDATE consultations_enterprise SET identity = hashtextextended(corporate_number, 7) WHERE corporate_number <> ''",
    """CREATE TEMPORARY TABLE client ON COMMIT DROP AS
        SELECT row_number() OVER () AS n, id, hub_id FROM consultations_enterprise""",
    "CREATE TEMPORARY TABLE person ON COMMIT DROP AS SELECT substring(email FROM 'c([0-9]+)')::int AS hub_id,"
    " substring(email FROM '[.]([0-9]+)@')::int AS n, id FROM accounts_user WHERE email LIKE '%%@bench.example'",
    f"""WITH drawn AS MATERIALIZED (
            SELECT i, 1 + floor(random() * (SELECT max(n) FROM client))::int AS n, floor(random() * 20)::int AS who,
                   %(start)s::date + floor(random() * %(days)s)::int AS day, random() AS fate,
                   {_ONE_OF.format("introducers")} AS introducer FROM generate_series(1, %(cases)s) i)
        INSERT INTO consultations_case (hub_id, number, enterprise_id, title, category, received_on, reception,
            introduced_by, heard_from, issue, plan, lead_id, state, closed_on, resolution, next_action, version,
            created_at, created_by_id, updated_at, search_text)
        SELECT c.hub_id, '2026-' || lpad(c.hub_id::text, 2, '0') || '-' || lpad(i::text, 7, '0'), c.id,
               '販路開拓の相談', (ARRAY['sales', 'sales', 'sales', 'turnaround', 'startup', 'succession'])[1 + i %% 6],
               d.day, 'phone',
               d.introducer, '', '', '', p.id, CASE WHEN fate < 0.4 THEN 'solved' ELSE 'active' END,
               CASE WHEN fate < 0.4 THEN d.day + 30 END,
               CASE WHEN fate < 0.2 THEN 'solved' WHEN fate < 0.3 THEN 'partly'
                    WHEN fate < 0.4 THEN 'unknown' ELSE '' END,
               '', 1, d.day, p.id, d.day,
               '2026-' || lpad(c.hub_id::text, 2, '0') || '-' || lpad(i::text, 7, '0') || ' 販路開拓ノ相談'
          FROM drawn d JOIN client c USING (n) JOIN person p ON p.hub_id = c.hub_id AND p.n = d.who""",
    """CREATE TEMPORARY TABLE matter ON COMMIT DROP AS
        SELECT row_number() OVER () AS n, id, hub_id, enterprise_id, lead_id FROM consultations_case""",
    "ANALYZE client", "ANALYZE person", "ANALYZE matter", "ANALYZE note",
    f"""WITH drawn AS MATERIALIZED (
            SELECT 1 + floor(random() * (SELECT max(n) FROM matter))::int AS n,
                   1 + floor(random() * %(notes)s)::int AS note, random() AS fate,
                   %(start)s::date + floor(random() * %(days)s)::int AS day,
                   ARRAY[{_ONE_OF.format("themes")}, {_ONE_OF.format("themes")}] AS themes
              FROM generate_series(1, %(rows)s) ORDER BY day)
        INSERT INTO consultations_consultation (hub_id, client_id, case_id, enterprise_id, unit_id, held_on, minutes,
            method, place, client_people, lead_id, themes, content, advice, next_step, not_counted, search_text,
            search_grams, version, created_at, created_by_id, updated_at, updated_by_id, deleted_at, deleted_by_id)
        SELECT m.hub_id, gen_random_uuid(), m.id, m.enterprise_id, u.id, d.day, 30 + 15 * (d.note %% 5),
               (ARRAY['visit_to_hub', 'visit_to_hub', 'visit_to_client', 'online', 'phone', 'satellite']
               )[1 + d.note %% 6],
               '', '', m.lead_id, d.themes, o.content, o.advice, '',
               CASE WHEN d.fate < 0.02 THEN 'no_advice' ELSE '' END, o.folded, o.pairs, 1,
               d.day + interval '18 hours', m.lead_id, d.day + interval '18 hours', m.lead_id,
               CASE WHEN d.fate > 0.99 THEN now() END, CASE WHEN d.fate > 0.99 THEN m.lead_id END
          FROM drawn d JOIN matter m USING (n) JOIN note o ON o.n = d.note
          LEFT JOIN hubs_unit u ON u.hub_id = m.hub_id AND u.kind = 'one_stop' AND u.name LIKE '計測用%%'""",
    """INSERT INTO consultations_involvement (hub_id, consultation_id, organization_id, kind)
        SELECT c.hub_id, c.id, o.least + (c.id %% o.many), CASE c.id %% 3 WHEN 0 THEN 'referral' ELSE 'cooperation' END
          FROM consultations_consultation c,
               (SELECT min(id) AS least, count(*) AS many FROM directory_supportorganization
                 WHERE name LIKE '支援機関%%') o
         WHERE c.id %% 100 < 15""",
    """INSERT INTO consultations_programuse (hub_id, consultation_id, program_id, kind)
        SELECT c.hub_id, c.id, p.ids[1 + c.id %% cardinality(p.ids)],
               CASE c.id %% 3 WHEN 0 THEN 'used' ELSE 'introduced' END
          FROM consultations_consultation c, (SELECT array_agg(id) AS ids FROM directory_supportprogram) p
         WHERE c.id %% 100 > 79""",
)  # fmt: skip
