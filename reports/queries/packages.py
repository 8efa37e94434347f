"""What packages there are, what belongs in one, and who may have which of its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from audit.models import Entry
from foundation.periods import FiscalYear, Month
from hubs.access import GRANTS, Permission, memberships_of
from hubs.models import Bureau, Hub
from metrics.models import Freeze, Level
from reports.choices import PackageFormat, PackageKind
from reports.editions import NATION, Edition
from reports.models import Package, PackageFile
from reports.models.packages import PackageFileQuerySet
from reports.readings import Reading, newest_freezes

KIND = "reports.make_package"
DOWNLOADED = "package.downloaded"
FORMS = {
    Level.NATION: (PackageFormat.XLSX, PackageFormat.PDF, PackageFormat.DATA),
    Level.BUREAU: (PackageFormat.XLSX, PackageFormat.PDF, PackageFormat.DATA),
    Level.HUB: (PackageFormat.XLSX, PackageFormat.PDF),
}
FOLDERS = {Level.NATION: "01_全国", Level.BUREAU: "02_経済産業局", Level.HUB: "03_拠点"}
ENDINGS = {PackageFormat.XLSX: ".xlsx", PackageFormat.PDF: ".pdf", PackageFormat.DATA: "_データ.zip"}
PROOFS = {PackageFormat.MANIFEST: "manifest.json", PackageFormat.SIGNATURE: "manifest.json.sig"}


@dataclass(frozen=True)
class Due:
    """One file that a package is to have."""

    edition: Edition
    form: PackageFormat

    @property
    def key(self) -> tuple[str, str]:
        return self.edition.slug, str(self.form.value)

    def path_in(self, package: Package) -> str:
        """03_拠点/よろず支援拠点_月次報告_2026年10月_第1版_13東京都版.xlsx"""
        if self.form in PROOFS:
            return PROOFS[self.form]
        kind = "年次報告" if package.is_year else "月次報告"
        number = f"{self.edition.hub.pk:02d}" if self.edition.hub is not None else ""
        name = f"よろず支援拠点_{kind}_{package.period}_第{package.version}版_{number}{self.edition.title}"
        return f"{FOLDERS[self.edition.level]}/{name}{ENDINGS[self.form]}"


@dataclass(frozen=True)
class Basis:
    """What a package is made from: the freeze that it tells, those it compares with, those it corrects."""

    freeze: Freeze
    told: list[int]
    carried: list[int]

    def is_of(self, package: Package) -> bool:
        """Whether the package is made from just this. What it compares with may have moved meanwhile."""
        return package.freeze_id == self.freeze.pk and package.carried == self.carried


def plan() -> list[Due]:
    """Every file of a package, the nation's first; without manifest and signature."""
    return [Due(edition, form) for edition in Edition.every() for form in FORMS[edition.level]]


def proofs() -> list[Due]:
    """The manifest and its signature, which come last."""
    return [Due(Edition(NATION, "全国"), form) for form in PROOFS]


def basis_of(kind: str, first: dt.date) -> Basis | None:
    """What a package of a period would be made from now; None while nothing of it is closed."""
    months = FiscalYear.of(first).months if kind == PackageKind.YEAR else (Month.of(first),)
    days = [month.first for month in months]
    newest = Freeze.objects.filter(month__in=days).newest_first().first()
    if newest is None:
        return None
    carried = Freeze.objects.filter(carried_in__in=days, version__gt=1).order_by("pk")
    told = sorted(one.pk for one in newest_freezes(newest.as_month))
    return Basis(newest, told, list(carried.values_list("pk", flat=True)))


def reading_of(package: Package) -> Reading:
    """All figures of a package, in the scope of every hub's figures."""
    return Reading(
        month=package.month,
        hubs=list(Hub.objects.select_related("prefecture__bureau").order_by("pk")),
        bureaus=list(Bureau.objects.order_by("position")),
        freezes=Freeze.objects.filter(pk__in=package.told),
        carried=list(Freeze.objects.filter(pk__in=package.carried)),
        kind=PackageKind(package.kind),
    )


def unpublished(month: Month) -> bool:
    """Whether something that the month's package would tell has not been published."""
    return Freeze.objects.filter(carried_in=month.first, publication__isnull=True).exists()


# ---- who may have what
def files_for(user: Any) -> PackageFileQuerySet:
    """The files that a user may have from national pages: all of them, or a bureau's own edition. That one holds the
    nation's figures beside its own; other hubs' are not a bureau's to see."""
    granting = [m for m in memberships_of(user) if m.hub_id is None and Permission.DOWNLOAD_REPORT in GRANTS[m.role]]
    if any(m.bureau_id is None for m in granting):
        return PackageFile.objects.all()
    mine = Q(bureau__in=[m.bureau_id for m in granting], hub__isnull=True)
    return PackageFile.objects.filter(mine | Q(form__in=list(PROOFS)))


def files_of_hub(hub: Hub) -> PackageFileQuerySet:
    """A hub's edition of every complete package, with what proves it."""
    own = PackageFile.objects.filter(Q(hub=hub) | Q(form__in=list(PROOFS)), package__made_at__isnull=False)
    return own.select_related("package__freeze").order_by(
        "-package__freeze__month", "package__kind", "-package__version", "path"
    )


@dataclass(frozen=True)
class EditionFiles:
    """One edition's files as a page lists them."""

    label: str
    level: str
    files: list[PackageFile]


def by_edition(files: Iterable[PackageFile]) -> list[EditionFiles]:
    """Files grouped by edition, the nation's first, then bureaus' and hubs' in their official order."""
    labels = {edition.slug: edition for edition in Edition.every()}
    found: dict[str, list[PackageFile]] = {}
    for file in files:
        if file.form not in PROOFS:
            found.setdefault(file.edition, []).append(file)
    order = list(PackageFormat)
    return [
        EditionFiles(edition.label, str(edition.level.label), sorted(found[slug], key=lambda f: order.index(f.form)))  # type: ignore[arg-type]
        for slug, edition in labels.items() if slug in found
    ]  # fmt: skip


def progress_of(packages: Sequence[Package]) -> dict[int, int]:
    """How many files each of some packages has: in one query, whoever asks."""
    rows = PackageFile.objects.filter(package__in=[package.pk for package in packages])
    found: dict[int, int] = {}
    for pk in rows.values_list("package_id", flat=True).order_by("pk"):
        found[pk] = found.get(pk, 0) + 1
    return found


def downloads_of(package: Package, *, at_most: int) -> list[Entry]:
    """Who fetched what of a package and when, newest first, from the trail."""
    lines = Entry.objects.about(package._meta.label_lower, str(package.pk)).filter(action=DOWNLOADED)
    return list(lines.newest_first()[:at_most])
