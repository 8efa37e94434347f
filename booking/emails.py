"""What clients are told, and the entry for their calendar (RFC 5545, 5546)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from booking.models import Booking, token_of
from foundation.templatetags.shown import day as day_in_words
from letters import actions as letters

CALENDAR_NAME = "-//Yorozu//Booking//JA"


def tell_confirmed(booking: Booking, *, at: dt.datetime) -> None:
    """Time, place and person are agreed, or have changed."""
    changed = booking.sequence > 0
    with translation.override("ja"):
        subject = _("ご相談の予約の変更") if changed else _("ご相談の予約の確定")
        opening = _("ご相談の予約を変更しました。") if changed else _("ご相談の予約が確定しました。")
        _post(booking, f"confirmed:{booking.sequence}", subject, opening, at=at, method="REQUEST")


def tell_declined(booking: Booking, *, at: dt.datetime) -> None:
    """A request cannot be met."""
    with translation.override("ja"):
        opening = _("お申込みいただいたご相談は、お受けできませんでした。")
        _post(booking, "declined", _("ご相談のお申込みについて"), f"{opening}\n\n{booking.reason}", at=at)


def tell_cancelled(booking: Booking, *, at: dt.datetime) -> None:
    """A booking is no more; its entry leaves the client's calendar."""
    with translation.override("ja"):
        opening = _("ご相談の予約を取り消しました。")
        if booking.reason:
            opening += f"\n\n{booking.reason}"
        method = "CANCEL" if booking.coordinator_id else ""  # a mere request never was in a calendar
        _post(booking, "cancelled", _("ご相談の予約の取消"), opening, at=at, method=method)


def tell_tomorrow(booking: Booking, *, at: dt.datetime) -> None:
    """The day before."""
    with translation.override("ja"):
        opening = _("明日のご相談のお知らせです。お気をつけてお越しください。")
        _post(booking, f"reminder:{booking.sequence}", _("明日のご相談のお知らせ"), opening, at=at)


def link_of(booking: Booking) -> str:
    """Where the client sees and cancels the booking."""
    return settings.SITE_URL + reverse("book:own", args=[token_of(booking.client_id)])


def calendar_of(booking: Booking, *, method: str, at: dt.datetime) -> str:
    """The entry for the client's calendar. What the client asked stays out of it: calendars are shared."""
    assert booking.starts_at is not None
    assert booking.ends_at is not None
    event = Event()
    domain = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
    event.add("uid", f"{booking.client_id}@{domain}")
    event.add("dtstamp", at.astimezone(dt.UTC))
    event.add("dtstart", booking.starts_at.astimezone(dt.UTC))
    event.add("dtend", booking.ends_at.astimezone(dt.UTC))
    event.add("sequence", booking.sequence)
    event.add("summary", _("よろず支援拠点の相談(%(hub)s)") % {"hub": booking.hub})
    if booking.place is not None:
        event.add("location", " ".join(filter(None, (booking.place.name, booking.place.address))))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    organizer = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}")
    organizer.params["cn"] = vText(str(booking.hub))
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{booking.email}")
    attendee.params["partstat"] = vText("ACCEPTED")
    event.add("attendee", attendee)
    calendar = Calendar()
    calendar.add("prodid", CALENDAR_NAME)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def when_in_words(booking: Booking) -> str:
    """令和8年11月24日 10:00〜11:00, in Tokyo's time; what the client wished where nothing is agreed."""
    if booking.starts_at is None or booking.ends_at is None:
        return booking.wish
    first, last = timezone.localtime(booking.starts_at), timezone.localtime(booking.ends_at)
    return f"{day_in_words(first.date())} {first:%H:%M}〜{last:%H:%M}"


def _post(booking: Booking, about: str, subject: str, opening: str, *, at: dt.datetime, method: str = "") -> None:
    """Whoever left no address is called, as the page says."""
    if not booking.email:
        return
    lines = [_("%(name)s 様") % {"name": booking.client_name}, "", opening, ""]
    if when := when_in_words(booking):
        lines.append(_("日時: %(when)s") % {"when": when})
    if booking.place is not None:
        lines.append(_("場所: %(place)s") % {"place": f"{booking.place.name} {booking.place.address}".strip()})
    lines += [_("方法: %(method)s") % {"method": booking.get_method_display()}, ""]
    lines += [_("内容の確認と取消はこちら:"), link_of(booking), "", str(booking.hub)]
    letters.post(
        key=f"{booking.reference}:{about}", hub=booking.hub, to=booking.email, subject=f"【{booking.hub}】{subject}",
        body="\n".join(lines) + "\n", calendar=calendar_of(booking, method=method, at=at) if method else "", at=at,
    )  # fmt: skip
