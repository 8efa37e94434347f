"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobState(TextChoices):
    """The life of a job."""

    QUEUED = "queued", _("待機中")
    RUNNING = "running", _("作成中")
    DONE = "done", _("完了")
    FAILED = "failed", _("失敗")
    EXPIRED = "expired", _("期限切れ")


class JobMove(TextChoices):
    """What happens to a job."""

    START = "start", _("始める")
    LOSE = "lose", _("見失う")
    FINISH = "finish", _("終える")
    FAIL = "fail", _("失敗する")
    EXPIRE = "expire", _("期限が切れる")
