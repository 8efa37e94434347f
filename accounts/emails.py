"""Mails to people about their own account. allauth words and sends them (accounts.adapter, templates/account/email)."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.http import HttpRequest

from accounts.forms import PasswordReset
from accounts.models import User


def send_password_link(user: User, request: HttpRequest) -> None:
    """Mail a link to set a password, once the account is stored."""
    form = PasswordReset({"email": user.email})
    if form.is_valid():
        transaction.on_commit(partial(form.save, request))
