"""Django's card of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = _("紹介")

    def ready(self) -> None:
        from consultations.queries import timelines
        from referrals import queries
        from referrals.actions import traces

        traces.register()
        for source in queries.MOMENTS:
            timelines.register(source)
