"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LetterState(TextChoices):
    """The life of a letter."""

    QUEUED = "queued", _("送信待ち")
    SENT = "sent", _("送信済み")
    FAILED = "failed", _("送信できませんでした")


class LetterMove(TextChoices):
    """What happens to a letter."""

    SEND = "send", _("送る")
    GIVE_UP = "give_up", _("あきらめる")
