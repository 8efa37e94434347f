"""Django's cards of this room."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import pgettext_lazy


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = pgettext_lazy("plural", "利用者")
    default = True


class AdministrationConfig(admin.AdminConfig):
    """Django's administration site, with our door (accounts.administration)."""

    default = False
    default_site = "accounts.administration.Administration"
