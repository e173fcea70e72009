"""How the state of a case reads on every page: its words, and the tint of its phase."""

from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import workflow_of

PHASE_TAGS = {
    "intake": "open",
    "work": "open",
    "waiting": "waiting",
    "ended": "closed",
    "filed": "closed",
}


def state_label(case: Case) -> str:
    """The words of a case's state."""
    return "作废" if case.is_void else workflow_of(case).state(case.state).label


def state_tag(case: Case) -> str:
    """How the state is tinted: by its phase."""
    return "closed" if case.is_void else PHASE_TAGS[workflow_of(case).state(case.state).phase]
