"""Words of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlaceKind(TextChoices):
    """相談場所の種類."""

    HUB = "hub", _("拠点")
    SATELLITE = "satellite", _("サテライト")
    OUTREACH = "outreach", _("出張相談会")
    ONLINE = "online", _("オンライン")


class BookingState(TextChoices):
    """予約の状態."""

    REQUESTED = "requested", _("申込み")
    CONFIRMED = "confirmed", _("確定")
    DECLINED = "declined", _("謝絶")
    CANCELLED = "cancelled", _("取消")
    ATTENDED = "attended", _("来談")
    NO_SHOW = "no_show", _("無断欠席")


class BookingMove(TextChoices):
    """予約の操作."""

    CONFIRM = "confirm", _("確定する")
    DECLINE = "decline", _("断る")
    CANCEL = "cancel", _("取り消す")
    ATTEND = "attend", _("来談")
    MISS = "miss", _("無断欠席にする")


class Source(TextChoices):
    """Who made a booking."""

    PUBLIC = "public", _("公開ページからの申込み")
    HUB = "hub", _("拠点で受付")


class Weekday(TextChoices):
    """Days of the week, as Python numbers them."""

    MONDAY = "0", _("月曜")
    TUESDAY = "1", _("火曜")
    WEDNESDAY = "2", _("水曜")
    THURSDAY = "3", _("木曜")
    FRIDAY = "4", _("金曜")
    SATURDAY = "5", _("土曜")
    SUNDAY = "6", _("日曜")
