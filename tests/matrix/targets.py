"""What the arguments of a route stand for.  A route with arguments that is not told here fails.

Pages over a declared model (cases, registers) tell it themselves.
"""

from typing import Any

from django.urls import URLPattern

from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import workflow_of
from tests.matrix import world

#: Longest fitting beginning of the route's name → model of its ``pk``, or what makes its row.
MODELS: dict[str, Any] = {
    "desk:case": "arbitration.Dispute",
    "desk:client": "desk.ClientSystem",
    "desk:alias_drop": "parties.Alias",
    "desk:hold": "arbitration.Dispute",
    "desk:unarchive": "arbitration.Dispute",
    "desk:retention_propose": "casework.RetentionRule",
    "desk:subject": "audit.AccessEntry",
    "access:unit": "access.Unit",
    "access:user": "access.User",
    "access:grant_propose": "access.User",
    "access:grant_revoke": "access.Grant",
    "access:delegation": "access.Delegation",
    "access:absence": "access.Absence",
    "access:proposal": "access.Proposal",
    "parties:person": "parties.Person",
    "parties:employer": "parties.Employer",
    "parties:staff_number": "access.User",
    "parties:merge_undo": "parties.Merge",
    "parties:restriction": "parties.Restriction",
    "jobs:": "jobs.Job",
    "deadlines:rule": "deadlines.LegalRule",
    "deadlines:condition": "deadlines.Condition",
    "deadlines:parameter": "deadlines.Parameter",
    "deadlines:proposal": world.a_rule_proposal,
    "notifications:read": "notifications.Notice",
    "notifications:announcement": "notifications.Announcement",
    "notifications:resend": "notifications.OutboxMessage",
    "notifications:kind": "notifications.MessageKind",
    "notifications:endpoint": "notifications.Endpoint",
    "notifications:task_link": "notifications.TaskLink",
    "documents:download": "documents.File",
    "documents:paper": "documents.Paper",
    "imports:": "imports.Batch",
    "casework:clock": "casework.Clock",
    "indicators:override_withdraw": "indicators.Override",
    "reports:": "reports.Report",
    "activities:decision_task": "activities.Decision",
    "activities:draw_": "activities.Draw",
    "activities:answer_add": "activities.Survey",
    "activities:task_fill": world.a_return,
    "activities:task_table": world.a_return,
    "activities:task_workbook": world.a_return,
    "arbitration:prehearing": "arbitration.Dispute",
    "arbitration:workload_rows": "arbitration.StaffMember",
}
#: Beginning of the route's name → its other arguments.
WORDS: dict[str, dict[str, Any]] = {
    "access:log": {"name": "changes"},
    "deadlines:rule": {"code": "ARB-14"},
    "deadlines:calendar": {"number": 2023},
    "notifications:answer": {"token": "unknown"},
    "casework:progress_of": {"code": "unknown"},
    "documents:template": {"code": "arb.award"},
    "documents:series": {"code": "arb.case"},
    "imports:": {"code": "X10", "number": 2},
    "indicators:": {"code": "arb.mediation_resolved"},
    "indicators:monthly_rows": {"code": "arb.monthly"},
    "indicators:board": {"code": "arb.board"},
    "reports:": {"code": "disputes", "verb": "check", "use": "f1"},
    "desk:help": {"route": "desk:home"},
    "arbitration:workload_rows": {"year": 2023, "part": "open"},
    "desk:dictionary": {"code": "arbitration.cause", "entry": "pay"},
}
#: Other arguments that name a row of the row that ``pk`` names: model and its foreign key.
PARTS = {
    "paper": ("casework.CasePaper", "case"),
    "handover": ("reports.Handover", "report"),
    "link": ("casework.CaseLink", "earlier"),
    "row": ("casework.Event", "case"),
}


#: End of the route's name → what its form says: a paper of no declared kind is not made.
FORMS = {"_paper": "&do=drop"}


def form_of(name: str) -> str:
    """What a form says beside its key."""
    return next((form for end, form in FORMS.items() if name.endswith(end)), "")


def arguments(pattern: URLPattern) -> list[str]:
    """The names of a route's arguments."""
    return list(pattern.pattern.converters)


def model_of(name: str, pattern: URLPattern) -> Any:
    """The label or class of the model that ``pk`` names, or None."""
    told = longest(MODELS, name)
    if told:
        return told
    view = getattr(pattern.callback, "view_class", None)
    for holder in (view, getattr(view, "register", None)):
        model = getattr(holder, "model", None)
        if isinstance(model, type):
            return model
    return None


def parts_of(pattern: URLPattern) -> list[str]:
    """The arguments that name a row of the row that ``pk`` names."""
    return [name for name in arguments(pattern) if name in PARTS]


def longest(table: dict[str, Any], name: str) -> Any:
    """The entry with the longest key that the name begins with."""
    keys = sorted((key for key in table if name.startswith(key)), key=len)
    return table[keys[-1]] if keys else None


def words_of(name: str, pattern: URLPattern) -> dict[str, Any]:
    """The arguments besides ``pk``, of all fitting beginnings; the longer wins.

    A move page stands for its first move, the page that puts an entry right for a day.
    """
    found: dict[str, Any] = {}
    model = model_of(name, pattern)
    if isinstance(model, type) and issubclass(model, Case) and model is not Case:
        found |= {"code": workflow_of(model).moves[0].code, "what": "day"}
    for key in sorted((key for key in WORDS if name.startswith(key)), key=len):
        found |= WORDS[key]
    return found
