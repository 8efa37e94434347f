"""Set-based SQL, built from the registry. A month's records are read once; what adds up is then summed from
facts, and what does not (者) is counted anew at every level and for every span.

A month is counted by the definitions that hold in it, so that counting an old month again keeps its own. A quarter
or year to date adds up what its months say, each by theirs.

All of it runs in the nation's scope and in the caller's transaction, and writes by difference, so that
counting again changes nothing. metrics.actions knows the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from foundation.periods import FiscalYear, Month
from hubs.tenancy import HUB_IDS
from metrics.indicators import INDICATORS, UNSTATED, Indicator, Source, Way
from metrics.models import Level, Span

# SQL below is put together from constants of this module and of the registry only; what is asked goes as parameters.
STANDS = "c.deleted_at IS NULL AND c.not_counted = ''"  # domain.md §4: 非計上 and deleted never count
IDENTITY = "coalesce(e.identity, -e.id)"  # a keyed hash of the 法人番号, which an anonymised row keeps

# What a record takes from its case `k` and from the industry `j` of its enterprise.
OF_CASE = f"""k.category, k.special_desk_id::text AS special_desk,
               coalesce(nullif(k.introduced_by, ''), '{UNSTATED}') AS introducer,
               coalesce(nullif(j.parent, ''), j.code, '{UNSTATED}') AS industry"""
INDUSTRY_OF = "LEFT JOIN directory_code j ON j.kind = 'industry' AND j.code = e.industry"
# Where metrics.crosstab takes further columns along; to the recount it is a remark.
MORE = "/* more */"

# The consultations that count in %(first)s … %(last)s, with every column that a breakdown goes by.
COUNTED = f"""
    counted AS MATERIALIZED (
        SELECT c.id, c.hub_id, c.minutes, c.method, c.themes, {OF_CASE},
               coalesce(u.kind, '{UNSTATED}') AS unit {MORE}
          FROM consultations_consultation c
          JOIN consultations_case k ON k.id = c.case_id AND k.hub_id = c.hub_id
          JOIN consultations_enterprise e ON e.id = c.enterprise_id AND e.hub_id = c.hub_id
          LEFT JOIN hubs_unit u ON u.id = c.unit_id AND u.hub_id = c.hub_id
          {INDUSTRY_OF}
         WHERE c.held_on BETWEEN %(first)s AND %(last)s AND c.hub_id = ANY (%(hubs)s) AND {STANDS}
    )"""  # noqa: S608
THEMES_OF = f"CASE themes WHEN '{{}}' THEN ARRAY['{UNSTATED}'] ELSE themes::text[] END"
EACH_THEME = f"LATERAL (SELECT DISTINCT unnest({THEMES_OF})) AS named (theme)"
ROWS = {
    Source.CONSULTATIONS: "counted",
    Source.THEMES: f"(SELECT id, hub_id, theme FROM counted, {EACH_THEME})",  # noqa: S608
    Source.INVOLVEMENTS: """(
        SELECT i.id, c.hub_id, i.kind, o.kind AS organization_kind /* more */
          FROM counted c JOIN consultations_involvement i ON i.hub_id = c.hub_id AND i.consultation_id = c.id
          JOIN directory_supportorganization o ON o.id = i.organization_id)""",
    Source.PROGRAM_USES: """(
        SELECT p.id, c.hub_id, p.kind, p.program_id::text AS program /* more */
          FROM counted c JOIN consultations_programuse p ON p.hub_id = c.hub_id AND p.consultation_id = c.id)""",
    Source.CLOSED_CASES: """(
        SELECT id, hub_id, resolution /* more */ FROM consultations_case
         WHERE closed_on BETWEEN %(first)s AND %(last)s AND hub_id = ANY (%(hubs)s))""",
    Source.DESKS: "(SELECT id, hub_id, special_desk FROM counted WHERE special_desk IS NOT NULL)",
    Source.OUTCOMES: """(
        SELECT id, hub_id, kind /* more */ FROM consultations_outcome
         WHERE measured_on BETWEEN %(first)s AND %(last)s AND hub_id = ANY (%(hubs)s)
           AND confirmed_on IS NOT NULL AND deleted_at IS NULL)""",
    Source.SENT_REFERRALS: """(
        SELECT r.id, r.hub_id, o.kind AS organization_kind /* more */
          FROM referrals_referral r JOIN directory_supportorganization o ON o.id = r.organization_id
         WHERE r.sent_on BETWEEN %(first)s AND %(last)s AND r.hub_id = ANY (%(hubs)s) AND r.state <> 'cancelled')""",
    Source.ANSWERED_REFERRALS: """(
        SELECT r.id, r.hub_id, o.kind AS organization_kind /* more */
          FROM referrals_referral r JOIN directory_supportorganization o ON o.id = r.organization_id
         WHERE r.answered_on BETWEEN %(first)s AND %(last)s AND r.hub_id = ANY (%(hubs)s)
           AND r.state <> 'cancelled')""",
    Source.PARTNER_WORKS: """(
        SELECT w.id, w.hub_id, w.times, o.kind AS organization_kind /* more */
          FROM referrals_referralwork w
          JOIN referrals_referral r ON r.hub_id = w.hub_id AND r.id = w.referral_id AND r.state <> 'cancelled'
          JOIN directory_supportorganization o ON o.id = r.organization_id
         WHERE w.worked_on BETWEEN %(first)s AND %(last)s AND w.hub_id = ANY (%(hubs)s) AND w.struck_at IS NULL)""",
}

# Facts by difference, without MERGE … WHEN NOT MATCHED BY SOURCE, which PostgreSQL 16 does not know. A missing
# hub or bureau is 0 here, because a join cannot hash IS NOT DISTINCT FROM. What differs is found by arrays of keys:
# the planner takes a full join for large, and would read the whole table to change three facts.
_WRITE = """
    , stored AS MATERIALIZED (
        SELECT id, level, coalesce(hub_id, 0) AS hub_id, coalesce(bureau_id, 0) AS bureau_id, span, month, indicator,
               code, value
          FROM metrics_fact
         WHERE (span = 'month' AND month = ANY (%(months)s::date[]) OR span = 'ytd' AND month = ANY (%(ytd)s::date[])
                OR span = 'qtd' AND month = ANY (%(qtd)s::date[]))
           AND indicator = ANY (%(indicators)s) AND level = ANY (%(levels)s)
           AND (hub_id IS NULL OR hub_id = ANY (%(hubs)s))
    ), differing AS MATERIALIZED (
        SELECT stored.id, level, hub_id, bureau_id, span, month, indicator, code, now.value
          FROM stored FULL JOIN (SELECT * FROM fresh WHERE value <> 0) AS now
               USING (level, hub_id, bureau_id, span, month, indicator, code)
         WHERE stored.value IS DISTINCT FROM now.value
    ), gone AS (
        DELETE FROM metrics_fact WHERE id = ANY (ARRAY(SELECT id FROM differing WHERE value IS NULL))
    ), changed AS (
        UPDATE metrics_fact SET value = differing.value FROM differing
         WHERE metrics_fact.id = ANY (ARRAY(SELECT id FROM differing WHERE id IS NOT NULL AND value IS NOT NULL))
           AND metrics_fact.id = differing.id
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

# Fiscal quarters are the calendar's. {stands}: what counts at all; {defined}: what the definitions count of it.
_VISITORS = """
    WITH visits AS MATERIALIZED (
        SELECT met.hub_id, ({bureau})[met.hub_id] AS bureau_id, met.month, {identity} AS identity
          FROM (SELECT DISTINCT c.hub_id, c.enterprise_id, date_trunc('month', c.held_on::timestamp)::date AS month
                  FROM consultations_consultation c
                 WHERE c.held_on BETWEEN %(from_month)s AND %(to_month)s AND {stands} AND {defined}) met
          JOIN consultations_enterprise e ON e.id = met.enterprise_id AND e.hub_id = met.hub_id
    ), of_month AS (
        SELECT {level_of}, month, count(DISTINCT identity) AS value
          FROM visits WHERE month = ANY (%(months)s::date[])
         GROUP BY GROUPING SETS ((hub_id, month), (bureau_id, month), (month))
    ), begun AS MATERIALIZED (
        SELECT met.hub_id, ({bureau})[met.hub_id] AS bureau_id, met.quarter, met.day, {identity} AS identity
          FROM (SELECT c.hub_id, c.enterprise_id, date_trunc('quarter', c.held_on::timestamp)::date AS quarter,
                       min(c.held_on) AS day
                  FROM consultations_consultation c
                 WHERE c.held_on BETWEEN %(first)s AND %(last)s AND {stands} AND {defined} GROUP BY 1, 2, 3) met
          JOIN consultations_enterprise e ON e.id = met.enterprise_id AND e.hub_id = met.hub_id
    ), since AS (
        SELECT 'ytd' AS span, {level_of}, %(first)s::date AS start, identity, min(day) AS day
          FROM begun GROUP BY GROUPING SETS ((hub_id, identity), (bureau_id, identity), (identity))
         UNION ALL
        SELECT 'qtd', {level_of}, quarter, identity, min(day)
          FROM begun WHERE quarter = ANY (%(quarters)s::date[])
         GROUP BY GROUPING SETS ((hub_id, quarter, identity), (bureau_id, quarter, identity), (quarter, identity))
    ), added AS (
        SELECT span, level, hub_id, bureau_id, start, day, count(*) AS value FROM since GROUP BY 1, 2, 3, 4, 5, 6
    ), fresh AS MATERIALIZED (
        SELECT 'month' AS span, level, hub_id, bureau_id, month, value, %(code)s AS indicator, '' AS code
          FROM of_month
         UNION ALL
        SELECT span, level, hub_id, bureau_id, asked.month, sum(value), %(code)s, ''
          FROM unnest(%(spans)s::text[], %(asked)s::date[], %(starts)s::date[]) AS asked (span, month, start)
          JOIN added USING (span, start)
         WHERE added.day < asked.month + interval '1 month' GROUP BY 1, 2, 3, 4, 5
    )"""

# Who came in the months asked for, and all who bear, or bore, the same 法人番号 elsewhere; the first session of
# each by one look into the index, however long the history is.
FIRST_SESSIONS = """
    WITH met AS MATERIALIZED (
        SELECT e.id, e.hub_id, e.identity FROM consultations_enterprise e WHERE (e.id, e.hub_id) IN (
            SELECT c.enterprise_id, c.hub_id FROM consultations_consultation c
             WHERE c.held_on BETWEEN %(first)s AND %(last)s AND {stands} AND {defined})
    ), kin AS (
        SELECT id, hub_id, identity FROM met WHERE identity IS NULL
         UNION ALL
        SELECT e.id, e.hub_id, e.identity FROM consultations_enterprise e
         WHERE e.identity IN (SELECT identity FROM met WHERE identity IS NOT NULL)
    ), begun AS MATERIALIZED (
        SELECT e.hub_id, ({bureau})[e.hub_id] AS bureau_id, {identity} AS identity, (
               SELECT c.held_on FROM consultations_consultation c
                WHERE c.hub_id = e.hub_id AND c.enterprise_id = e.id AND {stands} AND {defined}
                ORDER BY c.held_on LIMIT 1) AS day
          FROM kin e
    )"""
_NEW = (
    FIRST_SESSIONS  # noqa: S608
    + """, first_ever AS (
        SELECT {level_of}, identity, date_trunc('month', min(day)::timestamp)::date AS month
          FROM begun WHERE day IS NOT NULL
         GROUP BY GROUPING SETS ((hub_id, identity), (bureau_id, identity), (identity))
    ), fresh AS MATERIALIZED (
        SELECT 'month' AS span, level, hub_id, bureau_id, month, count(*) AS value, %(code)s AS indicator, '' AS code
          FROM first_ever WHERE month = ANY (%(valid)s::date[]) GROUP BY 2, 3, 4, 5
    )"""
)

# The columns of `fresh`, also of a month in which nothing is defined.
_NOTHING = (
    "SELECT '' AS span, '' AS level, 0 AS hub_id, 0 AS bureau_id, %(first)s::date AS month, '' AS indicator,"
    " '' AS code, 0::bigint AS value WHERE FALSE"
)

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
        SELECT asked.span, f.level, coalesce(f.hub_id, 0) AS hub_id, coalesce(f.bureau_id, 0) AS bureau_id,
               asked.month, f.indicator, f.code, sum(f.value) AS value
          FROM unnest(%(spans)s::text[], %(asked)s::date[], %(starts)s::date[]) AS asked (span, month, start)
          JOIN metrics_fact f ON f.span = 'month' AND f.month BETWEEN asked.start AND asked.month
         WHERE f.indicator = ANY (%(valid)s)
         GROUP BY asked.span, f.level, f.hub_id, f.bureau_id, asked.month, f.indicator, f.code
    )"""


def count_hubs(month: Month, hubs: Iterable[int] | None = None) -> None:
    """Everything that adds up, of one month, at hub level; of some hubs, or of all."""
    asked: dict[str, Any] = {
        "hubs": sorted(HUB_IDS if hubs is None else hubs),
        "first": month.first,
        "last": month.last,
    }
    adding = [indicator for indicator in INDICATORS.at(month) if indicator.additive]
    _write(_hub_rows(adding), _codes(Way.ADD), months=[month], levels=[Level.HUB], **asked)


def sum_places(months: Sequence[Month]) -> None:
    """From hubs to bureaus and the nation, of whole months."""
    _write(_SUM_PLACES, _codes(Way.ADD), months=months, levels=[Level.BUREAU, Level.NATION])


def count_visitors(year: FiscalYear, *, months: Sequence[Month], ytd: Sequence[Month], qtd: Sequence[Month]) -> None:
    """来訪相談者数 of some months, and of the fiscal year and quarter up to each of others; all of them in `year`."""
    asked: dict[str, Any] = {"first": year.first, "last": max(ytd).last}
    asked |= {"from_month": min(months).first, "to_month": max(months).last}
    asked["quarters"] = sorted({month.quarter.first for month in qtd})
    for code in _codes(Way.DISTINCT):
        spans = _spans(*([m for m in wanted if code in INDICATORS.at(m)] for wanted in (ytd, qtd)))
        sql = filled(_VISITORS, defined=defined(code))
        _write(sql, [code], months=months, ytd=ytd, qtd=qtd, code=code, **asked, **spans)


def count_new(months: Sequence[Month]) -> None:
    """新規 of some months: the first ever at each level."""
    asked: dict[str, Any] = {"first": min(months).first, "last": max(months).last}
    for code in _codes(Way.FIRST):
        valid = [month.first for month in months if code in INDICATORS.at(month)]
        sql = filled(_NEW, defined=defined(code, ever=True))
        _write(sql, [code], months=months, valid=valid, code=code, **asked)


def sum_months(*ways: Way, ytd: Sequence[Month], qtd: Sequence[Month]) -> None:
    """The fiscal year and quarter up to each month, of what adds up over months, at every level. One statement, and
    one more wherever an indicator begins or ends among the months."""
    codes = _codes(*ways)
    together: dict[tuple[str, ...], tuple[list[Month], list[Month]]] = {}
    for place, wanted in enumerate((ytd, qtd)):
        for month in wanted:
            valid = tuple(code for code in codes if code in INDICATORS.at(month))
            together.setdefault(valid, ([], []))[place].append(month)
    for valid, (years, quarters) in together.items():
        _write(_SUM_MONTHS, codes, ytd=years, qtd=quarters, valid=list(valid), **_spans(years, quarters))


def _codes(*ways: Way) -> list[str]:
    """Of every indicator that is counted so, whenever it holds: facts of one that does not hold are taken away."""
    return [indicator.code for indicator in INDICATORS if indicator.counted.way in ways]


def _spans(ytd: Sequence[Month], qtd: Sequence[Month]) -> dict[str, Any]:
    """Which spans of which months, and where each begins."""
    pairs = [*((Span.YEAR_TO_DATE, month) for month in ytd), *((Span.QUARTER_TO_DATE, month) for month in qtd)]
    return {
        "spans": [str(span.value) for span, _month in pairs],
        "asked": [month.first for _span, month in pairs],
        "starts": [span.start(month).first for span, month in pairs],
    }


def defined(code: str, *, ever: bool = False) -> str:
    """The condition on a consultation that the definitions of an indicator set, each in its time. `ever`: the
    oldest definition holds for all time before it as well, since a first ever looks back."""
    versions, found = INDICATORS.versions(code), []
    for one, after in zip(versions, (*versions[1:], None), strict=True):
        conditions = [] if ever and one is versions[0] else [f"c.held_on >= '{one.since.first}'"]
        conditions += [f"c.held_on < '{after.since.first}'"] if after else []
        conditions += [f"c.held_on <= '{one.until.last}'"] if one.until else []
        conditions += [one.counted.only.sql("c.")] if one.counted.only else []
        found.append(" AND ".join(conditions) or "TRUE")
    return f"({' OR '.join(f'({condition})' for condition in found)})"


def filled(sql: str, *, defined: str) -> str:
    """A statement about 者 with what all of them share, and the condition that `defined` wrote."""
    return sql.format(bureau=BUREAU_OF, identity=IDENTITY, level_of=_LEVEL_OF, stands=STANDS, defined=defined)


def _write(
    fresh: str,
    indicators: Sequence[str],
    *,
    months: Sequence[Month] = (),
    ytd: Sequence[Month] = (),
    qtd: Sequence[Month] = (),
    levels: Sequence[Level] = tuple(Level),
    **asked: Any,
) -> None:
    values: dict[str, Any] = {
        "months": [month.first for month in months],
        "ytd": [month.first for month in ytd],
        "qtd": [month.first for month in qtd],
        "levels": [str(level.value) for level in levels],
        "indicators": list(indicators),
        "hubs": list(HUB_IDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(fresh + _WRITE, values | asked)


def _hub_rows(indicators: Sequence[Indicator]) -> str:
    """`fresh` for hubs: per source one pass of GROUPING SETS, per indicator its slice of that."""
    grouped, slices = [], [_NOTHING]
    for source in Source:
        counted = [indicator for indicator in indicators if indicator.counted.source is source]
        if not counted:
            continue
        columns = list(dict.fromkeys(i.counted.by for i in counted if i.counted.by))
        aggregates = list(dict.fromkeys(i.counted.sql for i in counted))
        grouped.append(_grouped(source, counted, columns, aggregates))
        slices += [_slice(indicator, columns, aggregates) for indicator in counted]
    fresh = f"fresh AS MATERIALIZED ({' UNION ALL '.join(slices)})"
    return f"WITH {', '.join((COUNTED, *grouped, fresh))}"


def _grouped(source: Source, counted: Sequence[Indicator], columns: list[str], aggregates: list[str]) -> str:
    sets = ["(hub_id)"] * any(not indicator.counted.by for indicator in counted)
    sets += [f"(hub_id, {column})" for column in columns]
    figures = ", ".join(f"{aggregate} AS figure_{place}" for place, aggregate in enumerate(aggregates))
    names = ", ".join(columns)
    divided = f"{names}, GROUPING({names})" if columns else "0"
    return (
        f"in_{source} AS MATERIALIZED (SELECT hub_id, {divided} AS divided, {figures}"  # noqa: S608
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
        f" figure_{aggregates.index(counted.sql)} AS value FROM in_{counted.source} WHERE divided = {divided}"
    )
