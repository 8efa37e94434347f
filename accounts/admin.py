"""Accounts, as administrators make, close and help them. Nobody sees or sets another person's password."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import actions, emails
from accounts.models import User

# Rights are memberships (hubs), secrets are nobody's business, addresses follow the user.
for model in (Group, Authenticator, EmailAddress):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """A new account gets a mail to set its password. Accounts are closed, never deleted: the trail names them."""

    fields = ("email", "name", "is_active", "joined_at", "last_login")
    readonly_fields = ("joined_at", "last_login")
    list_display = ("email", "name", "is_active", "last_login", "joined_at")
    list_filter = ("is_active", "last_login")
    search_fields = ("email", "name")
    ordering = ("email",)
    list_per_page = 50
    actions = ("invite", "remove_factors", "close")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        actions.save_account(user=obj, changed=list(form.changed_data), by=request.user, at=timezone.now())
        if not change:
            self._invite(request, obj)
            messages.info(request, _("パスワードを設定するためのメールを送りました。"))

    @admin.action(description=gettext_lazy("パスワード設定のメールを送る"))
    def invite(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        people = queryset.filter(is_active=True)
        for user in people:
            self._invite(request, user)
        messages.success(request, _("%(count)d人にメールを送りました。") % {"count": len(people)})

    @admin.action(description=gettext_lazy("二要素認証をすべて解除する（機器を失くした人）"))
    def remove_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            actions.remove_factors(user=user, by=request.user, at=timezone.now())
        messages.success(request, _("解除しました。次のサインインのあとに、もう一度設定してもらってください。"))

    @admin.action(description=gettext_lazy("無効にする"))
    def close(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=True):
            user.is_active = False
            actions.save_account(user=user, changed=["is_active"], by=request.user, at=timezone.now())
        messages.success(request, _("無効にしました。"))

    def _invite(self, request: HttpRequest, user: User) -> None:
        emails.send_password_link(user, request)
        actions.note_invitation(user=user, by=request.user, at=timezone.now())
