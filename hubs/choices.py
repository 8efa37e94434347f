"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """domain.md §1."""

    ADMINISTRATOR = "administrator", _("システム管理者")
    AGENCY = "agency", _("中小企業庁")
    BUREAU = "bureau", _("経済産業局")
    HEADQUARTERS = "headquarters", _("全国本部")
    ADVISOR = "advisor", _("アドバイザー")
    EVALUATOR = "evaluator", _("評価委員")
    IMPLEMENTING_BODY = "implementing_body", _("実施機関")
    CHIEF = "chief", _("チーフコーディネーター")
    COORDINATOR = "coordinator", _("コーディネーター")


class UnitKind(TextChoices):
    """The two units that a hub holds since 2026."""

    ONE_STOP = "one_stop", _("ワンストップ相談窓口")
    PRODUCTIVITY = "productivity", _("生産性向上支援センター")


class Post(TextChoices):
    """What somebody is appointed to (tender II ※1, ※2)."""

    CHIEF = "chief", _("チーフコーディネーター")
    ACTING_CHIEF = "acting_chief", _("チーフコーディネーター代理")
    COORDINATOR = "coordinator", _("コーディネーター")


class AppointmentState(TextChoices):
    """From the request to the end of the contract."""

    REQUESTED = "requested", _("協議中")
    AGREED = "agreed", _("合意済")
    DECLINED = "declined", _("不同意")
    WITHDRAWN = "withdrawn", _("取下げ")
    CONTRACTED = "contracted", _("契約中")
    ENDED = "ended", _("満了")
    RELEASED = "released", _("解除")


class AppointmentMove(TextChoices):
    """What can be done with an appointment."""

    REQUEST = "request", _("協議を申し入れる")
    AGREE = "agree", _("同意する")
    DECLINE = "decline", _("同意しない")
    WITHDRAW = "withdraw", _("取り下げる")
    CONTRACT = "contract", _("契約を結ぶ")
    END = "end", _("満了とする")
    RELEASE = "release", _("契約を解除する")


class ReleaseGround(TextChoices):
    """The closed list of tender II ※1 ④ 一 to 七."""

    OUT_OF_PURPOSE = "1", _("一 本事業の目的又は内容から逸脱した行為を行った")
    FALSE_APPLICATION = "2", _("二 申請内容に虚偽があることが判明した")
    FALSE_REPORT = "3", _("三 国、実施機関、全国本部に虚偽の報告をした")
    LAW_BREACH = "4", _("四 法令等に違反する行為を行った")
    DISCREDIT = "5", _("五 社会的信用を失墜する行為を行った")
    HEALTH = "6", _("六 心身に著しい障害があるため業務に耐えられない")
    UNFIT = "7", _("七 その他、チーフコーディネーターとして不適格")
