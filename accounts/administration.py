"""Django's administration site behind our own door: one way to sign in, one way out, rights from one table."""

from __future__ import annotations

from typing import Any

from allauth.account.views import logout as sign_out
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class Administration(AdminSite):
    """Its own sign-in page would ask for no second factor: there is none."""

    site_header = _("よろず支援拠点 システム管理")
    site_title = _("システム管理")
    index_title = _("管理する対象")
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """The administrator's right (hubs.access), not a flag on the user."""
        return request.user.is_active and request.user.has_perm("accounts.administer")

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:  # type: ignore[override]
        return redirect("account_login")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:  # type: ignore[override]
        return sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:  # type: ignore[override]
        return redirect("account_change_password")
