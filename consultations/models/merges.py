"""統合: two records of one enterprise made one, with everything that is needed to part them again."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.models.enterprises import Enterprise
from foundation.constraints import SameHub, both_or_neither
from foundation.paging import behind
from hubs.tenancy import HubManager, HubOwned, HubQuerySet


class MergeQuerySet(HubQuerySet["Merge"]):
    """Sentences about merges."""

    def standing(self) -> Self:
        """Not undone."""
        return self.filter(undone_at__isnull=True)

    def with_people(self) -> Self:
        return self.select_related("survivor", "loser", "merged_by", "undone_by")

    def newest_first(self) -> Self:
        return self.order_by("-merged_at", "-pk")

    def behind(self, place: tuple[dt.datetime, int] | None) -> Self:
        """The rows that follow a place in the order of newest_first."""
        return behind(self, "merged_at", place)


class MergeManager(HubManager.from_queryset(MergeQuerySet)):  # type: ignore[misc]
    """The hub's own merges."""


class Merge(HubOwned):
    """One merge. `fields` is what it changed on the survivor: {name: {"was": …, "became": …}}; `gave_up` what it took
    from the loser's row. `figures` and `undone_figures` are the months whose 者 figures it moved, each as
    {"month": "2026-11", "visitors": [before, after], "new_visitors": [before, after]}, and years likewise as
    {"year": 2026, "visitors": [before, after]}: a published month stays as it is, and the difference becomes a
    correction (domain.md §4)."""

    survivor = models.ForeignKey(
        Enterprise, models.PROTECT, verbose_name=_("残した事業者"), related_name="+", db_index=False
    )
    loser = models.ForeignKey(
        Enterprise, models.PROTECT, verbose_name=_("統合した事業者"), related_name="+", db_index=False
    )
    merged_at = models.DateTimeField(_("統合した日時"))
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("統合した人"), related_name="+"
    )
    note = models.CharField(_("備考"), max_length=200, blank=True)
    fields: models.JSONField = models.JSONField(_("変えた項目"), default=dict)
    gave_up: models.JSONField = models.JSONField(default=dict)
    figures: models.JSONField = models.JSONField(_("動いた集計値"), default=list)
    undone_at = models.DateTimeField(_("取り消した日時"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("取り消した人"), related_name="+", null=True
    )
    kept: models.JSONField = models.JSONField(_("取消しで残した項目"), default=list)
    undone_figures: models.JSONField = models.JSONField(_("取消しで動いた集計値"), default=list)

    when_merged = {"survivor": "stays", "loser": "stays"}
    objects = MergeManager()

    class Meta:
        verbose_name = _("事業者の統合")
        verbose_name_plural = _("事業者の統合")
        indexes = [
            models.Index(fields=["hub", "-merged_at", "-id"], name="merge_by_hub"),
            models.Index(fields=["hub", "survivor"], name="merge_by_survivor"),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub"], name="merge_and_hub"),
            SameHub(
                name="a_survivor_is_of_its_hub",
                columns=["survivor_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            SameHub(
                name="a_loser_is_of_its_hub",
                columns=["loser_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(
                fields=["hub", "loser"], condition=Q(undone_at__isnull=True), name="one_standing_merge_per_loser"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("loser")), name="a_merge_is_of_two_enterprises"),
            both_or_neither("undone_at", "undone_by", name="an_undone_merge_has_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.survivor_id}"

    def get_absolute_url(self) -> str:
        return reverse("consultations:merge", args=[self.hub.slug, self.pk])


class MergedRow(HubOwned):
    """One row that a merge moved from the loser to the survivor."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="rows", db_index=False)
    table = models.CharField(max_length=80)  # as Django labels models: consultations.case
    column = models.CharField(max_length=60)
    row = models.BigIntegerField()

    class Meta:
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="a_merged_row_is_of_its_hubs_merge",
                columns=["merge_id", "hub_id"],
                to_table="consultations_merge",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(fields=["hub", "merge", "table", "column", "row"], name="a_row_is_moved_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"
