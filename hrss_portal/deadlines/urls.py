"""Routes of ``deadlines``."""

from django.urls import path

from hrss_portal.deadlines.views import calculation, days, proposals, rules

app_name = "deadlines"
urlpatterns = [
    path("deadlines/rules/", rules.rules, name="rules"),
    path("deadlines/rules/new/", rules.propose_rule, name="rule_new"),
    path("deadlines/rules/<int:pk>/propose/", rules.propose_rule, name="rule_propose"),
    path("deadlines/rules/<str:code>/", rules.rule, name="rule"),
    path("deadlines/parameters/", rules.parameters, name="parameters"),
    path("deadlines/parameters/new/", rules.propose_parameter, name="parameter_new"),
    path(
        "deadlines/parameters/<int:pk>/propose/", rules.propose_parameter, name="parameter_propose"
    ),
    path("deadlines/conditions/", rules.conditions, name="conditions"),
    path("deadlines/conditions/new/", rules.propose_condition, name="condition_new"),
    path(
        "deadlines/conditions/<int:pk>/propose/", rules.propose_condition, name="condition_propose"
    ),
    path("deadlines/proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path(
        "deadlines/proposals/<int:pk>/confirm/",
        proposals.answer,
        {"verb": "confirm"},
        name="proposal_confirm",
    ),
    path(
        "deadlines/proposals/<int:pk>/refuse/",
        proposals.answer,
        {"verb": "refuse"},
        name="proposal_refuse",
    ),
    path(
        "deadlines/proposals/<int:pk>/withdraw/",
        proposals.answer,
        {"verb": "withdraw"},
        name="proposal_withdraw",
    ),
    path("deadlines/calendar/", days.year, name="calendar_now"),
    path("deadlines/calendar/jump/", days.jump, name="calendar_jump"),
    path("deadlines/calendar/closing/", days.closing, name="calendar_closing"),
    path("deadlines/calendar/<int:number>/", days.year, name="calendar"),
    path("deadlines/calendar/<int:number>/notice/", days.notice, name="calendar_notice"),
    path("deadlines/calculate/", calculation.calculate, name="calculate"),
    path("deadlines/calculate/sheet/", calculation.sheet, name="sheet"),
]
