"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Found(TextChoices):
    """What one search looks through, in the order of its answer."""

    ENTERPRISES = "enterprises", _("事業者")
    CASES = "cases", _("案件")
    NOTES = "notes", _("相談記録")
    ORGANIZATIONS = "organizations", _("支援機関")
