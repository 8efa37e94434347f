"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StudyState(TextChoices):
    """支援事例の状態."""

    DRAFT = "draft", _("下書き")
    PUBLISHED = "published", _("公表中")
    WITHDRAWN = "withdrawn", _("公表終了")


class StudyMove(TextChoices):
    """What headquarters does with a case study."""

    PUBLISH = "publish", _("公表する")
    WITHDRAW = "withdraw", _("公表を終える")
