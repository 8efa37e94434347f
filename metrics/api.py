"""The API's resources of this room: definitions and figures."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.errors import Unreadable
from foundation.periods import Month
from hubs.access import Permission
from hubs.api import Resource
from hubs.doors import Reach
from hubs.models import Hub
from metrics.indicators import INDICATORS, Indicator
from metrics.models import Span
from metrics.queries import Place, figures


class IndicatorSerializer(serializers.Serializer):
    """An indicator as it is declared."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField()
    definition = serializers.CharField()
    additive = serializers.BooleanField()
    version = serializers.IntegerField()
    since = serializers.CharField(help_text="The first month that it holds for: 2026-04.")
    until = serializers.CharField(allow_null=True, help_text="The last month; null while it is counted.")
    guard = serializers.CharField(help_text="The indicator whose smallness makes this one small.")


class IndicatorHistorySerializer(IndicatorSerializer):
    """An indicator as it is declared now, and the versions before it, which still hold for their months."""

    earlier = serializers.SerializerMethodField()

    @extend_schema_field(IndicatorSerializer(many=True))
    def get_earlier(self, indicator: Indicator) -> Any:
        """The newest first."""
        return IndicatorSerializer(INDICATORS.earlier(indicator.code), many=True).data


class FigureSerializer(serializers.Serializer):
    """One figure. `hub` is null for the nation."""

    hub = serializers.IntegerField(allow_null=True)
    indicator = serializers.CharField()
    code = serializers.CharField()
    value = serializers.IntegerField()


class Indicators(APIView):
    """Every indicator with its definition. Public."""

    reach: ClassVar[Reach] = Reach.PUBLIC
    is_api = True
    authentication_classes = ()
    permission_classes = ()

    @extend_schema(responses={200: IndicatorHistorySerializer(many=True)})
    def get(self, request: Request) -> Response:
        """In display order, the newest version of each with those before it."""
        return Response(IndicatorHistorySerializer(list(INDICATORS), many=True).data)


class MonthFigures(Resource):
    """The figures of a month for the nation and every hub whose figures one may see."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    area: ClassVar[str] = "figures"
    permission: ClassVar[str] = Permission.VIEW_NATION

    @extend_schema(
        parameters=[OpenApiParameter("span", str, enum=list(Span.values))],
        responses={200: FigureSerializer(many=True)},
    )
    def get(self, request: Request, month: str) -> Response:
        """Of the month, or with `span=qtd` or `ytd` of its fiscal quarter or year up to and including it."""
        try:
            wanted, span = Month.parse(month), Span(request.query_params.get("span", Span.MONTH))
        except (Unreadable, ValueError) as problem:
            raise Http404 from problem
        hubs = Hub.objects.filter(pk__in=request._request.scope.figures).order_by("pk")  # type: ignore[attr-defined]
        places = [Place.nation(), *(Place.of_hub(hub) for hub in hubs)]
        found = figures(places=places, months=[wanted], span=span)
        rows = [
            {"hub": place.hub_id, "indicator": indicator.code, "code": code, "value": value}
            for place in places
            for indicator in INDICATORS.at(wanted)
            for code, value in sorted(found.breakdown(place, wanted, indicator).items())
        ]
        return Response(FigureSerializer(rows, many=True).data)
