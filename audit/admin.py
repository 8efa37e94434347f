"""The administration site leaves a trail as well, and shows the trail without a way to touch it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from audit import trail
from audit.choices import parts_of
from audit.models import Entry

MOST_COUNTED = 10_000


class TrailedAdmin(admin.ModelAdmin):
    """Base of every ModelAdmin: whatever is added, changed or deleted leaves a line, in the same transaction."""

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        _note(request, "admin.added", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        _note(request, "admin.changed", obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            _note(request, "admin.deleted", obj, [])
        return super().log_deletions(request, queryset)


def _note(request: HttpRequest, action: str, obj: models.Model, message: Any) -> None:
    """Which fields changed, never their values: they may be personal."""
    parts = [part for step in message if isinstance(step, dict) for part in step.values()]
    fields = [name for part in parts for name in part.get("fields", [])]
    trail.record(action, by=request.user, at=timezone.now(), on=obj, fields=fields)


class CappedPaginator(Paginator):
    """Counts to ten thousand at most: counting ten million lines takes longer than anybody reads."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return len(rows.order_by().values_list("pk", flat=True)[:MOST_COUNTED])


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """Lines that belong to no hub. A hub's own lines are on the trail pages, behind their own right."""

    list_display = ("at", "actor", "action", "subject_type", "subject_id", "address")
    list_filter = ("action",)
    fields = ("at", "action", "actor_id", "actor", "hub_id", "subject_type", "subject_id", "content", "address")
    ordering: ClassVar[tuple[str, ...]] = ("-at", "-id")
    show_full_result_count = False
    paginator = CappedPaginator

    @admin.display(description=Entry._meta.get_field("detail").verbose_name)
    def content(self, entry: Entry) -> str:
        """The detail as the nation's page shows it: without what people typed into a search."""
        return " / ".join(f"{name}: {text}" for name, text in parts_of(entry.detail, typed=False))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False
