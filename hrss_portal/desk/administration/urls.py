"""Routes of the administration pages, part of ``desk``."""

from django.urls import path

from hrss_portal.desk.administration import replay

urlpatterns = [
    path("administration/replay/", replay.replay_page, name="replay"),
]
