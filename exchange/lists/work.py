"""What a hub does beside consulting, as files: referrals, bookings, outcomes, and the organizations around it."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from booking import queries as bookings
from booking.choices import BookingState, Source
from booking.models import Booking
from consultations.choices import AsOf, Category, Confirming, Method, OutcomeKind, Trend
from consultations.forms import row_number
from consultations.queries.lists import every_outcome, unconfirmed_in
from consultations.queries.offers import code_labels
from directory.choices import CodeKind
from directory.models import SupportOrganization
from exchange.lists.declaring import Column, ExportedList, FiltersRefused, labelled
from foundation.text import has_forbidden
from hubs.access import Permission
from hubs.models import Hub
from referrals.choices import Consent, ReferralKind, ReferralState, Waiting
from referrals.queries import listed


def _referral_columns() -> list[Column]:
    return [
        Column.text(_("支援機関"), "organization__name"),
        Column.text(_("事業者"), "enterprise__name"),
        Column.text(_("法人番号"), "enterprise__corporate_number"),
        Column.text(_("案件番号"), "case__number"),
        Column.text(_("件名"), "case__title"),
        Column.choice(_("種別"), "kind", ReferralKind),
        Column.choice(_("状態"), "state", ReferralState),
        Column.text(_("担当者名"), "recipient_name"),
        Column.text(_("送付先のメール"), "recipient_email"),
        Column.text(_("依頼内容"), "request"),
        Column.day(_("同意日"), "consented_on"),
        Column.choice(_("同意の方法"), "consent_how", Consent),
        Column.day(_("送付日"), "sent_on"),
        Column.day(_("応答日"), "answered_on"),
        Column.day(_("終了日"), "finished_on"),
        Column.text(_("理由"), "reason"),
        Column.number(_("送付回数"), "letters"),
        Column.number(_("督促回数"), "chased"),
        Column.text(_("担当"), "created_by__name"),
        Column.moment(_("登録日時"), "created_at"),
    ]


def _referrals(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    case = query.get("case", "")
    number = row_number(case) if case else None
    return listed(hub=hub, wanted=query.get("state", Waiting.OPEN), today=today, case=number).newest_first()  # type: ignore[attr-defined]


def _organization_columns() -> list[Column]:
    kinds = code_labels(CodeKind.ORGANIZATION_KIND)[CodeKind.ORGANIZATION_KIND]
    return [
        Column(_("種別"), labelled(F("kind"), kinds)),
        Column.text(_("名称"), "name"),
        Column.text(_("フリガナ"), "kana"),
        Column.text(_("都道府県"), "prefecture__name"),
    ]


def _organizations(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    words = query.get("q", "").strip()[:100]
    if has_forbidden(words):
        raise FiltersRefused(words)
    return SupportOrganization.objects.near(hub.prefecture_id).matching(words).by_name()


def _booking_columns() -> list[Column]:
    return [
        Column.moment(_("開始"), "starts_at"),
        Column.moment(_("終了"), "ends_at"),
        Column.choice(_("状態"), "state", BookingState),
        Column.choice(_("受付"), "source", Source),
        Column.text(_("担当"), "coordinator__name"),
        Column.text(_("場所"), "place__name"),
        Column.choice(_("相談方法"), "method", Method),
        Column.text(_("事業者"), "enterprise__name"),
        Column.text(_("お名前"), "client_name"),
        Column.text(_("会社名・屋号"), "company"),
        Column.text(_("電話番号"), "phone"),
        Column.text(_("メールアドレス"), "email"),
        Column.text(_("日時の希望"), "wish"),
        Column.text(_("相談したいこと"), "topic"),
        Column.moment(_("受付日時"), "created_at"),
    ]


def _bookings(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    try:
        day = bookings.asked_day(query.get("day", ""), today)
    except ValueError as problem:
        raise FiltersRefused(str(problem)) from problem
    first, last = bookings.days_of(query.get("view", bookings.WEEK), day)
    return bookings.shown_between(hub=hub, first=first, last=last)


def _booking_requests(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    return Booking.objects.filter(hub=hub).requested().newest_first()


def _outcome_columns() -> list[Column]:
    return [
        Column.text(_("案件番号"), "case__number"),
        Column.text(_("件名"), "case__title"),
        Column.text(_("事業者"), "case__enterprise__name"),
        Column.text(_("法人番号"), "case__enterprise__corporate_number"),
        Column.choice(_("主たる相談区分"), "case__category", Category),
        Column.choice(_("成果の種類"), "kind", OutcomeKind),
        Column.choice(_("変化"), "trend", Trend),
        Column.number(_("金額(円)"), "amount_yen"),
        Column.number(_("支援前の値"), "before_value"),
        Column.number(_("支援後の値"), "after_value"),
        Column.choice(_("時点"), "as_of", AsOf),
        Column.day(_("把握した日"), "measured_on"),
        Column.text(_("根拠"), "evidence"),
        Column.day(_("本人確認の日"), "confirmed_on"),
        Column.choice(_("確認の方法"), "confirmed_how", Confirming),
        Column.text(_("確認を記録した人"), "confirmed_by__name"),
        Column.moment(_("登録日時"), "created_at"),
    ]


def _outcomes(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    unconfirmed = unconfirmed_in(query.get("unconfirmed", ""))
    return every_outcome(hub=hub, kind=query.get("kind", ""), unconfirmed=unconfirmed)


REFERRALS = ExportedList(
    name="referrals",
    label=_("紹介・連携"),
    permission=Permission.VIEW_RECORDS,
    columns=_referral_columns,
    rows=_referrals,
    filters=frozenset({"state", "case"}),
    url_name="referrals:list",
)
ORGANIZATIONS = ExportedList(
    name="organizations",
    label=pgettext_lazy("plural", "支援機関"),
    permission=Permission.VIEW_RECORDS,
    columns=_organization_columns,
    rows=_organizations,
    filters=frozenset({"q"}),
    url_name="finding:organizations",
)
BOOKINGS = ExportedList(
    name="bookings",
    label=_("予約表"),
    permission=Permission.BOOK,
    columns=_booking_columns,
    rows=_bookings,
    filters=frozenset({"view", "day"}),
    url_name="booking:calendar",
)
BOOKING_REQUESTS = ExportedList(
    name="booking_requests",
    label=_("予約の申込み"),
    permission=Permission.BOOK,
    columns=_booking_columns,
    rows=_booking_requests,
    filters=frozenset(),
    url_name="booking:requests",
)
OUTCOMES = ExportedList(
    name="outcomes",
    label=_("成果"),
    permission=Permission.VIEW_RECORDS,
    columns=_outcome_columns,
    rows=_outcomes,
    filters=frozenset({"kind", "unconfirmed"}),
    url_name="consultations:outcomes",
)
