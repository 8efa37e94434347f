"""The administration site: code lists with their years, support organizations and programmes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.admin import TrailedAdmin
from directory.models import Code, SupportOrganization, SupportProgram


@admin.register(Code)
class CodeAdmin(TrailedAdmin):
    """Old years stay readable: a code is closed by its last day, never deleted or given another meaning."""

    list_display = ("kind", "code", "label_ja", "label_en", "parent", "position", "valid_from", "valid_to")
    list_filter = ("kind", "revision")
    search_fields = ("code", "label_ja", "label_en")
    ordering = ("kind", "position", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("kind", "code") if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SupportOrganization)
class SupportOrganizationAdmin(TrailedAdmin):
    list_display = ("name", "kind", "prefecture", "is_active")
    list_select_related = ("prefecture",)
    list_filter = ("kind", "is_active", "prefecture")
    search_fields = ("name", "kana")
    ordering = ("prefecture", "kind", "id")


@admin.register(SupportProgram)
class SupportProgramAdmin(TrailedAdmin):
    list_display = ("name", "name_en", "valid_from", "valid_to")
    search_fields = ("name", "name_en")
    ordering = ("name",)
