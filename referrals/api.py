"""Referrals in the API: written, sent and read by the pages' rules. What the other agency answers comes by its link."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consultations.actions import Edited
from consultations.actions.privacy import Anonymised
from consultations.models import Case
from foundation.errors import MoveRefused
from foundation.paging import behind, page_of, read_moment, read_place
from hubs.access import Permission
from hubs.api import (
    AFTER,
    BIGGEST_KEY,
    IF_MATCH,
    Conflict,
    EditedMeanwhile,
    RecordResource,
    edition,
    refused,
    told,
    unknown_key,
)
from hubs.doors import looked_at
from referrals import actions, queries
from referrals.actions.sending import ConsentMissing, ConsentWithdrawn
from referrals.choices import Consent, ReferralKind, ReferralState, Shared, Waiting
from referrals.forms import SENT_AS, ReferralForm
from referrals.models import Referral, ReferralWork

PAGE_SIZE = 100
FORGOTTEN = "The client's personal data were erased."


class WorkSerializer(serializers.ModelSerializer):
    """What the other agency did."""

    class Meta:
        model = ReferralWork
        fields = ("worked_on", "times", "content", "typed_at")


class ReferralSerializer(serializers.ModelSerializer):
    """A referral as it is told."""

    fields_shared = serializers.ListField(source="fields", child=serializers.ChoiceField(choices=Shared.choices))

    class Meta:
        model = Referral
        fields = (
            "id", "client_id", "case", "enterprise", "organization", "kind", "recipient_name", "recipient_email",
            "request", "outline", "fields_shared", "consented_on", "consent_how", "state", "reason", "sent_on",
            "answered_on", "finished_on", "chased", "version", "created_at", "updated_at",
        )  # fmt: skip


class OneReferralSerializer(ReferralSerializer):
    """One referral together with the work that came of it."""

    works = serializers.SerializerMethodField()

    class Meta(ReferralSerializer.Meta):
        fields = (*ReferralSerializer.Meta.fields, "works")  # type: ignore[assignment]

    @extend_schema_field(WorkSerializer(many=True))
    def get_works(self, referral: Referral) -> Any:
        rows = ReferralWork.objects.filter(hub_id=referral.hub_id, referral=referral).standing()
        return WorkSerializer(rows.order_by("worked_on", "pk"), many=True).data


class ReferralPageSerializer(serializers.Serializer):
    """Some referrals, and the place behind which the next ones begin."""

    results = ReferralSerializer(many=True)
    next = serializers.CharField(help_text="Query string of the next page; empty on the last.")


class NewReferralSerializer(serializers.Serializer):
    """What is sent: types only. The rules are those of the page's form."""

    client_id = serializers.UUIDField(help_text="Made by the client; sending it again makes nothing new.")
    case = serializers.IntegerField(min_value=1, max_value=BIGGEST_KEY)
    organization = serializers.IntegerField(min_value=1, max_value=BIGGEST_KEY)
    kind = serializers.ChoiceField(choices=ReferralKind.choices)
    recipient_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    recipient_email = serializers.EmailField(max_length=254)
    request = serializers.CharField()
    outline = serializers.CharField(required=False, allow_blank=True)
    fields_shared = serializers.ListField(child=serializers.ChoiceField(choices=Shared.choices), max_length=40)
    consented_on = serializers.DateField(required=False)
    consent_how = serializers.ChoiceField(choices=Consent.choices, required=False, allow_blank=True)


class ReferralResource(RecordResource):
    """Base of them all."""

    area: ClassVar[str] = "referrals"
    permission_to_write: ClassVar[str] = Permission.REFER

    def found(self, pk: int) -> Referral:
        """Of this hub. Raises Http404."""
        row = Referral.objects.filter(hub=self.hub, pk=pk).select_related("hub__prefecture", "enterprise").first()
        if row is None:
            raise Http404
        looked_at(self.request._request, "referral.viewed", on=row, via="api")
        return row


class Referrals(ReferralResource):
    """The hub's referrals."""

    @extend_schema(
        operation_id="referrals_list",
        parameters=[OpenApiParameter("state", str, enum=[*Waiting.values, *ReferralState.values]), AFTER],
        responses={200: ReferralPageSerializer},
    )
    def get(self, request: Request) -> Response:
        """Newest first; `state` a state, or what is waited for."""
        state, place = request.query_params.get("state", Waiting.ALL), read_place(request._request.GET, read_moment)
        known = state if state in {*Waiting.values, *ReferralState.values} else Waiting.ALL
        rows = queries.listed(hub=self.hub, wanted=known, today=timezone.localdate(), case=None)
        found = list(behind(rows, "created_at", place).newest_first()[: PAGE_SIZE + 1])  # type: ignore[attr-defined]
        page = page_of(found, size=PAGE_SIZE, query=request._request.GET, place_of=lambda row: (row.created_at, row.pk))
        looked_at(request._request, "referrals.listed", state=known, via="api")
        return Response({"results": ReferralSerializer(page.objects, many=True).data, "next": page.next_query})

    @extend_schema(
        operation_id="referrals_create",
        request=NewReferralSerializer,
        responses={200: OneReferralSerializer, 201: OneReferralSerializer},
    )
    def post(self, request: Request) -> Response:
        """Write one; it is sent by a second request. 201 for a new one, 200 for one that was sent before."""
        sent = NewReferralSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        key, client_id = sent.validated_data["case"], sent.validated_data["client_id"]
        case = Case.objects.filter(hub=self.hub, pk=key).select_related("hub__prefecture", "enterprise").first()
        if case is None:
            raise unknown_key("case")
        before = Referral.objects.filter(hub=self.hub, client_id=client_id).first()
        form = self.form(case, sent.initial_data)
        who: dict[str, Any] = {"by": self.person, "at": timezone.now()}
        try:
            made = actions.prepare(case=case, client_id=client_id, consent=form.consent, **form.values(), **who)
        except actions.WrittenOtherwise as problem:
            names = ", ".join(SENT_AS.get(name, name) for name in problem.names)
            raise Conflict(f"The client_id is already that of a referral that differs in: {names}.") from problem
        except Anonymised as problem:
            raise Conflict(FORGOTTEN) from problem
        return told(made, OneReferralSerializer, request=request, status=200 if before else 201)

    def form(self, case: Case, typed: dict[str, Any]) -> ReferralForm:
        """The page's own form over what was sent. Raises ValidationError."""
        form = ReferralForm(
            {**typed, "version": 1}, hub=self.hub, case=case, candidates=[], today=timezone.localdate(),
            chosen=int(typed["organization"]),
        )  # fmt: skip
        if not form.is_valid():
            raise refused(form.errors)
        return form


class OneReferral(ReferralResource):
    """One referral."""

    @extend_schema(operation_id="referrals_retrieve", responses={200: OneReferralSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """As it stands, with what the other agency did."""
        return told(self.found(pk), OneReferralSerializer, request=request)


class Sending(ReferralResource):
    """Sending a referral."""

    @extend_schema(
        operation_id="referral_sending_create", parameters=[IF_MATCH], request=None,
        responses={200: OneReferralSerializer},
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Send it with just the fields that the client consented to. 409 without a recorded consent."""
        row = self.found(pk)
        try:
            row = actions.send(referral=row, version=edition(request, row), by=self.person, at=timezone.now())
        except Edited as problem:
            raise EditedMeanwhile from problem
        except Anonymised as problem:
            raise Conflict(FORGOTTEN) from problem
        except ConsentWithdrawn as problem:
            raise Conflict("The client has withdrawn the consent to being handed on.") from problem
        except ConsentMissing as problem:
            raise Conflict("The client's consent is not recorded.") from problem
        except MoveRefused as problem:
            raise Conflict("Its state does not allow that.") from problem
        return told(row, OneReferralSerializer, request=request)
