"""What is written about a month to hubs, headquarters and the agency: in Japanese, with a link, without any figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.periods import Month, japanese_day
from hubs.models import Hub
from metrics.indicators import INDICATORS
from reports.models import Composition, MonthlyReport, Package, Reopening, ReportingMonth

if TYPE_CHECKING:
    from reports.queries.chasing import Overdue

TO_SUBMIT = ("reports/mail/reminder.txt", "reports/mail/returned.txt")  # they lead to the submission


@dataclass(frozen=True)
class Text:
    """Subject and body."""

    subject: str
    body: str


def reminder(report: MonthlyReport, to: User, *, day: int) -> Text:
    """To a hub's chief, so many days after 提出期限 (before it, if negative)."""
    due = {"month": _month(report.month), "due": japanese_day(report.reporting_month.due_on)}
    with translation.override("ja"):
        if day < 0:
            subject = _("【よろず支援拠点】%(month)sの月次報告の提出期限は%(due)sです")
        elif day == 0:
            subject = _("【よろず支援拠点】%(month)sの月次報告の提出期限は本日(%(due)s)です")
        else:
            subject = _("【よろず支援拠点】%(month)sの月次報告の提出期限(%(due)s)を過ぎています")
        return _written("reports/mail/reminder.txt", subject % due, report, to, day=day)


def body_copy(report: MonthlyReport, to: User, *, day: int) -> Text:
    """To the implementing body of a hub that is late."""
    with translation.override("ja"):
        subject = _("【よろず支援拠点】%(hub)sの%(month)sの月次報告が提出されていません") % {
            "hub": report.hub.name, "month": _month(report.month),
        }  # fmt: skip
        return _written("reports/mail/body_copy.txt", subject, report, to, day=day)


def returned(
    report: MonthlyReport, to: User, note: str, remarks: Mapping[str, str], *, until: dt.datetime | None
) -> Text:
    """To the chief: headquarters asks again, with what it said; `until` when the records of a closed month are open."""
    with translation.override("ja"):
        said = [(str(INDICATORS[code].label), text.strip()) for code, text in remarks.items() if text.strip()]
        subject = _("【よろず支援拠点】%sの月次報告が差し戻されました") % _month(report.month)
        return _written("reports/mail/returned.txt", subject, report, to, note=note, said=said, until=_moment(until))


def accepted(report: MonthlyReport, to: User) -> Text:
    """To the chief: headquarters has checked the month."""
    with translation.override("ja"):
        subject = _("【よろず支援拠点】%sの月次報告が確認済みになりました") % _month(report.month)
        return _written("reports/mail/accepted.txt", subject, report, to)


def reopening_asked(reopening: Reopening, to: User) -> Text:
    """To headquarters: a hub asks to open a closed month. Why, is on the page: a chief's words may name a client."""
    report = reopening.report
    with translation.override("ja"):
        subject = _("【よろず支援拠点】%(hub)sの%(month)sの再開の申請があります") % {
            "hub": report.hub.name, "month": _month(report.month),
        }  # fmt: skip
        return _written("reports/mail/reopening_asked.txt", subject, report, to)


def reopening_decided(reopening: Reopening, to: User) -> Text:
    """To the chief: granted until a moment, or refused and why."""
    report = reopening.report
    with translation.override("ja"):
        subject = _("【よろず支援拠点】%sの再開の申請への回答") % _month(report.month)
        until = _moment(reopening.until)
        return _written("reports/mail/reopening_decided.txt", subject, report, to, until=until, answer=reopening.answer)


def dates_changed(hub: Hub, row: ReportingMonth, to: User) -> Text:
    """To the chief: headquarters has set other dates."""
    with translation.override("ja"):
        month = Month.of(row.month)
        return Text(
            _("【よろず支援拠点】%sの月次報告の提出期限・締め日が変わりました") % _month(month),
            render_to_string("reports/mail/dates_changed.txt", {
                "to": to, "hub": hub, "month": _month(month), "due": japanese_day(row.due_on),
                "closing": japanese_day(row.closes_on),
                "address": settings.SITE_URL + reverse("months:month", args=[hub.slug, str(month)]),
            }),
        )  # fmt: skip


def digest(to: User, overdue: Sequence[Overdue], *, ready: int, today: dt.date) -> Text:
    """To headquarters: who is late today, and how many submissions wait to be looked at."""
    with translation.override("ja"):
        return Text(
            _("【よろず支援拠点】月次報告の提出が遅れている拠点(%s)") % japanese_day(today),
            render_to_string("reports/mail/digest.txt", {
                "to": to, "rows": [(_month(row.month), row.hub.name, row.days) for row in overdue], "ready": ready,
                "address": settings.SITE_URL + reverse("nation_months:list"),
            }),
        )  # fmt: skip


def package_made(package: Package, to: User) -> Text:
    """To a subscriber: it is there, and how to be told no more."""
    with translation.override("ja"):
        told = {"kind": package.get_kind_display(), "period": package.period, "version": package.version}
        return Text(
            _("【よろず支援拠点】%(kind)s報告 %(period)s 第%(version)s版ができました") % told,
            render_to_string("reports/mail/package_made.txt", told | {
                "to": to, "address": settings.SITE_URL + reverse("reports:package", args=[package.pk]),
                "stop": settings.SITE_URL + reverse("agency:subscription"),
            }),
        )  # fmt: skip


def composed(composition: Composition, to: User) -> Text:
    """To the agency: headquarters has submitted its own report of a month."""
    with translation.override("ja"):
        about = {"month": _month(composition.as_month), "version": composition.version}
        return Text(
            _("【よろず支援拠点】%(month)sの月次報告(本部・第%(version)s版)が提出されました") % about,
            render_to_string("reports/mail/composed.txt", about | {
                "to": to, "address": settings.SITE_URL + reverse("reports:composition", args=[composition.pk]),
            }),
        )  # fmt: skip


def _written(template: str, subject: str, report: MonthlyReport, to: User, **around: Any) -> Text:
    page = "months:submission" if template in TO_SUBMIT else "months:month"
    return Text(subject, render_to_string(template, around | {
        "to": to, "hub": report.hub, "month": _month(report.month), "is_returned": report.state == "returned",
        "due": japanese_day(report.reporting_month.due_on), "closing": japanese_day(report.reporting_month.closes_on),
        "address": settings.SITE_URL + reverse(page, args=[report.hub.slug, str(report.month)]),
    }))  # fmt: skip


def _moment(at: dt.datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _month(month: Month) -> str:
    return f"{month.year}年{month.number}月"
