"""Routes of the shared registers and of tasks."""

from django.urls import URLPattern, path

from hrss_portal.activities.models import Task
from hrss_portal.desk.activities import doing, lists
from hrss_portal.desk.registers import register_urls
from hrss_portal.desk.routes import case_urls

app_name = "activities"
urlpatterns: list[URLPattern] = [
    *register_urls("visits", lists.VisitRegister),
    path("visits/<int:pk>/follow-up/", doing.VisitFollowUp.as_view(), name="visit_follow_up"),
    path("visits/<int:pk>/checklist/", doing.VisitChecklist.as_view(), name="visit_checklist"),
    *register_urls("meetings", lists.MeetingRegister),
    path("decisions/<int:pk>/task/", doing.DecisionTask.as_view(), name="decision_task"),
    *register_urls("campaigns", lists.CampaignRegister),
    *register_urls("handouts", lists.HandoutRegister),
    *register_urls("publicity", lists.PublicityRegister),
    *register_urls("classes", lists.ClassRegister),
    *register_urls("commendations", lists.CommendationRegister),
    *register_urls("surveys", lists.SurveyRegister),
    path("surveys/<int:pk>/answers/new/", doing.AnswerAdd.as_view(), name="answer_add"),
    *case_urls("tasks", Task, list=lists.TaskList, detail=doing.TaskDetail),
    path("tasks/<int:pk>/ask/", doing.TaskAsk.as_view(), name="task_ask"),
]
