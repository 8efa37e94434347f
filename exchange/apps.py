"""Django's card of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = _("データの出し入れ")

    def ready(self) -> None:
        from exchange.actions import traces

        traces.register()
