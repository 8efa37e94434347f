"""What packages there are, what belongs in one, and who may have which of its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from audit.models import Entry
from foundation.periods import FiscalYear, Month
from hubs.access import GRANTS, Permission, memberships_of
from hubs.models import Bureau, Hub
from metrics.models import Freeze, Level
from reports.choices import PackageFormat, PackageKind
from reports.editions import NATION, Edition
from reports.models import Package, PackageFile
from reports.models.packages import PackageFileQuerySet, PackageQuerySet
from reports.readings import Reading, newest_freezes
from reports.words import OF_PLACES

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
    mine = Q(carried_in__in=days)
    if kind == PackageKind.YEAR:
        mine |= Q(month__in=days)  # a year that has ended is corrected by what later months carry
    carried = Freeze.objects.filter(mine, version__gt=1).order_by("pk")
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
    if sees_every_edition(user):
        return PackageFile.objects.all()
    mine = Q(bureau__in=[m.bureau_id for m in granting], hub__isnull=True)
    return PackageFile.objects.filter(mine | Q(form__in=list(PROOFS)))


def files_of_hub(hub: Hub) -> PackageFileQuerySet:
    """A hub's edition of every complete package, with what proves it."""
    return PackageFile.objects.filter(Q(hub=hub) | Q(form__in=list(PROOFS)), package__made_at__isnull=False)


def packages_of_hub(hub: Hub) -> PackageQuerySet:
    """The complete packages that hold an edition of a hub, newest first."""
    mine = PackageFile.objects.filter(hub=hub)
    return Package.objects.complete().filter(pk__in=mine.values("package")).with_job().newest_first()


def with_files_of_hub(hub: Hub, packages: Sequence[Package]) -> list[Shown]:
    """Packages with a hub's files of them."""
    files: dict[int, list[PackageFile]] = {}
    for file in files_of_hub(hub).filter(package__in=[package.pk for package in packages]).in_order():
        files.setdefault(file.package_id, []).append(file)
    return [Shown(package, files.get(package.pk, []), package.files_due) for package in packages]


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


# ---- pages
@dataclass(frozen=True)
class Shown:
    """A package as a page shows it to one user."""

    package: Package
    files: list[PackageFile]
    made: int  # of the package's files, whoever may have them

    @property
    def main(self) -> list[PackageFile]:
        """The files of the widest edition that the user may have: what most people come for."""
        rest = [file for file in self.files if file.form not in PROOFS]
        first = next((file.edition for file in sorted(rest, key=lambda file: file.path)), "")
        order = list(PackageFormat)
        return sorted((f for f in rest if f.edition == first), key=lambda f: order.index(f.form))  # type: ignore[arg-type]

    @property
    def proofs(self) -> list[PackageFile]:
        return sorted((file for file in self.files if file.form in PROOFS), key=lambda file: file.path)


def shown_to(user: Any, packages: Sequence[Package]) -> list[Shown]:
    """Packages with the files that a user may have."""
    made = progress_of(packages)
    files: dict[int, list[PackageFile]] = {}
    for file in files_for(user).filter(package__in=[package.pk for package in packages]).in_order():
        files.setdefault(file.package_id, []).append(file)
    return [Shown(package, files.get(package.pk, []), made.get(package.pk, 0)) for package in packages]


def sees_every_edition(user: Any) -> bool:
    """Whether a user may have the nation's edition, and with it what is said of every hub."""
    return any(
        m.hub_id is None and m.bureau_id is None and Permission.DOWNLOAD_REPORT in GRANTS[m.role]
        for m in memberships_of(user)
    )


def summary_for(user: Any, package: Package) -> list[tuple[str, str]]:
    """The summary of the nation's edition; a bureau is not told of other hubs."""
    every = sees_every_edition(user)
    return [(heading, text) for heading, text in package.summary if every or heading != OF_PLACES]


def periods_to_order() -> list[tuple[str, str]]:
    """What is closed, newest first, for choosing by hand: months, and the fiscal years that they lie in."""
    days = Freeze.objects.order_by("-month").values_list("month", flat=True).distinct()
    months = [Month.of(day) for day in days]
    years = dict.fromkeys(month.fiscal_year for month in months)
    return [
        *((f"{PackageKind.MONTH} {month}", _("%(year)s年%(month)s月") % {"year": month.year, "month": month.number})
          for month in months[:24]),
        *((f"{PackageKind.YEAR} {year.first:%Y-%m}", year.japanese) for year in years),
    ]  # fmt: skip
