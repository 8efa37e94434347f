"""Consultations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consultations import actions, queries
from consultations.api.enterprises import as_standing
from consultations.choices import Method, NotCounted
from consultations.forms import FilterForm, RevisionForm, SessionFields, held_by
from consultations.models import Case, Consultation
from foundation.paging import page_of, read_place
from hubs.api import (
    IF_MATCH,
    Closed,
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


class ConsultationSerializer(serializers.ModelSerializer):
    """A consultation as it is told."""

    class Meta:
        model = Consultation
        fields = (
            "id", "client_id", "case", "enterprise", "unit", "held_on", "minutes", "method", "place", "client_people",
            "lead", "themes", "content", "advice", "next_step", "not_counted", "version", "created_at", "updated_at",
        )  # fmt: skip


class ConsultationPageSerializer(serializers.Serializer):
    """Some consultations, and the place behind which the next ones begin."""

    results = ConsultationSerializer(many=True)
    next = serializers.CharField(help_text="Query string of the next page; empty on the last.")


class NewConsultationSerializer(serializers.Serializer):
    """What is sent: types only. The rules are those of the page's form."""

    client_id = serializers.UUIDField(help_text="Made by the client; sending it again stores nothing new.")
    case = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    held_on = serializers.CharField(max_length=40)
    minutes = serializers.IntegerField(min_value=1, max_value=1440)
    method = serializers.ChoiceField(choices=Method.choices)
    themes = serializers.ListField(child=serializers.CharField(max_length=40), max_length=40)
    content = serializers.CharField()
    advice = serializers.CharField()
    next_step = serializers.CharField(required=False, allow_blank=True)
    place = serializers.CharField(required=False, allow_blank=True)
    client_people = serializers.CharField(required=False, allow_blank=True)
    not_counted = serializers.ChoiceField(choices=NotCounted.choices, required=False, allow_blank=True)
    unit = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    referred = serializers.ListField(child=serializers.IntegerField(), required=False)
    cooperating = serializers.ListField(child=serializers.IntegerField(), required=False)
    used = serializers.ListField(child=serializers.IntegerField(), required=False)
    introduced = serializers.ListField(child=serializers.IntegerField(), required=False)


class ConsultationChangeSerializer(NewConsultationSerializer):
    """What is changed. Its case cannot be: a session belongs where it was held."""

    client_id = None  # type: ignore[assignment]
    case = None  # type: ignore[assignment]


class ConsultationResource(RecordResource):
    """Base of both."""

    area: ClassVar[str] = "consultations"


class Consultations(ConsultationResource):
    """The hub's consultations."""

    @extend_schema(
        operation_id="consultations_list",
        parameters=[OpenApiParameter(name, str) for name in ("q", "first", "last", "method", "theme", "after")],
        responses={200: ConsultationPageSerializer},
    )
    def get(self, request: Request) -> Response:
        """Newest first, by the filters of the page."""
        form = FilterForm(request.query_params, hub=self.hub, today=timezone.localdate())
        if not form.is_valid():
            raise refused(form.errors)
        wanted, place = form.wanted(self.person.pk), read_place(request._request.GET)
        rows = queries.consultations_wanted(hub=self.hub, wanted=wanted, before=place, at_most=PAGE_SIZE + 1)
        page = page_of(rows, size=PAGE_SIZE, query=request._request.GET, place_of=lambda row: (row.held_on, row.pk))
        looked_at(request._request, "consultations.listed", via="api", words=wanted.words)
        return Response({"results": ConsultationSerializer(page.objects, many=True).data, "next": page.next_query})

    @extend_schema(
        request=NewConsultationSerializer, responses={200: ConsultationSerializer, 201: ConsultationSerializer}
    )
    def post(self, request: Request) -> Response:
        """Log one. 201 for a new record, 200 for one that was sent before."""
        sent = NewConsultationSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        form = SessionFields(sent.validated_data, hub=self.hub, today=timezone.localdate())
        case = Case.objects.filter(hub=self.hub, pk=sent.validated_data["case"]).select_related("hub").first()
        problems: dict[str, Any] = {} if form.is_valid() else dict(form.errors)
        if case is None:
            problems |= unknown_key("case").detail  # type: ignore[arg-type]
        if case is None or problems:
            raise refused(problems)
        try:
            consultation, new = actions.log_consultation(
                case=case, client_id=sent.validated_data["client_id"], session=form.session(),
                by=self.person, at=timezone.now(),
            )  # fmt: skip
        except actions.Anonymised as problem:
            raise Forgotten from problem
        if not new and (consultation.case_id != case.pk or consultation.deleted_at is not None):
            raise Conflict
        return told(consultation, ConsultationSerializer, request=request, status=201 if new else 200)


class OneConsultation(ConsultationResource):
    """One consultation."""

    def found(self, pk: int) -> Consultation:
        """Of this hub, not deleted. Raises Http404."""
        row = Consultation.objects.filter(hub=self.hub, pk=pk).standing().for_lists().first()
        if row is None:
            raise Http404
        looked_at(self.request._request, "consultation.viewed", on=row, via="api")
        return row

    @extend_schema(operation_id="consultations_retrieve", responses={200: ConsultationSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """As it stands."""
        return told(self.found(pk), ConsultationSerializer, request=request)

    @extend_schema(
        operation_id="consultations_update",
        parameters=[IF_MATCH],
        request=ConsultationChangeSerializer(partial=True),
        responses={200: ConsultationSerializer},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change the fields that are sent; lists are replaced as a whole."""
        row = self.found(pk)
        version = edition(request, row)
        sent = ConsultationChangeSerializer(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        around: dict[str, Any] = {"hub": self.hub, "today": timezone.localdate()}
        standing = as_standing(RevisionForm.starting_from(row, **around))  # type: ignore[arg-type]
        form = RevisionForm(standing | sent.validated_data | {"version": version}, held=held_by(row), **around)
        if not form.is_valid():
            raise refused(form.errors)
        try:
            row = actions.revise_consultation(
                consultation=row, version=version, session=form.session(), by=self.person, at=timezone.now()
            )
        except actions.Edited as problem:
            raise EditedMeanwhile from problem
        except actions.MonthClosed as problem:
            raise Closed from problem
        except actions.Anonymised as problem:
            raise Forgotten from problem
        return told(row, ConsultationSerializer, request=request)

    @extend_schema(operation_id="consultations_delete", parameters=[IF_MATCH], responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Take it out of every list and figure; the trail keeps that it was."""
        row = self.found(pk)
        try:
            actions.delete_consultation(
                consultation=row, version=edition(request, row), by=self.person, at=timezone.now()
            )
        except actions.Edited as problem:
            raise EditedMeanwhile from problem
        except actions.MonthClosed as problem:
            raise Closed from problem
        return Response(status=204)
