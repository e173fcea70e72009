"""Routes of the administration pages, part of ``desk``."""

from django.urls import path

from hrss_portal.desk.administration import handing, landing, replay

urlpatterns = [
    path("administration/", landing.landing, name="administration"),
    path("administration/state/", landing.running_state, name="state"),
    path("administration/state.json", landing.running_state_json, name="state_json"),
    path("administration/hand-over/", handing.hand_over, name="hand_over"),
    path("administration/replay/", replay.replay_page, name="replay"),
]
