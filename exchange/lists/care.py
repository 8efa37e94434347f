"""How a hub keeps its books, as files: twins and merges, notes before the chief, requests about one's data, and what
passes between hubs."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consultations.choices import (
    Evidence,
    IdentityCheck,
    PairState,
    PrivacyKind,
    PrivacyState,
    Relation,
    ReviewReason,
    ReviewState,
)
from consultations.models import Merge, PrivacyRequest
from consultations.queries.duplicates import every_pair
from consultations.queries.reviews import every_review, queue_of
from exchange.lists.declaring import Column, ExportedList, labelled_list
from hubs.access import Permission
from hubs.models import Hub
from sharing.choices import ConsentHow, SharingKind, SharingState
from sharing.queries import requests_in


def _pair_columns() -> list[Column]:
    evidence = {str(value): str(label) for value, label in Evidence.choices}
    return [
        Column.number(_("確からしさ"), "score"),
        Column(_("手がかり"), labelled_list("reasons", evidence)),
        Column.text(_("事業者1"), "first__name"),
        Column.text(_("事業者1の法人番号"), "first__corporate_number"),
        Column.text(_("事業者1の電話番号"), "first__phone"),
        Column.text(_("事業者2"), "second__name"),
        Column.text(_("事業者2の法人番号"), "second__corporate_number"),
        Column.text(_("事業者2の電話番号"), "second__phone"),
        Column.choice(_("状態"), "state", PairState),
        Column.moment(_("見つけた日時"), "found_at"),
        Column.moment(_("判断した日時"), "decided_at"),
        Column.text(_("判断した人"), "decided_by__name"),
        Column.text(_("理由"), "note"),
    ]


def _pairs(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    return every_pair(hub=hub, state=query.get("state", ""))


def _merge_columns() -> list[Column]:
    return [
        Column.moment(_("統合した日時"), "merged_at"),
        Column.text(_("残した事業者"), "survivor__name"),
        Column.text(_("法人番号"), "survivor__corporate_number"),
        Column.text(_("統合した事業者"), "loser__name"),
        Column.text(_("統合した人"), "merged_by__name"),
        Column.text(_("備考"), "note"),
        Column.moment(_("取り消した日時"), "undone_at"),
        Column.text(_("取り消した人"), "undone_by__name"),
    ]


def _merges(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    return Merge.objects.filter(hub=hub).newest_first()


def _review_columns() -> list[Column]:
    return [
        Column.day(_("相談日"), "consultation__held_on"),
        Column.text(_("案件番号"), "consultation__case__number"),
        Column.text(_("事業者"), "consultation__enterprise__name"),
        Column.text(_("対応者"), "consultation__lead__name"),
        Column.number(_("満たしている項目"), "completeness"),
        Column.choice(_("確認する理由"), "reason", ReviewReason),
        Column.choice(_("状態"), "state", ReviewState),
        Column.text(_("確認者"), "chief__name"),
        Column.moment(_("依頼日時"), "opened_at"),
        Column.moment(_("更新日時"), "moved_at"),
    ]


def _reviews(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    return every_review(hub=hub, state=queue_of(query.get("state", "")))


def _privacy_columns() -> list[Column]:
    return [
        Column.day(_("受付日"), "received_on"),
        Column.choice(_("請求の種類"), "kind", PrivacyKind),
        Column.text(_("事業者"), "enterprise__name"),
        Column.text(_("請求者"), "requester"),
        Column.choice(_("請求者の立場"), "relation", Relation),
        Column.choice(_("本人確認の方法"), "identity_check", IdentityCheck),
        Column.choice(_("状態"), "state", PrivacyState),
        Column.text(_("実施しない理由"), "reason"),
        Column.moment(_("決定日時"), "decided_at"),
        Column.text(_("決定者"), "decided_by__name"),
    ]


def _privacy_requests(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    return PrivacyRequest.objects.filter(hub=hub).newest_first()


def _sharing_columns() -> list[Column]:
    return [
        Column.text(_("申入れをした拠点"), "hub__name"),
        Column.text(_("申入れを受けた拠点"), "to_hub__name"),
        Column.choice(_("種別"), "kind", SharingKind),
        Column.text(_("法人番号"), "corporate_number"),
        Column.choice(_("状態"), "state", SharingState),
        Column.text(_("申入れの理由"), "reason"),
        Column.day(_("事業者の同意日"), "consented_on"),
        Column.choice(_("同意の方法"), "consent_how", ConsentHow),
        Column.day(_("共同支援の開始日"), "starts_on"),
        Column.day(_("共同支援の終了日"), "ends_on"),
        Column.moment(_("申入れ日時"), "asked_at"),
        Column.text(_("申入れ者"), "asked_by__name"),
        Column.moment(_("回答日時"), "answered_at"),
        Column.text(_("回答者"), "answered_by__name"),
        Column.text(_("回答の理由"), "answer"),
    ]


def _sharing_requests(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    return requests_in(hub=hub, box=query.get("box", ""))


PAIRS = ExportedList(
    name="pairs",
    label=_("重複の候補"),
    permission=Permission.MERGE_ENTERPRISES,
    columns=_pair_columns,
    rows=_pairs,
    filters=frozenset({"state"}),
    url_name="consultations:duplicates",
)
MERGES = ExportedList(
    name="merges",
    label=_("統合の履歴"),
    permission=Permission.MERGE_ENTERPRISES,
    columns=_merge_columns,
    rows=_merges,
    filters=frozenset(),
    url_name="consultations:merges",
)
REVIEWS = ExportedList(
    name="reviews",
    label=_("相談記録の確認"),
    permission=Permission.REVIEW_NOTES,
    columns=_review_columns,
    rows=_reviews,
    filters=frozenset({"state"}),
    url_name="consultations:reviews",
)
PRIVACY_REQUESTS = ExportedList(
    name="privacy_requests",
    label=_("開示・消去の請求"),
    permission=Permission.DISCLOSE,
    columns=_privacy_columns,
    rows=_privacy_requests,
    filters=frozenset(),
    url_name="consultations:privacy_requests",
)
SHARING_REQUESTS = ExportedList(
    name="sharing_requests",
    label=_("拠点間連携"),
    permission=Permission.ASK_SHARING,
    columns=_sharing_columns,
    rows=_sharing_requests,
    filters=frozenset({"box"}),
    url_name="sharing:requests",
)
