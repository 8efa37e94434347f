"""Django's card of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = _("相談")

    def ready(self) -> None:
        from consultations.actions import merge_traces, note_traces
        from consultations.queries import moments

        merge_traces.register()
        note_traces.register()
        moments.register_own()
