"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TokenScope(TextChoices):
    """What a program may do with a token. Never more than its owner may."""

    ENTERPRISES_READ = "enterprises:read", _("事業者を読む")
    ENTERPRISES_WRITE = "enterprises:write", _("事業者を登録・変更する")
    CASES_READ = "cases:read", _("案件を読む")
    CASES_WRITE = "cases:write", _("案件を登録・変更する")
    CONSULTATIONS_READ = "consultations:read", _("相談記録を読む")
    CONSULTATIONS_WRITE = "consultations:write", _("相談を記録・変更する")
    REFERRALS_READ = "referrals:read", _("紹介を読む")
    REFERRALS_WRITE = "referrals:write", _("紹介を送る")
    FIGURES_READ = "figures:read", _("集計値を読む")
