"""Where django-allauth asks us: who may sign in, what is written into the trail, what mails look like.

Every way in (password, passkey, password reset) passes `pre_login` and `login`; every change of password or
second factor passes `send_notification_mail`. So these hooks hold the audit lines, and nothing listens to signals.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from smtplib import SMTPException
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.translation import gettext_lazy as _

from accounts import actions, queries
from accounts.models import User

logger = logging.getLogger("yorozu.accounts")

# What allauth is about to tell the user by mail → the line of the trail, and what it is about.
NOTICES: dict[str, tuple[str, str]] = {
    "mfa/email/totp_activated": ("mfa.added", "totp"),
    "mfa/email/totp_deactivated": ("mfa.removed", "totp"),
    "mfa/email/webauthn_added": ("mfa.added", "passkey"),
    "mfa/email/webauthn_removed": ("mfa.removed", "passkey"),
    "mfa/email/recovery_codes_generated": ("mfa.added", "recovery_codes"),
    "account/email/password_changed": ("password.changed", "own"),
    "account/email/password_set": ("password.changed", "own"),
    "account/email/password_reset": ("password.changed", "reset"),
}


class SignInBackend(AuthenticationBackend):
    """Says who somebody is, never what they may do: hubs.access has the one table of rights.

    Stands first in AUTHENTICATION_BACKENDS. Left to Django's ModelBackend, rights would also come from
    groups and from a user's own list, at two queries a request.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        """Asked at sign-in and at every request: a closed account is out at once."""
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return False


def address_of(request: HttpRequest) -> str | None:
    """The network address that a request came from, seen through our proxies (TRUSTED_PROXIES) and no others."""
    try:
        return get_client_ip(request)
    except ImproperlyConfigured:  # somebody reached us past a proxy
        return request.META.get("REMOTE_ADDR")


class Adapter(DefaultAccountAdapter):
    """Sign-in as this system does it: no sign-up, every attempt written down."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("このアカウントは使えません。"),
        "email_password_mismatch": _("メールアドレスかパスワードが正しくありません。"),
        "too_many_login_attempts": _(
            "続けて失敗したため、サインインを止めています。5分ほど待ってから、もう一度お試しください。"
        ),
        "enter_current_password": _("現在のパスワードが正しくありません。"),
        "incorrect_password": _("パスワードが正しくありません。"),
        "invalid_password_reset": _("このリンクは使えません。期限が切れたか、すでに使われています。"),
        "incorrect_code": _("コードが正しくありません。"),
        "rate_limited": _("操作が多すぎます。しばらく待ってから、もう一度お試しください。"),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "0.0.0.0"  # noqa: S104  (a local socket without an address)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: administrators make accounts."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Lock-out: after five failures the address is refused, even with the right password."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            actions.note_failure(email=credentials.get("email", ""), reason="locked", at=timezone.now())
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        actions.note_failure(email=credentials.get("email", ""), reason="password", at=timezone.now())

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Demonstration accounts have a published password: outside demo mode such a row signs nobody in."""
        if user.is_demo and not settings.DEMO:
            actions.note_failure(email=user.email, reason="demo", at=timezone.now())
            user.is_active = False  # in memory only: allauth then says that the account cannot be used
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        """All factors are given. Django overwrites `last_login`, so the one before is kept first."""
        methods = [record["method"] for record in get_authentication_records(request, user)]
        before = user.last_login
        super().login(request, user)
        actions.note_login(user=user, before=before, methods=methods, at=timezone.now())

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        messages.info(request, queries.last_login_notice(user))
        return response

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            actions.note_logout(user=request.user, at=timezone.now())
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """Whoever has just proved to own the mailbox need not wait for the lock to end."""
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        if template_prefix in NOTICES:
            action, subject = NOTICES[template_prefix]
            actions.note_change(user=user, action=action, subject=subject, at=timezone.now())
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is away undoes nothing and tells no stranger which addresses exist: it is logged."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            logger.exception("mail %s was not sent", template_prefix)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Somebody without a password yet was invited; the others have forgotten theirs."""
        name = "password_reset_key" if user.has_usable_password() else "invitation"
        self.send_mail(f"account/email/{name}", email, context)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Mails are written in Japanese, whatever language the page was in that caused them."""
        with translation.override("ja"):
            return super().render_mail(template_prefix, email, context, headers)

    def get_reauthentication_methods(self, user: Any) -> list[dict]:
        names = {
            "reauthenticate": _("パスワードを使う"),
            "mfa_reauthenticate": _("認証アプリかリカバリーコードを使う"),
            "mfa_reauthenticate:webauthn": _("パスキーを使う"),
        }
        found = super().get_reauthentication_methods(user)
        return [method | {"description": str(names[method["id"]])} for method in found]


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are stored encrypted."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("この二要素認証は解除できません。"),
        "cannot_generate_recovery_codes": _("先に認証アプリかパスキーを登録してください。"),
        "incorrect_code": _("コードが正しくありません。"),
    }

    def encrypt(self, text: str) -> str:
        return _lock().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _lock().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return queries.passkey_name(user)


def _lock() -> MultiFernet:
    """Keys from SECRET_KEY and the keys before it, so that SECRET_KEY can be changed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factor:" + force_bytes(key)).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
