"""Set-based SQL, built from the registry. A month's records are read once; what adds up is then summed from
facts, and what does not (者) is counted anew at every level and for every span.

All of it runs in the nation's scope and in the caller's transaction, and writes by difference, so that
counting again changes nothing. metrics.actions knows the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from foundation.periods import FiscalYear, Month
from hubs.tenancy import HUB_IDS
from metrics.indicators import INDICATORS, UNSTATED, Indicator, Source
from metrics.models import Level

# SQL below is put together from constants of this module and of the registry only; what is asked goes as parameters.
STANDS = "c.deleted_at IS NULL AND c.not_counted = ''"  # domain.md §4: 非計上 and deleted never count
IDENTITY = "coalesce(e.identity, -e.id)"  # a keyed hash of the 法人番号, which an anonymised row keeps

# The consultations that count in %(first)s … %(last)s, with every column that a breakdown goes by.
COUNTED = f"""
    counted AS MATERIALIZED (
        SELECT c.id, c.hub_id, c.minutes, c.method, c.themes, k.category, k.special_desk_id::text AS special_desk,
               coalesce(nullif(k.introduced_by, ''), '{UNSTATED}') AS introducer,
               coalesce(nullif(j.parent, ''), j.code, '{UNSTATED}') AS industry,
               coalesce(u.kind, '{UNSTATED}') AS unit
          FROM consultations_consultation c
          JOIN consultations_case k ON k.id = c.case_id AND k.hub_id = c.hub_id
          JOIN consultations_enterprise e ON e.id = c.enterprise_id AND e.hub_id = c.hub_id
          LEFT JOIN hubs_unit u ON u.id = c.unit_id AND u.hub_id = c.hub_id
          LEFT JOIN directory_code j ON j.kind = 'industry' AND j.code = e.industry
         WHERE c.held_on BETWEEN %(first)s AND %(last)s AND c.hub_id = ANY (%(hubs)s) AND {STANDS}
    )"""  # noqa: S608
ROWS = {
    Source.CONSULTATIONS: "counted",
    Source.THEMES: f"""(
        SELECT id, hub_id, theme FROM counted, LATERAL (
            SELECT DISTINCT unnest(CASE themes WHEN '{{}}' THEN ARRAY['{UNSTATED}'] ELSE themes::text[] END)
        ) AS named (theme))""",  # noqa: S608
    Source.INVOLVEMENTS: """(
        SELECT i.id, c.hub_id, i.kind, o.kind AS organization_kind
          FROM counted c JOIN consultations_involvement i ON i.hub_id = c.hub_id AND i.consultation_id = c.id
          JOIN directory_supportorganization o ON o.id = i.organization_id)""",
    Source.PROGRAM_USES: """(
        SELECT p.id, c.hub_id, p.kind, p.program_id::text AS program
          FROM counted c JOIN consultations_programuse p ON p.hub_id = c.hub_id AND p.consultation_id = c.id)""",
    Source.CLOSED_CASES: """(
        SELECT id, hub_id, resolution FROM consultations_case
         WHERE closed_on BETWEEN %(first)s AND %(last)s AND hub_id = ANY (%(hubs)s))""",
    Source.DESKS: "(SELECT id, hub_id, special_desk FROM counted WHERE special_desk IS NOT NULL)",
    Source.OUTCOMES: """(
        SELECT id, hub_id, kind FROM consultations_outcome
         WHERE measured_on BETWEEN %(first)s AND %(last)s AND hub_id = ANY (%(hubs)s)
           AND confirmed_on IS NOT NULL AND deleted_at IS NULL)""",
    Source.SENT_REFERRALS: """(
        SELECT r.id, r.hub_id, o.kind AS organization_kind
          FROM referrals_referral r JOIN directory_supportorganization o ON o.id = r.organization_id
         WHERE r.sent_on BETWEEN %(first)s AND %(last)s AND r.hub_id = ANY (%(hubs)s) AND r.state <> 'cancelled')""",
    Source.ANSWERED_REFERRALS: """(
        SELECT r.id, r.hub_id, o.kind AS organization_kind
          FROM referrals_referral r JOIN directory_supportorganization o ON o.id = r.organization_id
         WHERE r.answered_on BETWEEN %(first)s AND %(last)s AND r.hub_id = ANY (%(hubs)s)
           AND r.state <> 'cancelled')""",
    Source.PARTNER_WORKS: """(
        SELECT w.id, w.hub_id, w.times, o.kind AS organization_kind
          FROM referrals_referralwork w
          JOIN referrals_referral r ON r.hub_id = w.hub_id AND r.id = w.referral_id AND r.state <> 'cancelled'
          JOIN directory_supportorganization o ON o.id = r.organization_id
         WHERE w.worked_on BETWEEN %(first)s AND %(last)s AND w.hub_id = ANY (%(hubs)s) AND w.struck_at IS NULL)""",
}

# Facts by difference, without MERGE … WHEN NOT MATCHED BY SOURCE, which PostgreSQL 16 does not know. A missing
# hub or bureau is 0 here, because a join cannot hash IS NOT DISTINCT FROM.
_WRITE = """
    , stored AS MATERIALIZED (
        SELECT id, level, coalesce(hub_id, 0) AS hub_id, coalesce(bureau_id, 0) AS bureau_id, span, month, indicator,
               code, value
          FROM metrics_fact
         WHERE (span = 'month' AND month = ANY (%(months)s::date[]) OR span = 'ytd' AND month = ANY (%(ytd)s::date[]))
           AND indicator = ANY (%(indicators)s) AND level = ANY (%(levels)s)
           AND (hub_id IS NULL OR hub_id = ANY (%(hubs)s))
    ), differing AS MATERIALIZED (
        SELECT stored.id, level, hub_id, bureau_id, span, month, indicator, code, now.value
          FROM stored FULL JOIN (SELECT * FROM fresh WHERE value <> 0) AS now
               USING (level, hub_id, bureau_id, span, month, indicator, code)
         WHERE stored.value IS DISTINCT FROM now.value
    ), gone AS (
        DELETE FROM metrics_fact WHERE id IN (SELECT id FROM differing WHERE value IS NULL)
    ), changed AS (
        UPDATE metrics_fact SET value = differing.value FROM differing
         WHERE metrics_fact.id = differing.id AND differing.value IS NOT NULL
    )
    INSERT INTO metrics_fact (level, hub_id, bureau_id, span, month, indicator, code, value)
    SELECT level, nullif(hub_id, 0), nullif(bureau_id, 0), span, month, indicator, code, value
      FROM differing WHERE id IS NULL
"""

# A hub's key is its prefecture's code, 1 to 47: an array knows its bureau faster than a join per row.
BUREAU_OF = "(SELECT array_agg(bureau_id ORDER BY code) FROM hubs_prefecture)"
_LEVEL_OF = """
    CASE GROUPING(hub_id, bureau_id) WHEN 1 THEN 'hub' WHEN 2 THEN 'bureau' ELSE 'nation' END AS level,
    coalesce(hub_id, 0) AS hub_id, coalesce(bureau_id, 0) AS bureau_id"""

_VISITORS = f"""
    WITH visits AS MATERIALIZED (
        SELECT met.hub_id, ({BUREAU_OF})[met.hub_id] AS bureau_id, met.month, {IDENTITY} AS identity
          FROM (SELECT DISTINCT c.hub_id, c.enterprise_id, date_trunc('month', c.held_on::timestamp)::date AS month
                  FROM consultations_consultation c
                 WHERE c.held_on BETWEEN %(from_month)s AND %(to_month)s AND {STANDS}) met
          JOIN consultations_enterprise e ON e.id = met.enterprise_id AND e.hub_id = met.hub_id
    ), of_month AS (
        SELECT {_LEVEL_OF}, month, count(DISTINCT identity) AS value
          FROM visits WHERE month = ANY (%(months)s::date[])
         GROUP BY GROUPING SETS ((hub_id, month), (bureau_id, month), (month))
    ), begun AS MATERIALIZED (
        SELECT met.hub_id, ({BUREAU_OF})[met.hub_id] AS bureau_id, met.day, {IDENTITY} AS identity
          FROM (SELECT c.hub_id, c.enterprise_id, min(c.held_on) AS day FROM consultations_consultation c
                 WHERE c.held_on BETWEEN %(first)s AND %(last)s AND {STANDS} GROUP BY 1, 2) met
          JOIN consultations_enterprise e ON e.id = met.enterprise_id AND e.hub_id = met.hub_id
    ), since AS (
        SELECT {_LEVEL_OF}, identity, min(day) AS day
          FROM begun GROUP BY GROUPING SETS ((hub_id, identity), (bureau_id, identity), (identity))
    ), added AS (
        SELECT level, hub_id, bureau_id, day, count(*) AS value FROM since GROUP BY 1, 2, 3, 4
    ), fresh AS MATERIALIZED (
        SELECT 'month' AS span, level, hub_id, bureau_id, month, value, 'visitors' AS indicator, '' AS code
          FROM of_month
         UNION ALL
        SELECT 'ytd', level, hub_id, bureau_id, asked.month, sum(value), 'visitors', ''
          FROM unnest(%(ytd)s::date[]) AS asked (month) JOIN added ON added.day < asked.month + interval '1 month'
         GROUP BY 2, 3, 4, 5
    )"""  # noqa: S608

# Who came in the months asked for, and all who bear, or bore, the same 法人番号 elsewhere; the first session of
# each by one look into the index, however long the history is.
_NEW = f"""
    WITH met AS MATERIALIZED (
        SELECT e.id, e.hub_id, e.identity FROM consultations_enterprise e WHERE (e.id, e.hub_id) IN (
            SELECT c.enterprise_id, c.hub_id FROM consultations_consultation c
             WHERE c.held_on BETWEEN %(first)s AND %(last)s AND {STANDS})
    ), kin AS (
        SELECT id, hub_id, identity FROM met WHERE identity IS NULL
         UNION ALL
        SELECT e.id, e.hub_id, e.identity FROM consultations_enterprise e
         WHERE e.identity IN (SELECT identity FROM met WHERE identity IS NOT NULL)
    ), begun AS MATERIALIZED (
        SELECT e.hub_id, ({BUREAU_OF})[e.hub_id] AS bureau_id, {IDENTITY} AS identity, (
               SELECT c.held_on FROM consultations_consultation c
                WHERE c.hub_id = e.hub_id AND c.enterprise_id = e.id AND {STANDS} ORDER BY c.held_on LIMIT 1) AS day
          FROM kin e
    ), first_ever AS (
        SELECT {_LEVEL_OF}, identity, date_trunc('month', min(day)::timestamp)::date AS month
          FROM begun WHERE day IS NOT NULL
         GROUP BY GROUPING SETS ((hub_id, identity), (bureau_id, identity), (identity))
    ), fresh AS MATERIALIZED (
        SELECT 'month' AS span, level, hub_id, bureau_id, month, count(*) AS value, 'new_visitors' AS indicator,
               '' AS code
          FROM first_ever WHERE month = ANY (%(months)s::date[]) GROUP BY 2, 3, 4, 5
    )"""  # noqa: S608

_SUM_PLACES = """
    WITH fresh AS MATERIALIZED (
        SELECT 'month' AS span, CASE GROUPING(p.bureau_id) WHEN 0 THEN 'bureau' ELSE 'nation' END AS level,
               0 AS hub_id, coalesce(p.bureau_id, 0) AS bureau_id, f.month, f.indicator, f.code, sum(f.value) AS value
          FROM metrics_fact f JOIN hubs_prefecture p ON p.code = f.hub_id
         WHERE f.level = 'hub' AND f.span = 'month' AND f.month = ANY (%(months)s::date[])
           AND f.indicator = ANY (%(indicators)s)
         GROUP BY GROUPING SETS ((f.month, f.indicator, f.code, p.bureau_id), (f.month, f.indicator, f.code))
    )"""

_SUM_MONTHS = """
    WITH fresh AS MATERIALIZED (
        SELECT 'ytd' AS span, f.level, coalesce(f.hub_id, 0) AS hub_id, coalesce(f.bureau_id, 0) AS bureau_id,
               asked.month, f.indicator, f.code, sum(f.value) AS value
          FROM unnest(%(ytd)s::date[], %(starts)s::date[]) AS asked (month, start)
          JOIN metrics_fact f ON f.span = 'month' AND f.month BETWEEN asked.start AND asked.month
         WHERE f.indicator = ANY (%(indicators)s)
         GROUP BY f.level, f.hub_id, f.bureau_id, asked.month, f.indicator, f.code
    )"""


def count_hubs(month: Month, hubs: Iterable[int] | None = None) -> None:
    """Everything that adds up, of one month, at hub level; of some hubs, or of all."""
    adding = [indicator for indicator in INDICATORS if indicator.additive]
    asked: dict[str, Any] = {
        "hubs": sorted(HUB_IDS if hubs is None else hubs),
        "first": month.first,
        "last": month.last,
    }
    _write(_hub_rows(adding), adding, months=[month], levels=[Level.HUB], **asked)


def sum_places(months: Sequence[Month]) -> None:
    """From hubs to bureaus and the nation, of whole months."""
    adding = [indicator for indicator in INDICATORS if indicator.additive]
    _write(_SUM_PLACES, adding, months=months, levels=[Level.BUREAU, Level.NATION])


def count_visitors(year: FiscalYear, *, months: Sequence[Month], ytd: Sequence[Month]) -> None:
    """来訪相談者数 of some months, and of the fiscal year up to each of others; all of them in `year`."""
    asked: dict[str, Any] = {"first": year.first, "last": max(ytd).last}
    asked |= {"from_month": min(months).first, "to_month": max(months).last}
    _write(_VISITORS, [INDICATORS["visitors"]], months=months, ytd=ytd, **asked)


def count_new(months: Sequence[Month]) -> None:
    """新規 of some months: the first ever at each level."""
    asked: dict[str, Any] = {"first": min(months).first, "last": max(months).last}
    _write(_NEW, [INDICATORS["new_visitors"]], months=months, **asked)


def sum_months(months: Sequence[Month]) -> None:
    """The fiscal year up to each month, of what adds up over months, at every level."""
    adding = [indicator for indicator in INDICATORS if indicator.adds_over_months]
    _write(_SUM_MONTHS, adding, ytd=months, starts=[month.fiscal_year.first for month in months])


def _write(
    fresh: str,
    indicators: Sequence[Indicator],
    *,
    months: Sequence[Month] = (),
    ytd: Sequence[Month] = (),
    levels: Sequence[Level] = tuple(Level),
    **asked: Any,
) -> None:
    values: dict[str, Any] = {
        "months": [month.first for month in months],
        "ytd": [month.first for month in ytd],
        "levels": [str(level.value) for level in levels],
        "indicators": [indicator.code for indicator in indicators],
        "hubs": list(HUB_IDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(fresh + _WRITE, values | asked)


def _hub_rows(indicators: Sequence[Indicator]) -> str:
    """`fresh` for hubs: per source one pass of GROUPING SETS, per indicator its slice of that."""
    grouped, slices = [], []
    for source in Source:
        counted = [indicator for indicator in indicators if indicator.counted.source is source]
        columns = list(dict.fromkeys(i.counted.by for i in counted if i.counted.by))
        aggregates = list(dict.fromkeys(i.counted.aggregate for i in counted))
        grouped.append(_grouped(source, counted, columns, aggregates))
        slices += [_slice(indicator, columns, aggregates) for indicator in counted]
    fresh = " UNION ALL ".join(slices)
    return f"WITH {COUNTED}, {', '.join(grouped)}, fresh AS MATERIALIZED ({fresh})"


def _grouped(source: Source, counted: Sequence[Indicator], columns: list[str], aggregates: list[str]) -> str:
    sets = ["(hub_id)"] * any(not indicator.counted.by for indicator in counted)
    sets += [f"(hub_id, {column})" for column in columns]
    figures = ", ".join(f"{aggregate} AS figure_{place}" for place, aggregate in enumerate(aggregates))
    names = ", ".join(columns)
    return (
        f"in_{source} AS MATERIALIZED (SELECT hub_id, {names}, GROUPING({names}) AS divided, {figures}"  # noqa: S608
        f" FROM {ROWS[source]} AS found GROUP BY GROUPING SETS ({', '.join(sets)}))"
    )


def _slice(indicator: Indicator, columns: list[str], aggregates: list[str]) -> str:
    counted = indicator.counted
    # GROUPING has a bit for each column, the first one highest: 0 where the row is divided by it
    divided = 2 ** len(columns) - 1
    if counted.by:
        divided -= 2 ** (len(columns) - 1 - columns.index(counted.by))
    return (
        f"SELECT 'month' AS span, 'hub' AS level, hub_id, 0 AS bureau_id, %(first)s::date AS month,"  # noqa: S608
        f" '{indicator.code}' AS indicator, {counted.by or repr('')} AS code,"
        f" figure_{aggregates.index(counted.aggregate)} AS value FROM in_{counted.source} WHERE divided = {divided}"
    )
