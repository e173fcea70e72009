"""What the arguments of a route stand for.  A route with arguments that is not told here fails.

Pages over a declared model (cases, registers) tell it themselves.
"""

from typing import Any

from django.urls import URLPattern

from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import workflow_of

#: Longest fitting beginning of the route's name → model of its ``pk``.
MODELS = {
    "desk:case": "arbitration.Dispute",
    "desk:client": "desk.ClientSystem",
    "desk:alias_drop": "parties.Alias",
    "desk:hold": "arbitration.Dispute",
    "desk:hold_lift": "casework.LegalHold",
    "desk:unarchive": "arbitration.Dispute",
    "desk:retention_propose": "casework.RetentionRule",
    "desk:subject": "parties.Person",
    "access:unit": "access.Unit",
    "access:user": "access.User",
    "access:grant_propose": "access.User",
    "access:grant_revoke": "access.Grant",
    "access:delegation": "access.Delegation",
    "access:absence": "access.Absence",
    "access:proposal": "access.Proposal",
    "parties:person": "parties.Person",
    "parties:employer": "parties.Employer",
    "parties:merge_undo": "parties.Merge",
    "parties:restriction": "parties.Restriction",
    "jobs:": "jobs.Job",
    "deadlines:rule": "deadlines.LegalRule",
    "deadlines:parameter": "deadlines.Parameter",
    "deadlines:proposal": "access.Proposal",
    "notifications:read": "notifications.Notice",
    "notifications:announcement": "notifications.Announcement",
    "notifications:resend": "notifications.OutboxMessage",
    "notifications:kind": "notifications.Endpoint",
    "notifications:endpoint": "notifications.Endpoint",
    "notifications:task_link": "notifications.TaskLink",
    "documents:download": "documents.File",
    "documents:paper": "documents.Paper",
    "imports:": "imports.Batch",
    "casework:clock": "casework.Clock",
    "indicators:override_withdraw": "indicators.Override",
    "reports:": "reports.Report",
    "arbitration:prehearing": "arbitration.Dispute",
}
#: Beginning of the route's name → its other arguments.
WORDS: dict[str, dict[str, Any]] = {
    "access:log": {"name": "changes"},
    "deadlines:rule": {"code": "ARB-14"},
    "deadlines:calendar": {"number": 2023},
    "notifications:answer": {"token": "unknown"},
    "documents:template": {"code": "arb.award"},
    "documents:series": {"code": "arb.case"},
    "imports:": {"code": "X10", "number": 2},
    "indicators:": {"code": "arb.mediation_resolved"},
    "indicators:monthly_rows": {"code": "arb.monthly"},
    "indicators:board": {"code": "arb.board"},
    "reports:": {"code": "arbitration", "verb": "check", "handover": 1},
    "desk:help": {"route": "desk:home"},
}


def arguments(pattern: URLPattern) -> list[str]:
    """The names of a route's arguments."""
    return list(pattern.pattern.converters)


def model_of(name: str, pattern: URLPattern) -> Any:
    """The label or class of the model that ``pk`` names, or None."""
    view = getattr(pattern.callback, "view_class", None)
    for holder in (view, getattr(view, "register", None)):
        model = getattr(holder, "model", None)
        if isinstance(model, type):
            return model
    return longest(MODELS, name)


def longest(table: dict[str, Any], name: str) -> Any:
    """The entry with the longest key that the name begins with."""
    keys = sorted((key for key in table if name.startswith(key)), key=len)
    return table[keys[-1]] if keys else None


def words_of(name: str, pattern: URLPattern) -> dict[str, Any]:
    """The arguments besides ``pk``, of all fitting beginnings; the longer wins.

    A move page stands for its first move, a paper page for a paper that is not there.
    """
    found: dict[str, Any] = {"paper": 1}
    model = model_of(name, pattern)
    if isinstance(model, type) and issubclass(model, Case) and model is not Case:
        found["code"] = workflow_of(model).moves[0].code
    for key in sorted((key for key in WORDS if name.startswith(key)), key=len):
        found |= WORDS[key]
    return found
