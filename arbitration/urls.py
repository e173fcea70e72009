"""Routes of the arbitration court."""

from django.urls import path

from arbitration import views
from arbitration.models import Dispute, MediationCase
from hrss_portal.desk.registers import register_urls
from hrss_portal.desk.routes import case_urls

app_name = "arbitration"
urlpatterns = [
    *case_urls("disputes", Dispute, list=views.DisputeList, detail=views.DisputeDetail),
    path("disputes/<int:pk>/dates/", views.prehearing, name="prehearing"),
    *case_urls(
        "mediations",
        MediationCase,
        list=views.MediationList,
        detail=views.MediationDetail,
        edit=views.MediationEdit,
    ),
    path("mediations/looks/", views.looks, name="looks"),
    path("hearings/", views.HearingList.as_view(), name="hearing_list"),
    path("hearings/calendar/", views.calendar, name="calendar"),
    path("staff/workload/", views.workload, name="workload"),
    path(
        "staff/<int:pk>/workload/<int:year>/<slug:part>/", views.workload_rows, name="workload_rows"
    ),
    *register_urls("staff", views.StaffRegister),
    *register_urls("bodies", views.MediationBodies),
    *register_urls("looks", views.PlatformLooks),
    *register_urls("rooms", views.RoomRegister),
    *register_urls("equipment", views.EquipmentRegister),
    *register_urls("checks", views.ChecksOfEquipment),
    *register_urls("budget", views.BudgetRegister),
    *register_urls("notices", views.NoticeRegister),
    *register_urls("systems", views.UpperSystems),
    path("system-checks/missed/", views.MissedChecks.as_view(), name="missedcheck_list"),
    *register_urls("system-checks", views.SystemChecks),
]
