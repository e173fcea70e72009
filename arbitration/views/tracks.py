"""The filter of the list of disputes by the conditions of a track."""

from django.db.models import QuerySet

from arbitration.models import Dispute
from arbitration.workflows.tracks import RULE_SETS, may_take
from hrss_portal.deadlines.conditions import State
from hrss_portal.deadlines.rulesets import rule_set
from hrss_portal.desk.columns import Filter

#: What may be asked of a track; the cases that break its conditions are not looked for.
ASKED = {State.MET: "条件都符合", State.MISSING: "还缺数据"}


def choices() -> list[tuple[str, str]]:
    """For each track the cases that meet its conditions, and those that lack data."""
    return [
        (f"{procedure}.{state}", f"{rule_set(code).label}{words}")
        for procedure, code in RULE_SETS.items()
        for state, words in ASKED.items()
    ]


def by_track(rows: QuerySet[Dispute], value: str) -> QuerySet[Dispute]:
    """Disputes not accepted yet for which the track is not chosen."""
    procedure, _, state = value.partition(".")
    return may_take(rows, procedure, state)


BY_TRACK = Filter(
    name="track", label="符合速裁（简易）条件", choices=choices, apply=by_track, further=True
)
