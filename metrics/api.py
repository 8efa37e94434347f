"""The API's resources of this room: definitions and figures."""

from __future__ import annotations

from typing import ClassVar

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
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
from metrics.indicators import INDICATORS
from metrics.models import Span
from metrics.queries import Place, figures


class IndicatorSerializer(serializers.Serializer):
    """An indicator as it is declared."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField()
    definition = serializers.CharField()
    additive = serializers.BooleanField()


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

    @extend_schema(responses={200: IndicatorSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """In display order."""
        return Response(IndicatorSerializer(list(INDICATORS), many=True).data)


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
        """Of the month, or with `span=ytd` of its fiscal year to date."""
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
            for indicator in INDICATORS
            for code, value in sorted(found.breakdown(place, wanted, indicator).items())
        ]
        return Response(FigureSerializer(rows, many=True).data)
