"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Event(TextChoices):
    """What can be told: lines of the trail, by their own names. Looking at a record is nobody else's business."""

    ENTERPRISE_REGISTERED = "enterprise.registered", _("事業者の登録")
    ENTERPRISE_REVISED = "enterprise.revised", _("事業者の変更")
    CASE_OPENED = "case.opened", _("案件の受付")
    CASE_REVISED = "case.revised", _("案件の変更")
    CASE_START = "case.start", _("案件の対応開始")
    CASE_REFER = "case.refer", _("案件を紹介中に変更")
    CASE_WATCH = "case.watch", _("案件を経過観察に変更")
    CASE_SOLVE = "case.solve", _("案件の解決")
    CASE_GIVE_UP = "case.give_up", _("案件の未解決での終了")
    CASE_SUSPEND = "case.suspend", _("案件の中断")
    CASE_REOPEN = "case.reopen", _("案件の再開")
    CONSULTATION_LOGGED = "consultation.logged", _("相談記録の登録")
    CONSULTATION_REVISED = "consultation.revised", _("相談記録の変更")
    CONSULTATION_DELETED = "consultation.deleted", _("相談記録の削除")
    OUTCOME_RECORDED = "outcome.recorded", _("成果の登録")
    REFERRAL_SENT = "referral.sent", _("紹介・連携の送付")
    REFERRAL_ANSWERED = "referral.answered", _("紹介・連携への回答")
    REFERRAL_WORK_LOGGED = "referral.work_logged", _("紹介先の支援の記入")
    REFERRAL_EXPIRED = "referral.expired", _("紹介・連携の期限切れ")


PING = "ping"  # the trial that a chief sends


class DeliveryState(TextChoices):
    """How far a message has come."""

    QUEUED = "queued", _("送信待ち")
    DELIVERED = "delivered", _("届いた")
    GIVEN_UP = "given_up", _("届かなかった")
