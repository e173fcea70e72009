"""The portal's routes with the pages of two kinds of case, whatever the areas make their own."""

from django.urls import include, path

from arbitration.models import Dispute, MediationCase
from hrss_portal.desk.routes import case_urls
from hrss_portal.urls import handler403, handler404, handler500
from hrss_portal.urls import urlpatterns as portal

__all__ = ["handler403", "handler404", "handler500"]

urlpatterns = [
    *(route for route in portal if getattr(route, "namespace", "") != "arbitration"),
    path(
        "arbitration/",
        include(
            (
                [*case_urls("disputes", Dispute), *case_urls("mediations", MediationCase)],
                "arbitration",
            )
        ),
    ),
]
