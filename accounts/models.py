"""The user: a person with an e-mail address."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
