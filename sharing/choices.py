"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SharingKind(TextChoices):
    """What one hub asks of another."""

    JOINT = "joint", _("共同支援")
    TRANSFER = "transfer", _("拠点間移管")


class SharingState(TextChoices):
    """How far a request is."""

    ASKED = "asked", _("回答待ち")
    ACCEPTED = "accepted", _("承諾")
    DECLINED = "declined", _("辞退")
    WITHDRAWN = "withdrawn", _("取下げ")
    ENDED = "ended", _("終了")
    EXPIRED = "expired", _("期限切れ")


class SharingMove(TextChoices):
    """What can be done with a request."""

    ASK = "ask", _("申し入れる")
    ACCEPT = "accept", _("承諾する")
    DECLINE = "decline", _("辞退する")
    WITHDRAW = "withdraw", _("取り下げる")
    RECEIVE = "receive", _("引き継ぐ")
    END = "end", _("終える")
    EXPIRE = "expire", _("期限が過ぎる")


class ConsentHow(TextChoices):
    """How the client agreed that the two hubs speak of them."""

    WRITTEN = "written", _("書面")
    MAIL = "mail", _("メール")
    SPOKEN = "spoken", _("口頭")
