"""Routes of the shared registers and of tasks."""

from django.urls import URLPattern, path

from hrss_portal.activities.models import Task
from hrss_portal.desk.activities import doing, draws, lists, returning, rounds
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
    *register_urls("draws", draws.DrawRegister),
    path("draws/<int:pk>/publish/", draws.DrawPublish.as_view(), name="draw_publish"),
    path("draws/<int:pk>/seal/", draws.DrawSeal.as_view(), name="draw_seal"),
    path("draws/<int:pk>/open/", draws.DrawOpen.as_view(), name="draw_open"),
    path("draws/<int:pk>/seed/", draws.DrawSeed.as_view(), name="draw_seed"),
    path("draws/<int:pk>/file/", draws.draw_file, name="draw_file"),
    path("public/draws/<int:pk>/", draws.public_result, name="draw_public"),
    path("public/draws/<int:pk>/file/", draws.public_file, name="draw_public_file"),
    *case_urls("tasks", Task, list=lists.TaskList, detail=doing.TaskDetail),
    path("tasks/<int:pk>/fill/", returning.TaskFill.as_view(), name="task_fill"),
    path("tasks/<int:pk>/table/", returning.TaskTable.as_view(), name="task_table"),
    path("tasks/<int:pk>/workbook/", returning.task_workbook, name="task_workbook"),
    *register_urls("rounds", rounds.RoundRegister),
    path("rounds/<int:pk>/urge/", rounds.RoundUrge.as_view(), name="round_urge"),
    path("rounds/<int:pk>/take-in/", rounds.RoundTakeIn.as_view(), name="round_take_in"),
    path("tasks/<int:pk>/ask/", doing.TaskAsk.as_view(), name="task_ask"),
]
