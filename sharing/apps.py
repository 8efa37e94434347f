"""Django's card of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharingConfig(AppConfig):
    name = "sharing"
    verbose_name = _("拠点間連携")

    def ready(self) -> None:
        from consultations.queries import timelines
        from sharing import queries, traces

        traces.register()
        for source in queries.MOMENTS:
            timelines.register(source)
