"""allauth's forms in our words: Japanese labels instead of placeholders, autocomplete for password managers."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import actions
from foundation.fields import CleanCharField

PASSWORD_RULE = _("12文字以上。よく使われるパスワード、氏名やメールアドレスに似たものは使えません。")
CODE_RULE = _("認証アプリに表示されている6桁の数字、またはリカバリーコードを入力してください。")
MISMATCH = _("2回入力したパスワードが一致しません。")

LABELS: dict[str, Any] = {
    "login": _("メールアドレス"),
    "email": _("メールアドレス"),
    "password": _("パスワード"),
    "oldpassword": _("現在のパスワード"),
    "password1": _("新しいパスワード"),
    "password2": _("新しいパスワード（確認）"),
    "code": _("確認コード"),
    "name": _("名前"),
    "passwordless": _("このパスキーだけでサインインできるようにする"),
}
HINTS: dict[str, Any] = {"password1": PASSWORD_RULE}
ATTRIBUTES: dict[str, dict[str, str]] = {
    "login": {"autocomplete": "username", "maxlength": "254"},
    "email": {"autocomplete": "username", "maxlength": "254"},
    "code": {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "16"},
    "name": {"autocomplete": "off"},
}


class InOurWords(forms.Form):
    """Gives the fields of an allauth form our labels, hints and attributes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, "")
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs |= ATTRIBUTES.get(name, {})

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        typed = [self.data.get(self.add_prefix(name)) for name in ("password1", "password2")]
        if all(typed) and typed[0] != typed[1] and "password2" in self.errors:
            self.errors["password2"] = self.error_class([str(MISMATCH)])  # instead of allauth's sentence
        return found


class SignIn(InOurWords, account.LoginForm):
    """E-mail address and password."""


class PasswordChange(InOurWords, account.ChangePasswordForm):
    """The password there is, and a new one twice."""


class PasswordSet(InOurWords, account.SetPasswordForm):
    """A first password."""


class PasswordReset(InOurWords, account.ResetPasswordForm):
    """Ask for a link by mail."""


class PasswordResetWithKey(InOurWords, account.ResetPasswordKeyForm):
    """The new password, from the mailed link."""


class Reauthentication(InOurWords, account.ReauthenticateForm):
    """The password once more, before something sensitive."""


class CodeForm(InOurWords):
    """Base of forms that ask for a code: a wrong one is written into the trail."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = CODE_RULE

    def clean_code(self) -> str:
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError:
            actions.note_failure(email=self.user.email, reason="code", at=timezone.now())
            raise


class SecondFactor(CodeForm, factor.AuthenticateForm):
    """The code, at sign-in."""


class SecondFactorAgain(CodeForm, factor.ReauthenticateForm):
    """The code, before something sensitive."""


class TotpActivation(InOurWords, totp.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("認証アプリに表示されている6桁の数字を入力してください。")


class PasskeyAddition(InOurWords, webauthn.AddWebAuthnForm):
    """A name for a new passkey; the browser fills in the rest."""

    name = CleanCharField(max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].help_text = _("指紋・顔・PINで本人確認ができる機器が必要です。")


class PasskeyNaming(InOurWords, webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    name = CleanCharField(max_length=80)
