"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Format(TextChoices):
    """What a report is handed out as."""

    XLSX = "xlsx", _("Excel(.xlsx)")
    PDF = "pdf", _("PDF(.pdf)")
    CSV = "csv", _("CSV(UTF-8)")
    CSV_CP932 = "csv-cp932", _("CSV(Shift_JIS・cp932)")
