"""Closed lists of this room (domain.md §5 紹介・連携)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReferralKind(TextChoices):
    """種別. Between hubs there are transfers and joint support: the room `sharing`."""

    REFERRAL = "referral", _("紹介")
    COOPERATION = "cooperation", _("連携対応")
    EXPERT = "expert", _("専門家派遣")


class ReferralState(TextChoices):
    """状態."""

    PREPARED = "prepared", _("準備中")
    SENT = "sent", _("送付")
    RECEIVED = "received", _("受領")
    ACTIVE = "active", _("対応中")
    SUPPORTED = "supported", _("完了(支援あり)")
    UNSUPPORTED = "unsupported", _("完了(支援なし)")
    UNREACHABLE = "unreachable", _("連絡不能")
    DECLINED = "declined", _("辞退")
    CANCELLED = "cancelled", _("取消")
    EXPIRED = "expired", _("期限切れ")


class ReferralMove(TextChoices):
    """What happens to a referral."""

    SEND = "send", _("送付する")
    RECEIVE = "receive", _("受け取った")
    START = "start", _("対応を始めた")
    SUPPORT = "support", _("支援して完了した")
    END = "end", _("支援せずに終わった")
    MISS = "miss", _("事業者と連絡がとれない")
    DECLINE = "decline", _("引き受けられない")
    CANCEL = "cancel", _("取り消す")
    EXPIRE = "expire", _("期限が切れる")


class Consent(TextChoices):
    """同意の方法."""

    WRITTEN = "written", _("書面")
    ORAL = "oral", _("口頭")
    MAIL = "mail", _("メール")
    ONLINE = "online", _("オンライン面談")


class Shared(TextChoices):
    """提供情報の範囲: what a client may consent to hand on. queries.sharing knows where each comes from."""

    NAME = "name", _("名称")
    REPRESENTATIVE = "representative", _("代表者")
    PHONE = "phone", _("電話番号")
    EMAIL = "email", _("メール")
    ADDRESS = "address", _("住所")
    CORPORATE_NUMBER = "corporate_number", _("法人番号")
    INDUSTRY = "industry", _("業種")
    EMPLOYEES = "employees", _("常時使用従業員数")
    CATEGORY = "category", _("主たる相談区分")
    OUTLINE = "outline", _("相談概要")


class Waiting(TextChoices):
    """What a list may be narrowed to besides a state."""

    OPEN = "open", _("終わっていないもの")
    UNANSWERED = "unanswered", _("回答待ち")
    OVERDUE = "overdue", _("回答が遅れているもの")
    RESULTLESS = "resultless", _("結果待ち")
    ALL = "all", _("すべて")
