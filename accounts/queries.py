"""What is told to people about their own account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import ApiToken, User
from audit.models import Entry
from foundation.templatetags.shown import moment

SIGN_INS = ("login.succeeded", "login.failed", "logout")


def recent_sign_ins(user: User, count: int = 10) -> list[Entry]:
    """The newest lines of the trail about somebody's own sign-ins."""
    return list(_lines_about(user).filter(action__in=SIGN_INS).order_by("-at", "-pk")[:count])


def last_login_notice(user: User) -> str:
    """前回のログイン: 令和8年4月1日 9:05, and how many attempts have failed since (政府統一基準)."""
    before = user.previous_login_at
    if before is None:
        return _("はじめてのサインインです。")
    notice = _("前回のログイン: %(when)s") % {"when": moment(before)}
    failed = _lines_about(user).filter(action="login.failed", at__gt=before).count()
    if not failed:
        return notice
    warning = ngettext(
        "その後、失敗したサインインが%(count)d回ありました。心当たりがなければ管理者に連絡してください。",
        "その後、失敗したサインインが%(count)d回ありました。心当たりがなければ管理者に連絡してください。",
        failed,
    )
    return f"{notice} {warning % {'count': failed}}"


def passkey_name(user: Any) -> str:
    """A name for somebody's next passkey, which they may change."""
    count = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).count()
    return _("パスキー%(number)d") % {"number": count + 1}


def token_alive(*, digest: str, at: dt.datetime) -> ApiToken | None:
    """The token of a digest, if it may still be used and its owner may still sign in."""
    rows = ApiToken.objects.alive(at).filter(digest=digest, user__is_active=True)
    return rows.select_related("user").first()


def _lines_about(user: User) -> Any:
    return Entry.objects.filter(subject_type=user._meta.label_lower, subject_id=str(user.pk))
