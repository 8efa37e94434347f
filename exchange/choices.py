"""Closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FileFormat(TextChoices):
    """What a list is written as."""

    XLSX = "xlsx", "Excel (.xlsx)"
    CSV = "csv", _("CSV (UTF-8)")
    CSV_CP932 = "csv_cp932", _("CSV (Shift_JIS)")


class ImportKind(TextChoices):
    """What the rows of an import are."""

    ENTERPRISES = "enterprises", _("事業者")
    CASES = "cases", _("案件")
    CONSULTATIONS = "consultations", _("相談記録")


class ImportState(TextChoices):
    """The life of an import."""

    UPLOADED = "uploaded", _("列の対応付け")
    CHECKING = "checking", _("確認中")
    CHECKED = "checked", _("確認済み")
    COMMITTING = "committing", _("取込中")
    DONE = "done", _("取込済み")


class ImportMove(TextChoices):
    """What happens to an import."""

    CHECK = "check", _("確認を始める")
    FIND = "find", _("確認を終える")
    COMMIT = "commit", _("取り込む")
    FINISH = "finish", _("取込を終える")


class RowState(TextChoices):
    """What has become of one row."""

    GOOD = "good", _("取り込める")
    BAD = "bad", _("誤りがある")
    KNOWN = "known", _("取込済み")
    MADE = "made", _("取り込んだ")


class Made(TextChoices):
    """What an import makes."""

    ENTERPRISE = "enterprise", _("事業者")
    CASE = "case", _("案件")
    CONSULTATION = "consultation", _("相談記録")


MAKES = {
    ImportKind.ENTERPRISES: Made.ENTERPRISE,
    ImportKind.CASES: Made.CASE,
    ImportKind.CONSULTATIONS: Made.CONSULTATION,
}
