"""Every address. Rooms keep their own tables; this one says where they hang."""

from django.contrib import admin
from django.urls import include, path

import dashboards.hub_urls
import hubs.urls

# A hub's front page shows figures, so a room upstairs serves it; its name belongs to the hub all the same.
hub_patterns = ([*hubs.urls.urlpatterns, *dashboards.hub_urls.urlpatterns], "hubs")

urlpatterns = [
    path("", include("website.urls")),
    path("figures/", include("website.figures.urls")),
    path("", include("consultations.urls.offline")),
    path("", include("booking.public_urls")),
    path("", include("casestudies.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("hubs/<slug:hub>/", include(hub_patterns)),
    path("hubs/<slug:hub>/", include("consultations.urls")),
    path("hubs/<slug:hub>/", include("sharing.urls")),
    path("hubs/<slug:hub>/", include("referrals.urls")),
    path("hubs/<slug:hub>/", include("booking.urls")),
    path("hubs/<slug:hub>/", include("exchange.urls")),
    path("hubs/<slug:hub>/", include("finding.urls")),
    path("hubs/<slug:hub>/", include("webhooks.urls")),
    path("hubs/<slug:hub>/", include("casestudies.hub_urls")),
    path("hubs/<slug:hub>/", include("plans.hub_urls")),
    path("hubs/<slug:hub>/", include("reports.hub_urls")),
    path("nation/", include("dashboards.nation_urls")),
    path("nation/", include("metrics.nation_urls")),
    path("nation/", include("plans.nation_urls")),
    path("nation/", include("reports.nation_urls")),
    path("nation/", include("hubs.nation_urls")),
    path("nation/", include("consultations.nation_urls")),
    path("nation/", include("casestudies.nation_urls")),
    path("answers/", include("referrals.answer_urls")),
    path("reports/", include("reports.urls")),
    path("agency/", include("reports.agency_urls")),
    path("api/", include("website.api_urls")),
]

handler400 = "website.views.bad_request"
handler403 = "website.views.forbidden"
handler404 = "website.views.not_found"
handler500 = "website.views.server_error"
