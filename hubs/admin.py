"""The administration site: who hosts what, units, roles, fees. Hubs themselves are a fixed 47."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.admin import TrailedAdmin
from hubs.models import FeeDefault, Hub, ImplementingBody, Membership, Unit


@admin.register(Hub)
class HubAdmin(TrailedAdmin):
    list_display = ("id", "name", "prefecture", "implementing_body")
    list_select_related = ("prefecture", "implementing_body")
    readonly_fields = ("id", "slug", "prefecture")
    search_fields = ("name", "slug")
    ordering = ("id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Hub | None = None) -> bool:
        return False


@admin.register(ImplementingBody)
class ImplementingBodyAdmin(TrailedAdmin):
    list_display = ("name", "corporate_number")
    search_fields = ("name", "corporate_number")
    ordering = ("id",)


@admin.register(Unit)
class UnitAdmin(TrailedAdmin):
    list_display = ("name", "hub", "kind", "is_satellite")
    list_select_related = ("hub",)
    list_filter = ("kind", "is_satellite", "hub")
    search_fields = ("name",)
    ordering = ("hub", "id")


@admin.register(Membership)
class MembershipAdmin(TrailedAdmin):
    """A role ends by its date. Who had it when must stay known, so none is deleted."""

    list_display = ("user", "role", "hub", "bureau", "valid_from", "valid_to")
    list_select_related = ("user", "hub", "bureau")
    list_filter = ("role", "hub")
    search_fields = ("user__email", "user__name")
    raw_id_fields = ("user",)
    ordering = ("-valid_from", "-id")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FeeDefault)
class FeeDefaultAdmin(TrailedAdmin):
    list_display = ("fiscal_year", "post", "fee_yen")
    list_filter = ("post",)
    ordering = ("-fiscal_year", "post")
