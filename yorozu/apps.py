"""Django's card of the wiring: its management commands."""

from django.apps import AppConfig


class YorozuConfig(AppConfig):
    name = "yorozu"
