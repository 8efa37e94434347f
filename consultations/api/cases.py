"""Cases and their steps."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consultations import actions
from consultations.actions.client_made import AnotherRecord, once
from consultations.api.enterprises import as_standing, as_typed
from consultations.choices import CaseMove, CaseState, Resolution
from consultations.forms import CaseForm, CaseMoveForm, NewCaseForm
from consultations.models import Case, Enterprise
from foundation.errors import MoveRefused
from foundation.paging import behind, page_of, read_place
from hubs.api import (
    AFTER,
    BIGGEST_KEY,
    IF_MATCH,
    Conflict,
    EditedMeanwhile,
    Forgotten,
    RecordResource,
    edition,
    refused,
    told,
    unknown_key,
)
from hubs.doors import looked_at

PAGE_SIZE = 100
WRITABLE = CaseForm.Meta.fields
AT_FIRST = NewCaseForm.Meta.fields


class CaseSerializer(serializers.ModelSerializer):
    """A case as it is told."""

    class Meta:
        model = Case
        fields = tuple(
            dict.fromkeys(
                (
                    "id", "number", "enterprise", *AT_FIRST, "lead", "unit", "state", "closed_on", "resolution",
                    "version", "created_at", "updated_at",
                )
            )
        )  # fmt: skip


class CasePageSerializer(serializers.Serializer):
    """Some cases, and the place behind which the next ones begin."""

    results = CaseSerializer(many=True)
    next = serializers.CharField(help_text="Query string of the next page; empty on the last.")


class CaseChangeSerializer(serializers.ModelSerializer):
    """What is sent: types only. The rules are those of the page's form."""

    class Meta:
        model = Case
        fields = WRITABLE
        validators: ClassVar[list[Any]] = []


class NewCaseSerializer(serializers.ModelSerializer):
    """A new one, with the id that the program made for it."""

    client_id = serializers.UUIDField(help_text="Made by the client; sending it again makes nothing new.")
    enterprise = serializers.IntegerField(min_value=1, max_value=BIGGEST_KEY)

    class Meta:
        model = Case
        fields = ("client_id", "enterprise", *AT_FIRST)
        validators: ClassVar[list[Any]] = []


class StepSerializer(serializers.Serializer):
    """One step of a case."""

    move = serializers.ChoiceField(choices=CaseMove.choices)
    on = serializers.DateField()
    resolution = serializers.ChoiceField(choices=Resolution.choices, required=False, allow_blank=True)
    note = serializers.CharField(max_length=400, required=False, allow_blank=True)


class CaseResource(RecordResource):
    """Base of them all."""

    area: ClassVar[str] = "cases"

    def found(self, pk: int) -> Case:
        """Of this hub. Raises Http404."""
        row = Case.objects.filter(hub=self.hub, pk=pk).select_related("hub", "enterprise", "lead").first()
        if row is None:
            raise Http404
        looked_at(self.request._request, "case.viewed", on=row, via="api")
        return row


class Cases(CaseResource):
    """The hub's cases."""

    @extend_schema(
        operation_id="cases_list",
        parameters=[
            OpenApiParameter("state", str, enum=[*CaseState.values, "open", "all"]),
            OpenApiParameter("enterprise", int),
            AFTER,
        ],
        responses={200: CasePageSerializer},
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        state, asked = request.query_params.get("state", "all"), request.query_params.get("enterprise", "")
        rows = Case.objects.filter(hub=self.hub)
        rows = rows.open() if state == "open" else rows.filter(state=state) if state in CaseState.values else rows
        if asked:
            known = asked.isascii() and asked.isdigit() and int(asked) <= BIGGEST_KEY
            rows = rows.filter(enterprise_id=int(asked)) if known else rows.none()
        found = list(behind(rows, "received_on", read_place(request._request.GET)).newest_first()[: PAGE_SIZE + 1])
        page = page_of(
            found, size=PAGE_SIZE, query=request._request.GET, place_of=lambda row: (row.received_on, row.pk)
        )
        looked_at(request._request, "cases.listed", state=state if state in CaseState.values else "open", via="api")
        return Response({"results": CaseSerializer(page.objects, many=True).data, "next": page.next_query})

    @extend_schema(
        operation_id="cases_create", request=NewCaseSerializer, responses={200: CaseSerializer, 201: CaseSerializer}
    )
    def post(self, request: Request) -> Response:
        """Open one. 201 for a new one, 200 for one that was sent before."""
        sent = NewCaseSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        enterprise = Enterprise.objects.filter(hub=self.hub, pk=sent.validated_data["enterprise"]).first()
        if enterprise is None:
            raise unknown_key("enterprise")
        at = timezone.now()

        def make() -> Case:
            form = NewCaseForm.of(enterprise, as_typed(sent, AT_FIRST), by=self.person, today=timezone.localdate(at))
            if not form.is_valid():
                raise refused(form.errors)
            return actions.open_case(enterprise=enterprise, by=self.person, at=at, **form.values())

        try:
            made, new = once(hub=self.hub, client_id=sent.validated_data["client_id"], kind=Case, make=make, at=at)
        except AnotherRecord as problem:
            raise Conflict from problem
        except actions.Anonymised as problem:
            raise Forgotten from problem
        return told(made, CaseSerializer, request=request, status=201 if new else 200)


class OneCase(CaseResource):
    """One case."""

    @extend_schema(operation_id="cases_retrieve", responses={200: CaseSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """As it stands."""
        return told(self.found(pk), CaseSerializer, request=request)

    @extend_schema(
        operation_id="cases_update",
        parameters=[IF_MATCH],
        request=CaseChangeSerializer(partial=True),
        responses={200: CaseSerializer},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change the fields that are sent."""
        row = self.found(pk)
        version, today = edition(request, row), timezone.localdate()
        sent = CaseChangeSerializer(row, data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        standing = as_standing(CaseForm(instance=row, today=today))
        form = CaseForm({**standing, **as_typed(sent, WRITABLE), "version": version}, instance=row, today=today)
        if not form.is_valid():
            raise refused(form.errors)
        try:
            row = actions.revise_case(case=row, version=version, by=self.person, at=timezone.now(), **form.values())
        except actions.Edited as problem:
            raise EditedMeanwhile from problem
        except actions.Anonymised as problem:
            raise Forgotten from problem
        return told(row, CaseSerializer, request=request)


class Steps(CaseResource):
    """The moves of a case."""

    @extend_schema(
        operation_id="case_steps_create", parameters=[IF_MATCH], request=StepSerializer, responses={200: CaseSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Move it. 409 where its state does not allow that."""
        row = self.found(pk)
        version = edition(request, row)
        sent = StepSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        form = CaseMoveForm({**sent.initial_data, "version": version}, case=row, today=timezone.localdate())
        if not form.is_valid():
            raise refused(form.errors)
        values = form.cleaned_data | {"version": version}
        try:
            row = actions.move_case(case=row, by=self.person, at=timezone.now(), **values)
        except actions.Edited as problem:
            raise EditedMeanwhile from problem
        except actions.Anonymised as problem:
            raise Forgotten from problem
        except MoveRefused as problem:
            raise Conflict(str(problem)) from problem
        return told(row, CaseSerializer, request=request)
