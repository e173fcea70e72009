"""Routes of ``desk``."""

from django.urls import URLPattern, path

from hrss_portal.desk import case_links, helping, informants, namesakes, quick, views
from hrss_portal.desk.administration import urls as administration
from hrss_portal.desk.archive import urls as archive

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("todo/", views.Todo.as_view(), name="todo"),
    path("search/", views.search, name="search"),
    path("intake/", quick.intake, name="intake"),
    path("case/<int:pk>/", views.case, name="case"),
    path("case/<int:pk>/link/", case_links.Tie.as_view(), name="case_link"),
    path("case/<int:pk>/link/<int:link>/part/", case_links.Untie.as_view(), name="case_unlink"),
    path(
        "case/<int:pk>/informants/",
        informants.InformantsOpen.as_view(),
        name="case_informants",
    ),
    path(
        "case/<int:pk>/informants/new/",
        informants.InformantAdd.as_view(),
        name="case_informant_add",
    ),
    path("case/<int:pk>/namesake/", namesakes.Namesake.as_view(), name="case_namesake"),
    path("help/<str:route>/", helping.page, name="help"),
    path("settings/", views.settings, name="settings"),
    path("desk/badge/", views.badge, name="badge"),
    path("desk/draft/", views.draft, name="draft"),
    path("desk/draft/drop/", views.draft_drop, name="draft_drop"),
    path("desk/habits/", views.list_habits, name="habits"),
    path("desk/follow/", views.follow, name="follow"),
    *administration.urlpatterns,
    *archive.urlpatterns,
]
