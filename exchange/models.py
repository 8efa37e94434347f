"""Files that are taken in: the run, its rows, what each row made, and how columns were mapped last time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exchange.choices import ImportKind, ImportState, Made, RowState
from foundation.constraints import SameHub, one_of
from hubs.tenancy import HubOwned


class ImportRun(HubOwned):
    """One file, from its upload to what came of it. `source` names the system that its external numbers are of."""

    kind = models.CharField(_("種類"), max_length=20, choices=ImportKind.choices)
    source = models.CharField(_("移行元"), max_length=40)
    file_name = models.CharField(_("ファイル名"), max_length=120)
    file = models.FileField(_("ファイル"), upload_to="imports/%Y/%m/", blank=True)
    file_bytes = models.PositiveIntegerField(_("大きさ"))
    sha256 = models.CharField(max_length=64)
    headings = models.JSONField(_("見出し"))
    preview = models.JSONField(_("先頭の行"))
    mapping = models.JSONField(_("列の対応"), default=dict)  # field → number of its column
    state = models.CharField(_("状態"), max_length=20, choices=ImportState.choices)
    worker = models.CharField(max_length=40, blank=True)  # job and attempt that write to it; any other has lost it
    good_count = models.PositiveIntegerField(_("取り込める行"), default=0)
    bad_count = models.PositiveIntegerField(_("誤りのある行"), default=0)
    known_count = models.PositiveIntegerField(_("取込済みの行"), default=0)
    made_count = models.PositiveIntegerField(_("取り込んだ行"), default=0)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("受付日時"))
    wiped_at = models.DateTimeField(_("内容の削除日時"), null=True)

    class Meta:
        verbose_name = _("取込")
        verbose_name_plural = _("取込")
        indexes = [models.Index(fields=["hub", "-uploaded_at"], name="import_by_hub")]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub"], name="import_and_hub"),
            one_of("kind", ImportKind, name="import_kind_is_known"),
            one_of("state", ImportState, name="import_state_is_known"),
            models.CheckConstraint(condition=~Q(source=""), name="an_import_has_a_source"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("exchange:import", args=[self.hub.slug, self.pk])


class ImportRow(HubOwned):
    """One row of a file, as it was written there, and what has become of it."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("行"))
    cells = models.JSONField(_("内容"))
    state = models.CharField(_("状態"), max_length=10, choices=RowState.choices)
    problems = models.JSONField(_("誤り"), default=list)  # [heading, message] pairs
    came_on = models.DateField(_("受付日"), null=True)  # of its new case, where the row alone would tell another day

    class Meta:
        verbose_name = _("取込の行")
        verbose_name_plural = _("取込の行")
        indexes = [models.Index(fields=["hub", "run", "state", "number"], name="import_row_by_state")]
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="an_import_row_is_of_its_hubs_run",
                columns=["run_id", "hub_id"],
                to_table="exchange_importrun",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(fields=["hub", "run", "number"], name="one_import_row_per_number"),
            one_of("state", RowState, name="import_row_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number}"


class ImportedRecord(HubOwned):
    """What an import made, by the number that the other system knows it by. Importing it again finds it here, and
    makes nothing: the database itself refuses a second one. `record_id` is a key of one of three tables."""

    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="made")
    row_number = models.PositiveIntegerField(_("行"))
    what = models.CharField(_("種類"), max_length=20, choices=Made.choices)
    source = models.CharField(_("移行元"), max_length=40)
    external_id = models.CharField(_("移行元の番号"), max_length=120)
    record_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("取り込んだ記録")
        verbose_name_plural = _("取り込んだ記録")
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="an_imported_record_is_of_its_hubs_run",
                columns=["run_id", "hub_id"],
                to_table="exchange_importrun",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(fields=["hub", "what", "source", "external_id"], name="one_record_per_external_id"),
            one_of("what", Made, name="an_import_makes_known_things"),
            models.CheckConstraint(condition=~Q(external_id=""), name="an_imported_record_has_its_number"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.external_id}"


class ImportMapping(HubOwned):
    """Which heading was which field, the last time that something came from a source."""

    kind = models.CharField(_("種類"), max_length=20, choices=ImportKind.choices)
    source = models.CharField(_("移行元"), max_length=40)
    headings = models.JSONField(_("列の対応"))  # field → heading

    class Meta:
        verbose_name = _("取込の列の対応")
        verbose_name_plural = _("取込の列の対応")
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["hub", "kind", "source"], name="one_mapping_per_hub_kind_and_source"),
            one_of("kind", ImportKind, name="import_mapping_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}"
