"""Django's card of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = _("予約")

    def ready(self) -> None:
        from booking import queries
        from booking.actions import bookings, traces
        from consultations.actions import assignments
        from consultations.queries import timelines

        traces.register()
        assignments.register("bookings", bookings.reference_under)
        for source in queries.MOMENTS:
            timelines.register(source)
