"""The one route of the trial area (a URLconf, no tests)."""

from django.urls import include, path

from tests.kernel.access.test_routes import matter

urlpatterns = [
    path("", include("tests.kernel.access.urls")),
    path("matters/<int:pk>/", matter, name="matter"),
]
