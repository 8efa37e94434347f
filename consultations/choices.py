"""Closed lists of this room (domain.md §5). Lists that change from year to year are directory.Code."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EnterpriseKind(TextChoices):
    """事業者の区分."""

    CORPORATION = "corporation", _("法人")
    SOLE = "sole", _("個人事業主")
    FOUNDER = "founder", _("創業予定者")
    ASSOCIATION = "association", _("団体・組合")
    OTHER = "other", _("その他")


class Category(TextChoices):
    """主たる相談区分."""

    SALES = "sales", _("売上拡大")
    TURNAROUND = "turnaround", _("経営改善・事業再生")
    STARTUP = "startup", _("創業")
    SUCCESSION = "succession", _("事業承継")
    CLOSURE = "closure", _("廃業")
    OTHER = "other", _("その他")


class Method(TextChoices):
    """相談方法."""

    VISIT_TO_HUB = "visit_to_hub", _("来訪")
    VISIT_TO_CLIENT = "visit_to_client", _("訪問")
    OUTREACH = "outreach", _("出張相談会")
    SATELLITE = "satellite", _("サテライト")
    ONLINE = "online", _("オンライン")
    PHONE = "phone", _("電話")
    MAIL = "mail", _("メール")


class Reception(TextChoices):
    """受付経路."""

    PHONE = "phone", _("電話")
    WEB = "web", _("ウェブ")
    WALK_IN = "walk_in", _("窓口")
    MAIL = "mail", _("メール")
    INTRODUCED = "introduced", _("紹介")


class CaseState(TextChoices):
    """案件の状態."""

    RECEIVED = "received", _("受付")
    ACTIVE = "active", _("対応中")
    REFERRED = "referred", _("紹介中")
    WATCHING = "watching", _("経過観察")
    SOLVED = "solved", _("解決")
    UNSOLVED = "unsolved", _("終了(未解決)")
    SUSPENDED = "suspended", _("中断")


class CaseMove(TextChoices):
    """What can be done with a case."""

    START = "start", _("対応を始める")
    REFER = "refer", _("紹介中にする")
    WATCH = "watch", _("経過観察にする")
    SOLVE = "solve", _("解決として終了する")
    GIVE_UP = "give_up", _("未解決で終了する")
    SUSPEND = "suspend", _("中断する")
    REOPEN = "reopen", _("再開する")


class Resolution(TextChoices):
    """解決度."""

    SOLVED = "solved", _("解決")
    PARTLY = "partly", _("一部解決")
    UNSOLVED = "unsolved", _("未解決")
    UNKNOWN = "unknown", _("不明")


class InvolvementKind(TextChoices):
    """How a support organization takes part."""

    REFERRAL = "referral", _("紹介")
    COOPERATION = "cooperation", _("連携")


class ProgramUseKind(TextChoices):
    """How a support programme comes in."""

    USED = "used", _("活用した")
    INTRODUCED = "introduced", _("紹介した")


class NotCounted(TextChoices):
    """非計上の理由 (domain.md §4)."""

    NO_ADVICE = "no_advice", _("助言を伴わない連絡")
    DUPLICATE = "duplicate", _("重複入力")
    OUT_OF_SCOPE = "out_of_scope", _("支援対象外")
