"""A view of a list that somebody has saved."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hubs.tenancy import HubManager, HubOwned, HubQuerySet


class SavedViewQuerySet(HubQuerySet["SavedView"]):
    """Sentences about saved views."""

    def for_person(self, person: Any) -> Self:
        """One's own, and those that are shared with the hub."""
        return self.filter(Q(owner=person) | Q(is_shared=True))

    def of_list(self, name: str) -> Self:
        return self.filter(list=name)

    def by_name(self) -> Self:
        return self.order_by("-is_shared", "name", "pk")


class SavedViewManager(HubManager.from_queryset(SavedViewQuerySet)):  # type: ignore[misc]
    """The hub's own views."""


class SavedView(HubOwned):
    """Filters of one list under a name. A shared one stays when its owner leaves: it has become the hub's."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("保存した人"), related_name="+")
    name = models.CharField(_("名前"), max_length=60)
    list = models.CharField(_("一覧"), max_length=20)
    query = models.CharField(_("条件"), max_length=600)
    is_shared = models.BooleanField(_("拠点で共有する"), default=False)
    saved_at = models.DateTimeField(_("保存日時"))

    objects = SavedViewManager()

    class Meta:
        verbose_name = _("保存した表示")
        verbose_name_plural = _("保存した表示")
        indexes = [models.Index(fields=["hub", "list"], name="saved_view_by_list")]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["hub", "owner", "list", "name"], name="one_view_per_owner_list_and_name"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="a_saved_view_has_name_and_filters"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("finding:view_edit", args=[self.hub.slug, self.pk])
