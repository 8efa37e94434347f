"""Django's card of this room."""

from django.apps import AppConfig


class HubsConfig(AppConfig):
    name = "hubs"
    verbose_name = "拠点"
