"""The month as it is told: its dates and states, what was reopened, what was published, what the agency is handed."""

from reports.models.closing import Publication, Reopening
from reports.models.compositions import Block, Composition, CompositionQuerySet, Paper
from reports.models.months import (
    USUAL_CLOSING_DAY,
    USUAL_DUE_DAY,
    Explanation,
    MonthlyReport,
    MonthlyReportQuerySet,
    MonthStep,
    Remark,
    ReportingMonth,
)
from reports.models.packages import Package, PackageFile, Subscription

__all__ = [
    "USUAL_CLOSING_DAY",
    "USUAL_DUE_DAY",
    "Block",
    "Composition",
    "CompositionQuerySet",
    "Explanation",
    "MonthStep",
    "MonthlyReport",
    "MonthlyReportQuerySet",
    "Package",
    "PackageFile",
    "Paper",
    "Publication",
    "Remark",
    "Reopening",
    "ReportingMonth",
    "Subscription",
]
