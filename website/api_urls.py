"""The API's root: its schema, and the rooms' resources."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from hubs.doors import Reach


class Schema(SpectacularAPIView):
    """GET /api/schema/: OpenAPI. Public: it describes, it does not show."""

    reach = Reach.PUBLIC
    is_api = True
    authentication_classes = ()
    permission_classes = ()


app_name = "api"
urlpatterns = [
    path("schema/", Schema.as_view(), name="schema"),
    path("v1/hubs/<slug:hub>/", include("consultations.api_urls")),
    path("v1/hubs/<slug:hub>/", include("referrals.api_urls")),
    path("v1/", include("metrics.api_urls")),
]
