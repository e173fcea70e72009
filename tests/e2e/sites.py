"""The pages that the browser tests visit: one of each template, of the kernel and of the area."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from arbitration.models import Claim, Dispute, MediationCase, StaffMember
from hrss_portal.access.models import Unit, User
from hrss_portal.activities.models import Campaign
from hrss_portal.casework.models import CaseParty, Clock, Delivery, Event
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.imports.models import Batch
from hrss_portal.parties.models import Employer, Person
from tests.e2e.prepared import (
    asked,
    batch_on,
    drawn,
    progress_page,
    report,
    returned_by,
    task_link,
)


def pk_of(model: Any, **found: Any) -> int:
    """The first row that fits, by its key."""
    return int(model._base_manager.filter(**found).order_by("pk").values_list("pk", flat=True)[0])


def dispute(tail: str = "", **found: Any) -> Callable[[], str]:
    """The address of a dispute of the demo."""
    return lambda: (
        f"/arbitration/disputes/{pk_of(Dispute, **(found or {'state': 'serving'}))}/{tail}"
    )


def correction(what: str, model: Any, of: str, **found: Any) -> Callable[[], str]:
    """The address that puts an entry of a live dispute right: the first row that fits."""
    alive = {f"{of}__kind": "arbitration.dispute", f"{of}__is_live": True}

    def address() -> str:
        row = pk_of(model, **{f"{of}__archived_on": None}, **alive, **found)
        case = model._base_manager.values_list(f"{of}_id", flat=True).get(pk=row)
        return f"/arbitration/disputes/{case}/correct/{what}/{row}/"

    return address


@dataclass(frozen=True)
class Site:
    """A page: its name, who opens it, where, in what state it is and with what answer."""

    name: str
    who: str | None
    url: str | Callable[[], str]
    state: str = ""
    status: int = 200

    def address(self) -> str:
        """Where it is."""
        return self.url if isinstance(self.url, str) else self.url()


HEAD, CLERK, JUDGE, MEDIATOR, DIRECTOR, SYSTEM = "2001", "2003", "2002", "2004", "1001", "9002"
LEGAL, AUDITOR, OFFICE, TOWN, EMPLOYMENT = "1201", "9001", "1101", "3001", "1302"
SECURITY = "9003"
TRIAL_CLOCK = {"term": "arb.award", "case__handler__staff_no": JUDGE}  # of the judge's own case
SITES = (
    Site("login", None, "/login/"),
    Site("workbench", HEAD, "/"),
    Site("workbench-director", DIRECTOR, "/"),
    Site("workbench-empty", EMPLOYMENT, "/"),
    Site("todo", HEAD, "/todo/"),
    Site("todo-empty", EMPLOYMENT, "/todo/", "empty"),
    Site("search", CLERK, "/search/?q=霍邱"),
    Site("search-empty", CLERK, "/search/?q=没有这个词", "empty"),
    Site("intake", CLERK, "/intake/"),
    Site("settings", CLERK, "/settings/"),
    Site("password", CLERK, "/account/password/"),
    Site("totp", CLERK, "/account/totp/"),
    Site("persons", CLERK, "/persons/"),
    Site("person-add", CLERK, "/persons/add/"),
    Site("person", CLERK, lambda: f"/persons/{pk_of(Person)}/"),
    Site("person-reveal", CLERK, lambda: f"/persons/{pk_of(Person)}/reveal/"),
    Site("employers", CLERK, "/employers/"),
    Site("employer", CLERK, lambda: f"/employers/{pk_of(Employer)}/"),
    Site("employer-edit", HEAD, lambda: f"/employers/{pk_of(Employer)}/edit/"),
    Site("person-edit", CLERK, lambda: f"/persons/{pk_of(Person)}/edit/"),
    Site("employer-add", CLERK, "/employers/add/"),
    Site("jobs", CLERK, "/jobs/"),
    Site("administration", SYSTEM, "/administration/"),
    Site("running-state", SYSTEM, "/administration/state/"),
    Site("clients", SYSTEM, "/administration/clients/"),
    Site("dictionaries", SYSTEM, "/dictionaries/"),
    Site("hand-over", SYSTEM, "/administration/hand-over/"),
    Site("replay", LEGAL, "/administration/replay/"),
    Site("archive", OFFICE, "/archive/"),
    Site("retention", OFFICE, "/archive/retention/"),
    Site("subjects", LEGAL, "/subjects/"),
    Site("sharing", LEGAL, "/subjects/sharing/"),
    Site("inbox", HEAD, "/inbox/"),
    Site("announcements", SYSTEM, "/announcements/"),
    Site("outbox", SYSTEM, "/outbox/"),
    Site("rules", LEGAL, "/deadlines/rules/"),
    Site("rule", LEGAL, "/deadlines/rules/ARB-04/"),
    Site(
        "rule-propose",
        LEGAL,
        lambda: f"/deadlines/rules/{pk_of(LegalRule, code='ARB-04')}/propose/",
    ),
    Site("clock", JUDGE, lambda: f"/clocks/{pk_of(Clock, **TRIAL_CLOCK)}/"),
    Site("clock-sheet", JUDGE, lambda: f"/clocks/{pk_of(Clock, **TRIAL_CLOCK)}/sheet/"),
    Site("parameters", LEGAL, "/deadlines/parameters/"),
    Site("conditions", LEGAL, "/deadlines/conditions/"),
    Site("condition-new", LEGAL, "/deadlines/conditions/new/"),
    Site("work-calendar", LEGAL, "/deadlines/calendar/"),
    Site("calculate", CLERK, "/deadlines/calculate/?code=ARB-04&start=2023-09-01"),
    Site("papers", CLERK, "/papers/"),
    Site("paper-templates", LEGAL, "/paper-templates/"),
    Site("paper-template", LEGAL, "/paper-templates/arb.acceptance/"),
    Site("series", OFFICE, "/number-series/"),
    Site("imports", CLERK, "/imports/"),
    Site("import-upload", CLERK, "/imports/sheets/X10/"),
    Site("import-result", CLERK, lambda: f"/imports/{pk_of(Batch, sheet_code='X10')}/"),
    Site("import-columns", CLERK, lambda: f"/imports/{batch_on('columns')}/columns/"),
    Site("import-fix", CLERK, lambda: f"/imports/{batch_on('fix')}/fix/"),
    Site("import-confirm", CLERK, lambda: f"/imports/{batch_on('confirm')}/confirm/"),
    Site(
        "import-rows",
        CLERK,
        lambda: f"/imports/{pk_of(Batch, sheet_code='X10')}/result/?rows=created",
    ),
    Site("visits", HEAD, "/visits/"),
    Site("visit-new", HEAD, "/visits/new/"),
    Site("draws", OFFICE, "/draws/"),
    Site("draw-new", OFFICE, "/draws/new/"),
    Site("draw", OFFICE, lambda: f"/draws/{drawn()}/"),
    Site("draw-public", None, lambda: f"/public/draws/{drawn()}/"),
    Site("campaigns", HEAD, "/campaigns/"),
    Site("campaign", HEAD, lambda: f"/campaigns/{pk_of(Campaign)}/"),
    Site("meeting-new", HEAD, "/meetings/new/"),
    Site("tasks", HEAD, "/tasks/"),
    Site("task-new", HEAD, "/tasks/new/"),
    Site("rounds", HEAD, "/rounds/"),
    Site("round-new", HEAD, "/rounds/new/"),
    Site("round", HEAD, lambda: f"/rounds/{asked().pk}/"),
    Site("round-urge", HEAD, lambda: f"/rounds/{asked().pk}/urge/"),
    Site("task-return", TOWN, lambda: f"/tasks/{returned_by(TOWN)}/"),
    Site("task-table", TOWN, lambda: f"/tasks/{returned_by(TOWN)}/table/"),
    Site("figures", HEAD, "/indicators/"),
    Site("figure", HEAD, "/indicators/arb.accepted/"),
    Site("rows", HEAD, "/indicators/arb.accepted/rows/?from=2026-01-01&to=2026-12-31"),
    Site("boards", HEAD, "/boards/"),
    Site("board", HEAD, "/boards/arb.board/"),
    Site("reports", OFFICE, "/reports/"),
    Site("report", OFFICE, lambda: f"/reports/{report()}/"),
    Site("report-section", HEAD, lambda: f"/reports/{report()}/sections/disputes/"),
    Site("report-freeze", OFFICE, lambda: f"/reports/{report()}/freeze/"),
    Site("report-frozen", OFFICE, lambda: f"/reports/{report(frozen=True)}/"),
    Site("report-difference", OFFICE, lambda: f"/reports/{report(frozen=True)}/difference/"),
    Site("units", SYSTEM, "/organisation/units/"),
    Site("unit", SYSTEM, lambda: f"/organisation/units/{pk_of(Unit, kind='office')}/"),
    Site("users", SYSTEM, "/organisation/users/"),
    Site("user-new", SYSTEM, "/organisation/users/new/"),
    Site("user", SYSTEM, lambda: f"/organisation/users/{pk_of(User, staff_no='2003')}/"),
    Site("modules", SYSTEM, "/organisation/modules/"),
    Site("module-switch", SYSTEM, "/organisation/modules/new/"),
    Site("delegations", HEAD, "/organisation/delegations/"),
    Site("absences", HEAD, "/organisation/absences/"),
    Site("proposals", SECURITY, "/organisation/proposals/"),
    Site("logs", AUDITOR, "/organisation/logs/"),
    Site("log-changes", AUDITOR, "/organisation/logs/changes/"),
    Site("log-access", AUDITOR, "/organisation/logs/accesses/"),
    Site("disputes", CLERK, "/arbitration/disputes/"),
    Site("disputes-none", CLERK, "/arbitration/disputes/?q=没有这样的案件", "empty"),
    Site("disputes-bad-filter", CLERK, "/arbitration/disputes/?opened_on_from=abc"),
    Site("dispute", JUDGE, dispute()),
    Site("dispute-received", CLERK, dispute(state="received")),
    Site("dispute-suspended", HEAD, dispute(state="suspended")),
    Site("dispute-closed", CLERK, dispute(is_live=False, state="closed")),
    Site("dispute-new", CLERK, "/arbitration/disputes/new/"),
    Site("dispute-move", HEAD, dispute("move/accept/", state="pending")),
    Site("dispute-move-refused", CLERK, dispute("move/accept/", state="pending"), "denied", 403),
    Site("dispute-edit", JUDGE, dispute("edit/")),
    Site("correct-day", HEAD, correction("day", Event, "case", move="accept")),
    Site("correct-party", HEAD, correction("party", CaseParty, "case", role="respondent")),
    Site("correct-claim", HEAD, correction("claim", Claim, "dispute")),
    Site("correct-delivery", HEAD, correction("delivery", Delivery, "case", state="sent")),
    Site("dispute-attach", JUDGE, dispute("files/new/")),
    Site("dispute-assign", HEAD, dispute("assign/", state="serving")),
    Site("dispute-print", CLERK, dispute("print/")),
    Site("dispute-dates", JUDGE, dispute("dates/")),
    Site("mediations", MEDIATOR, "/arbitration/mediations/"),
    Site("mediation", MEDIATOR, lambda: f"/arbitration/mediations/{pk_of(MediationCase)}/"),
    Site("mediation-new", MEDIATOR, "/arbitration/mediations/new/"),
    Site("looks", MEDIATOR, "/arbitration/mediations/looks/"),
    Site("hearings", JUDGE, "/arbitration/hearings/"),
    Site("hearing-calendar", JUDGE, "/arbitration/hearings/calendar/"),
    Site("missed-checks", HEAD, "/arbitration/system-checks/missed/"),
    Site("workload", HEAD, "/arbitration/staff/workload/"),
    Site(
        "workload-rows",
        HEAD,
        lambda: f"/arbitration/staff/{pk_of(StaffMember)}/workload/2023/open/",
    ),
    Site("register", HEAD, "/arbitration/staff/"),
    Site("register-new", HEAD, "/arbitration/staff/new/"),
    Site("register-edit", HEAD, lambda: f"/arbitration/staff/{pk_of(StaffMember)}/"),
    Site("register-empty", HEAD, "/arbitration/equipment/", "empty"),
    Site("absent", CLERK, "/arbitration/disputes/999999999/", status=404),
    Site("denied", TOWN, "/organisation/users/", "denied", 403),
    Site("unreadable", CLERK, "/todo/?q=%00", "error", 400),
    Site("task-link", None, task_link),
    Site("task-link-answered", None, lambda: task_link(answered=True)),
    Site("progress", None, "/progress/"),
    Site("progress-of", None, progress_page),
    Site("public-closed", None, "/t/no-such-link/", status=404),
)
