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
