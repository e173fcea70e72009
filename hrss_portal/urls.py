"""Every route of the portal.  Work areas are included by string, never imported."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

WITH_PAGES = [area for area in settings.WORK_AREAS if find_spec(f"{area}.urls")]
handler400 = "hrss_portal.desk.errors.bad_request"
handler403 = "hrss_portal.desk.errors.denied"
handler404 = "hrss_portal.desk.errors.not_found"
handler500 = "hrss_portal.desk.errors.server_error"
urlpatterns = [
    path("api/", include("hrss_portal.desk.api.urls")),
    path("", include("hrss_portal.desk.urls")),
    path("", include("hrss_portal.access.urls")),
    path("", include("hrss_portal.parties.urls")),
    path("", include("hrss_portal.jobs.urls")),
    path("", include("hrss_portal.deadlines.urls")),
    path("", include("hrss_portal.notifications.urls")),
    path("", include("hrss_portal.documents.urls")),
    path("", include("hrss_portal.imports.urls")),
    path("", include("hrss_portal.casework.urls")),
    path("", include("hrss_portal.desk.activities.urls")),
    path("", include("hrss_portal.indicators.urls")),
    path("", include("hrss_portal.reports.urls")),
    *(path(f"{area}/", include(f"{area}.urls")) for area in WITH_PAGES),
]
