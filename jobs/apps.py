"""Django's card of this room."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = pgettext_lazy("plural", "処理")
