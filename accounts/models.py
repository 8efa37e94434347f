"""The user: a person with an e-mail address."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices import TokenScope

DEMO_DOMAIN = "demo.example"


class DemoAccountOutsideDemo(ValueError):
    """Demonstration accounts share a published password: outside demo mode none may exist."""


class UserManager(BaseUserManager["User"]):
    """Makes users. E-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new user; without a password none works. Raises DemoAccountOutsideDemo."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """For `manage.py createsuperuser`: a user who may enter the administration site."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Roles are memberships (hubs.models), never flags here."""

    email = models.EmailField(_("メールアドレス"), unique=True)
    name = models.CharField(_("氏名"), max_length=80)
    is_active = models.BooleanField(_("有効"), default=True)
    is_staff = models.BooleanField(_("管理サイト"), default=False)
    joined_at = models.DateTimeField(_("登録日時"), auto_now_add=True)
    previous_login_at = models.DateTimeField(_("前回のログイン"), null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("利用者")
        verbose_name_plural = pgettext_lazy("plural", "利用者")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_demo(self) -> bool:
        """One of the accounts that `make run` prints."""
        return self.email.endswith(f"@{DEMO_DOMAIN}")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.is_demo and not settings.DEMO:
            raise DemoAccountOutsideDemo(self.email)
        super().save(*args, **kwargs)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Sentences about tokens."""

    def alive(self, at: dt.datetime) -> Self:
        """Neither expired nor taken back."""
        return self.filter(expires_at__gt=at, revoked_at__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class ApiToken(models.Model):
    """A program's key to what one person may do, within its scopes and until its end. Only its digest is kept: whoever
    reads the database cannot use it."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("利用者"), related_name="tokens")
    name = models.CharField(_("用途"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    beginning = models.CharField(_("先頭"), max_length=12, editable=False)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("できること"))
    created_at = models.DateTimeField(_("発行日時"))
    expires_at = models.DateTimeField(_("有効期限"))
    revoked_at = models.DateTimeField(_("取消日時"), null=True)
    used_at = models.DateTimeField(_("最終利用日時"), null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("APIトークン")
        verbose_name_plural = _("APIトークン")
        indexes = [models.Index(fields=["user", "-created_at"], name="token_by_user")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="a_token_has_a_name"),
            models.CheckConstraint(
                condition=Q(scopes__len__gt=0, scopes__contained_by=TokenScope.values), name="a_tokens_scopes_are_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + dt.timedelta(days=366)),
                name="a_token_lives_a_year_at_most",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> dt.date:
        """The last day on which it opens anything: it ends with that day."""
        return timezone.localtime(self.expires_at - dt.timedelta(microseconds=1)).date()
