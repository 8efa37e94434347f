"""Django's card of this room."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class HubsConfig(AppConfig):
    name = "hubs"
    verbose_name = pgettext_lazy("plural", "拠点")
