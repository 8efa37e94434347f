"""Loading the reference lists: what is missing is made, what exists is left as headquarters edited it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from consultations.models import ConsentText
from directory.choices import CodeKind
from directory.models import Code, SupportOrganization, SupportProgram
from hubs.choices import Post, UnitKind
from hubs.models import Bureau, FeeDefault, Hub, ImplementingBody, Prefecture, Unit
from hubs.tenancy import HUB_IDS, Scope, entered
from yorozu.reference import codes, consents, industries, places, programs

PROGRAMME_BEGAN_ON = dt.date(2014, 4, 1)
JSIC_14_BEGAN_ON = dt.date(2024, 4, 1)
FEE_YEARS = range(2018, 2028)
FEES = {Post.CHIEF: 50_000, Post.ACTING_CHIEF: 50_000, Post.COORDINATOR: 25_000}  # tender II ※1 ②, ※2 ②
UNITS = {UnitKind.ONE_STOP: "ワンストップ相談窓口", UnitKind.PRODUCTIVITY: "生産性向上支援センター"}


def load_missing() -> int:
    """Make every reference row that does not exist yet, in one transaction. Returns how many were made.

    Safe to run again and again, about a dozen reading queries when all is there.
    """
    with entered(Scope.of_figures(HUB_IDS)):
        return sum([_places(), _units(), _codes(), _fees(), _programs(), _organizations(), _consent_texts()])


def _places() -> int:
    rows = places.HUBS
    there = set(Hub.objects.values_list("pk", flat=True))
    if len(there) == len(rows):
        return 0
    known = set(Bureau.objects.values_list("slug", flat=True))
    Bureau.objects.bulk_create(
        Bureau(slug=row.slug, name=row.name, name_en=row.name_en, position=position)
        for position, row in enumerate(places.BUREAUS, 1)
        if row.slug not in known
    )
    bureaus = dict(Bureau.objects.values_list("slug", "pk"))
    Prefecture.objects.bulk_create(
        (
            Prefecture(code=row.code, name=row.prefecture, name_en=row.name_en, bureau_id=bureaus[row.bureau])
            for row in rows
        ),
        ignore_conflicts=True,
    )
    missing = [row for row in rows if row.code not in there]
    bodies = ImplementingBody.objects.bulk_create(ImplementingBody(name=m.body, name_en=m.body_en) for m in missing)
    return len(Hub.objects.bulk_create(_hub(row, body) for row, body in zip(missing, bodies, strict=True)))


def _hub(row: places.HubRow, body: ImplementingBody) -> Hub:
    return Hub(
        pk=row.code,
        slug=row.slug,
        name=f"{row.prefecture}よろず支援拠点",
        name_en=f"Yorozu Support Hub {row.name_en}",
        prefecture_id=row.code,
        implementing_body=body,
        tile_row=row.row,
        tile_column=row.column,
    )


def _units() -> int:
    there = set(Unit.objects.filter(is_satellite=False).values_list("hub_id", "kind"))
    missing = [
        Unit(hub_id=row.code, kind=kind, name=name)
        for row in places.HUBS
        for kind, name in UNITS.items()
        if (row.code, kind) not in there
    ]
    return len(Unit.objects.bulk_create(missing))


def _codes() -> int:
    there = set(Code.objects.values_list("kind", "code"))
    missing = [code for code in all_codes() if (code.kind, code.code) not in there]
    return len(Code.objects.bulk_create(missing))


def all_codes() -> Iterator[Code]:
    """Every entry that the five lists begin with, unsaved."""
    yield from _list(CodeKind.THEME, codes.THEMES)
    yield from _list(CodeKind.ORGANIZATION_KIND, codes.ORGANIZATION_KINDS)
    yield from _list(CodeKind.INTRODUCER, codes.INTRODUCERS)
    yield from _list(CodeKind.HEARD_FROM, codes.HEARD_FROM)
    position = 0
    for division in industries.DIVISIONS:
        rows = [(division.code, division.label, division.label_en, ""), *((*g, division.code) for g in division.groups)]
        for code, label, label_en, parent in rows:
            position += 1
            yield Code(
                kind=CodeKind.INDUSTRY, code=code, label_ja=label, label_en=label_en, parent=parent, revision="14",
                position=position, valid_from=JSIC_14_BEGAN_ON,
            )  # fmt: skip


def _list(kind: CodeKind, rows: Iterable[tuple[str, str, str]]) -> Iterator[Code]:
    for position, (code, label, label_en) in enumerate(rows, 1):
        yield Code(
            kind=kind, code=code, label_ja=label, label_en=label_en, position=position, valid_from=PROGRAMME_BEGAN_ON
        )


def _fees() -> int:
    there = set(FeeDefault.objects.values_list("fiscal_year", "post"))
    missing = [
        FeeDefault(fiscal_year=year, post=post, fee_yen=yen)
        for year in FEE_YEARS
        for post, yen in FEES.items()
        if (year, post) not in there
    ]
    return len(FeeDefault.objects.bulk_create(missing))


def _programs() -> int:
    """Only into an empty list: a programme that headquarters renamed must not come back under its old name."""
    if SupportProgram.objects.exists():
        return 0
    rows = (SupportProgram(name=n, name_en=en, valid_from=PROGRAMME_BEGAN_ON) for n, en in programs.PROGRAMS)
    return len(SupportProgram.objects.bulk_create(rows))


def _organizations() -> int:
    """Only for prefectures that have none, for the same reason."""
    served = set(SupportOrganization.objects.order_by().values_list("prefecture_id", flat=True).distinct())
    missing = [
        SupportOrganization(prefecture_id=row.code, kind=kind, name=name)
        for row in places.HUBS
        if row.code not in served
        for kind, name in programs.organizations_of(row.code, row.prefecture)
    ]
    return len(SupportOrganization.objects.bulk_create(missing))


def _consent_texts() -> int:
    """Only for purposes that have none."""
    there = set(ConsentText.objects.order_by().values_list("purpose", flat=True).distinct())
    began = dt.datetime.combine(PROGRAMME_BEGAN_ON, dt.time(), dt.UTC)
    missing = [
        ConsentText(purpose=purpose, version=version, body=body, valid_from=PROGRAMME_BEGAN_ON, set_at=began)
        for purpose, version, body in consents.TEXTS
        if purpose not in there
    ]
    return len(ConsentText.objects.bulk_create(missing))
