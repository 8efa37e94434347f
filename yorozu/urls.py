"""Every address. Rooms keep their own tables; this one says where they hang."""

from django.contrib import admin
from django.urls import include, path

import dashboards.hub_urls
import hubs.urls

# A hub's front page shows figures, so a room upstairs serves it; its name belongs to the hub all the same.
hub_patterns = ([*hubs.urls.urlpatterns, *dashboards.hub_urls.urlpatterns], "hubs")

urlpatterns = [
    path("", include("website.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("hubs/<slug:hub>/", include(hub_patterns)),
    path("hubs/<slug:hub>/", include("consultations.urls")),
    path("nation/", include("dashboards.nation_urls")),
    path("nation/", include("hubs.nation_urls")),
    path("reports/", include("reports.urls")),
    path("api/", include("website.api_urls")),
]

handler400 = "website.views.bad_request"
handler403 = "website.views.forbidden"
handler404 = "website.views.not_found"
handler500 = "website.views.server_error"
