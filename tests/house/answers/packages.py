"""Packages: of the nation's, a bureau's and a hub's editions; the agency's page."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from foundation.periods import Month
from hubs.models import Bureau, Hub
from hubs.tenancy import Scope, entered
from jobs.models import Job
from metrics.models import Freeze
from reports.models import Package, PackageFile
from tests import making

# fmt: off
ROWS = {
    #                                                           ┌ anonymous
    #                                                           │┌ no role
    #                                                           ││┌ coordinator, chief
    #                                                           ││││┌ implementing body, advisor, evaluator
    #                                                           │││││││┌ bureau, agency, headquarters, administrator
    "agency/":                                                 "sxxxxxxxyyx",
    "agency/subscription/":                                    "sxxxxxxyyyx",
    "reports/packages/":                                       "sxxxxxxyyyx",
    "reports/packages/orders/":                                "sxxxxxxxxgx",
    "reports/packages/<int:pk>/":                              "sxxxxxxyyyx",
    "reports/packages/<int:pk>/progress/":                     "sxxxxxxyyyx",
    "reports/packages/<int:pk>/archive/":                      "sxxxxxxyyyx",
    "reports/packages/files/<int:file>/":                      "sxxxxxxyyyx",
    "reports/signing-key.pem":                                 "yyyyyyyyyyy",
    "hubs/<slug:hub>/reports/":                                "s-xyyxxyyyx s-------yyx",
    "hubs/<slug:hub>/reports/<int:file>/":                     "s-xyyxxyyyx s-------yyx",
}
# fmt: on
MONTH = Month(2031, 5)


def package_of(hub: Hub) -> Package:
    """A complete package with Kanto's and the hub's edition, without anything being closed for it."""
    by = making.staff_of(hub)
    with entered(Scope.of_hub(hub.pk)):
        freeze, _new = Freeze.objects.get_or_create(
            month=MONTH.first, version=1,
            defaults={"cause": "closing", "carried_in": MONTH.first, "made_at": making.MOMENT, "made_by": by,
                      "definitions": [], "sha256": "0" * 64},
        )  # fmt: skip
        package = Package.objects.filter(first=MONTH.first).first()
        if package is None:
            job = Job.objects.create(
                kind="reports.make_package", requested_by=by, requested_at=making.MOMENT, state="failed"
            )
            package = Package.objects.create(
                kind="month", first=MONTH.first, version=1, freeze=freeze, files_due=3, job=job, requested_by=by,
                requested_at=making.MOMENT, made_at=making.MOMENT,
            )  # fmt: skip
            add_file(package, "kanto", bureau=Bureau.objects.get(slug="kanto"))
    return package


def add_file(package: Package, edition: str, **of: Any) -> PackageFile:
    """One file of an edition, in the scope that holds its hub."""
    stored = default_storage.save(f"packages/{package.pk}/{edition}", ContentFile(edition.encode()))
    return PackageFile.objects.create(
        package=package, edition=edition, form="pdf", path=f"{edition}.pdf", stored=stored, bytes=len(edition),
        sha256=hashlib.sha256(edition.encode()).hexdigest(), made_at=making.MOMENT, **of,
    )  # fmt: skip


def fill(hub: Hub) -> dict[str, Any]:
    """A package that both hubs' addresses share, and each hub's own file of it."""
    package = package_of(hub)
    with entered(Scope.of_hub(hub.pk)):
        own = add_file(package, f"hub-{hub.slug}", hub=hub)
        kanto = PackageFile.objects.get(package=package, edition="kanto")
    return {
        "reports/<int:file>": own.pk,
        "reports/packages/files/<int:file>": kanto.pk,
        "packages/<int:pk>": package.pk,
    }
