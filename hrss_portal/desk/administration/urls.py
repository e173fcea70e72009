"""Routes of the administration pages, part of ``desk``."""

from django.urls import path

from hrss_portal.desk.administration import (
    clients,
    dictionaries,
    dictionary_entries,
    handing,
    landing,
    replay,
)

urlpatterns = [
    path("administration/", landing.landing, name="administration"),
    path("administration/state/", landing.running_state, name="state"),
    path("administration/state.json", landing.running_state_json, name="state_json"),
    path("administration/clients/", clients.client_list, name="clients"),
    path("administration/clients/new/", clients.ClientNew.as_view(), name="client_new"),
    path("administration/clients/openapi.json", clients.client_schema, name="client_schema"),
    path("administration/clients/<int:pk>/", clients.client_detail, name="client"),
    path("administration/clients/<int:pk>/revoke/", clients.client_revoke, name="client_revoke"),
    path("dictionaries/", dictionaries.dictionaries, name="dictionaries"),
    path("dictionaries/lists/<str:code>/", dictionary_entries.dictionary, name="dictionary"),
    path(
        "dictionaries/lists/<str:code>/<str:entry>/",
        dictionary_entries.DictionaryEntry.as_view(),
        name="dictionary_entry",
    ),
    path("dictionaries/<int:pk>/drop/", dictionaries.alias_drop, name="alias_drop"),
    path("administration/hand-over/", handing.hand_over, name="hand_over"),
    path("administration/replay/", replay.replay_page, name="replay"),
]
