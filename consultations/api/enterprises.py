"""Enterprises."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consultations import actions
from consultations.actions.client_made import AnotherRecord, once
from consultations.forms import NUMBER_TWIN, EnterpriseForm
from consultations.models import Enterprise
from foundation.paging import behind, page_of, read_moment, read_place
from foundation.text import has_forbidden
from hubs.api import AFTER, IF_MATCH, Conflict, EditedMeanwhile, Forgotten, RecordResource, edition, refused, told
from hubs.doors import looked_at

PAGE_SIZE = 100
_COLUMNS = {field.name for field in Enterprise._meta.get_fields()}
WRITABLE = tuple(name for name in EnterpriseForm.Meta.fields if name in _COLUMNS)  # the page's form may ask for more


class EnterpriseSerializer(serializers.ModelSerializer):
    """An enterprise as it is told."""

    class Meta:
        model = Enterprise
        fields = ("id", *WRITABLE, "version", "created_at", "updated_at")


class EnterprisePageSerializer(serializers.Serializer):
    """Some enterprises, and the place behind which the next ones begin."""

    results = EnterpriseSerializer(many=True)
    next = serializers.CharField(help_text="Query string of the next page; empty on the last.")


class EnterpriseChangeSerializer(serializers.ModelSerializer):
    """What is sent: types only. The rules are those of the page's form, which reads numbers with hyphens too."""

    corporate_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)

    class Meta:
        model = Enterprise
        fields = WRITABLE
        validators: ClassVar[list[Any]] = []


class NewEnterpriseSerializer(EnterpriseChangeSerializer):
    """A new one, with the id that the program made for it."""

    client_id = serializers.UUIDField(help_text="Made by the client; sending it again makes nothing new.")

    class Meta(EnterpriseChangeSerializer.Meta):
        fields = ("client_id", *WRITABLE)


def as_typed(sent: serializers.Serializer, names: Any) -> dict[str, Any]:
    """What a program has sent, as a form reads it: null is an empty field."""
    return {
        name: "" if sent.initial_data[name] is None else sent.initial_data[name]
        for name in names
        if name in sent.initial_data
    }


def as_standing(form: forms.ModelForm) -> dict[str, Any]:
    """A row as its form would send it back unchanged: what a program leaves out stays."""
    rows = form.initial.items()
    return {name: "" if value is None else str(value) if isinstance(value, dt.date) else value for name, value in rows}


class EnterpriseResource(RecordResource):
    """Base of both."""

    area: ClassVar[str] = "enterprises"

    def form(self, typed: dict[str, Any], instance: Enterprise | None = None) -> EnterpriseForm:
        """The page's own form over what was sent. Raises ValidationError."""
        form = EnterpriseForm(typed, instance=instance, hub=self.hub, today=timezone.localdate())
        if not form.is_valid():
            raise refused(form.errors)
        return form


class Enterprises(EnterpriseResource):
    """The hub's enterprises."""

    @extend_schema(
        operation_id="enterprises_list",
        parameters=[OpenApiParameter("q", str, description="Name, kana, 法人番号 or telephone number."), AFTER],
        responses={200: EnterprisePageSerializer},
    )
    def get(self, request: Request) -> Response:
        """Most recently touched first."""
        query, place = request.query_params.get("q", "").strip()[:120], read_place(request._request.GET, read_moment)
        rows = Enterprise.objects.filter(hub=self.hub).standing()
        rows = rows.matching(query) if query and not has_forbidden(query) else rows
        found = list(behind(rows, "updated_at", place).order_by("-updated_at", "-pk")[: PAGE_SIZE + 1])
        page = page_of(found, size=PAGE_SIZE, query=request._request.GET, place_of=lambda row: (row.updated_at, row.pk))
        looked_at(request._request, "enterprise.searched" if query else "enterprises.listed", words=query, via="api")
        return Response({"results": EnterpriseSerializer(page.objects, many=True).data, "next": page.next_query})

    @extend_schema(
        operation_id="enterprises_create",
        request=NewEnterpriseSerializer,
        responses={200: EnterpriseSerializer, 201: EnterpriseSerializer},
    )
    def post(self, request: Request) -> Response:
        """Register one. 201 for a new one, 200 for one that was sent before."""
        sent = NewEnterpriseSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        typed, at = as_typed(sent, WRITABLE), timezone.now()

        def make() -> Enterprise:
            values = self.form(typed).values()
            return actions.register_enterprise(hub=self.hub, by=self.person, at=at, **values)

        try:
            made, new = once(
                hub=self.hub, client_id=sent.validated_data["client_id"], kind=Enterprise, make=make, at=at
            )
        except actions.NumberTaken as problem:
            raise refused({"corporate_number": [NUMBER_TWIN]}) from problem
        except AnotherRecord as problem:
            raise Conflict from problem
        return told(made, EnterpriseSerializer, request=request, status=201 if new else 200)


class OneEnterprise(EnterpriseResource):
    """One enterprise."""

    def found(self, pk: int) -> Enterprise:
        """Of this hub; for one that was merged, what it was merged into. Raises Http404."""
        row = Enterprise.objects.filter(hub=self.hub).select_related("hub").stands_for(pk)
        if row is None:
            raise Http404
        looked_at(self.request._request, "enterprise.viewed", on=row, via="api")
        return row

    @extend_schema(operation_id="enterprises_retrieve", responses={200: EnterpriseSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """As it stands."""
        return told(self.found(pk), EnterpriseSerializer, request=request)

    @extend_schema(
        operation_id="enterprises_update",
        parameters=[IF_MATCH],
        request=EnterpriseChangeSerializer(partial=True),
        responses={200: EnterpriseSerializer},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change the fields that are sent."""
        row = self.found(pk)
        version = edition(request, row)
        sent = EnterpriseChangeSerializer(row, data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        standing = EnterpriseForm(instance=row, hub=self.hub, today=timezone.localdate())
        form = self.form({**as_standing(standing), **as_typed(sent, WRITABLE)}, instance=row)
        try:
            row = actions.revise_enterprise(
                enterprise=row, version=version, by=self.person, at=timezone.now(), **form.values()
            )
        except actions.NumberTaken as problem:
            raise refused({"corporate_number": [NUMBER_TWIN]}) from problem
        except actions.Edited as problem:
            raise EditedMeanwhile from problem
        except actions.Anonymised as problem:
            raise Forgotten from problem
        return told(row, EnterpriseSerializer, request=request)
