"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CodeKind(TextChoices):
    """The code lists. Their entries are data, with valid-from and valid-to."""

    THEME = "theme", _("相談細目")
    INDUSTRY = "industry", _("業種(日本標準産業分類)")
    ORGANIZATION_KIND = "organization_kind", _("支援機関の種別")
    INTRODUCER = "introducer", _("案件紹介元機関")
    HEARD_FROM = "heard_from", _("認知媒体")
