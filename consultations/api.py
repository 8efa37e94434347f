"""The API's resources of this room: the same scope, rights and rules as the pages, by calling the same forms."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from consultations import actions, queries
from consultations.choices import Method, NotCounted
from consultations.forms import FilterForm, SessionFields
from consultations.models import Case, Consultation
from foundation.paging import page_of, read_place
from hubs.access import Permission
from hubs.doors import Reach, looked_at
from hubs.models import Hub

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


class RecordResource(APIView):
    """Base: a hub's records."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    is_api = True
    permission: ClassVar[str] = Permission.VIEW_RECORDS

    @property
    def hub(self) -> Hub:
        """The hub in the URL."""
        return self.request._request.hub  # type: ignore[attr-defined]

    @property
    def person(self) -> User:
        """Who asks."""
        return cast(User, self.request.user)


class Consultations(RecordResource):
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
            raise ValidationError({name: [str(text) for text in texts] for name, texts in form.errors.items()})
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
        if not request.user.has_perm(Permission.LOG_CONSULTATION, self.hub):
            self.permission_denied(request)
        sent = NewConsultationSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        form = SessionFields(sent.validated_data, hub=self.hub, today=timezone.localdate())
        case = Case.objects.filter(hub=self.hub, pk=sent.validated_data["case"]).select_related("hub").first()
        problems: dict[str, Any] = {} if form.is_valid() else dict(form.errors)
        if case is None:
            problems["case"] = [
                serializers.PrimaryKeyRelatedField.default_error_messages["does_not_exist"].format(
                    pk_value=sent.validated_data["case"]
                )
            ]
        if case is None or problems:
            raise ValidationError(problems)
        consultation, new = actions.log_consultation(
            case=case, client_id=sent.validated_data["client_id"], session=form.session(),
            by=self.person, at=timezone.now(),
        )  # fmt: skip
        return Response(ConsultationSerializer(consultation).data, status=201 if new else 200)


class OneConsultation(RecordResource):
    """One consultation."""

    @extend_schema(responses={200: ConsultationSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """As it stands."""
        found = Consultation.objects.filter(hub=self.hub, pk=pk).standing().for_lists().first()
        if found is None:
            raise Http404
        looked_at(request._request, "consultation.viewed", on=found, via="api")
        return Response(ConsultationSerializer(found).data)
