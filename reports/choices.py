"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Format(TextChoices):
    """What a report is handed out as."""

    XLSX = "xlsx", _("Excel(.xlsx)")
    PDF = "pdf", _("PDF(.pdf)")
    CSV = "csv", _("CSV(UTF-8)")
    CSV_CP932 = "csv-cp932", _("CSV(Shift_JIS・cp932)")


class PackageKind(TextChoices):
    """Over how long a package tells."""

    MONTH = "month", _("月次")
    YEAR = "year", _("年次")


class PackageFormat(TextChoices):
    """The files of a package."""

    XLSX = "xlsx", _("Excel(.xlsx)")
    PDF = "pdf", _("PDF(.pdf)")
    DATA = "zip", _("データ(.csv・.json)")
    MANIFEST = "manifest", _("目録(manifest.json)")
    SIGNATURE = "signature", _("目録の署名(manifest.json.sig)")


class MonthState(TextChoices):
    """How far a hub's month is (domain.md §5 月次報告)."""

    DRAFTING = "drafting", _("作成中")
    SUBMITTED = "submitted", _("提出")
    RETURNED = "returned", _("差戻")
    ACCEPTED = "accepted", _("本部確認済")
    CLOSED = "closed", _("締め")
    PUBLISHED = "published", _("公表")
    REOPENED = "reopened", _("再開中")


class MonthMove(TextChoices):
    """What can be done with a hub's month."""

    SUBMIT = "submit", _("提出する")
    WITHDRAW = "withdraw", _("提出を取り下げる")
    TAKE_BACK = "take_back", _("提出を取り下げて再開中に戻す")
    RETURN = "return", _("差し戻す")
    ACCEPT = "accept", _("確認済みにする")
    CLOSE = "close", _("締める")
    PUBLISH = "publish", _("公表する")
    REOPEN = "reopen", _("再開する")
    LAPSE = "lapse", _("再開の期限が過ぎる")


class ReopeningState(TextChoices):
    """How far the wish to change a closed month is."""

    ASKED = "asked", _("申請中")
    GRANTED = "granted", _("再開中")
    REFUSED = "refused", _("却下")
    ENDED = "ended", _("終了")
    WITHDRAWN = "withdrawn", _("取下げ")


class ReopeningMove(TextChoices):
    """What can be done with it."""

    GRANT = "grant", _("承認する")
    REFUSE = "refuse", _("却下する")
    WITHDRAW = "withdraw", _("取り下げる")
    END = "end", _("終える")


class CompositionState(TextChoices):
    """How far a version of headquarters' own report is."""

    DRAFTING = "drafting", _("作成中")
    SUBMITTED = "submitted", _("提出済み")


class CompositionMove(TextChoices):
    """What can be done with it. There is no way back: what was submitted is followed by a further version."""

    SUBMIT = "submit", _("中小企業庁に提出する")


class BlockKind(TextChoices):
    """What headquarters' own report is put together from."""

    WORDS = "words", _("見出しと文章")
    TOTALS = "totals", _("活動指標の表")
    TREND = "trend", _("推移のグラフ")
    BREAKDOWN = "breakdown", _("内訳の表")
    BUREAUS = "bureaus", _("経済産業局別の表")
    HUBS = "hubs", _("拠点の順位")
    CORRECTIONS = "corrections", _("訂正の一覧")
    ATTENTION = "attention", _("月次報告に注意が必要な拠点")
    DEFINITIONS = "definitions", _("指標の定義の表")
