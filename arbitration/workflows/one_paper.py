"""Which of several papers of one name a delivery served: two orders ahead, two corrections.

Each is served by itself, and its delivery meets its own clock.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from arbitration.workflows.deliveries import (
    HEARING,
    MADE_HERE,
    SERVED_AS,
    is_meant,
    part_award_papers,
    unserved,
)
from arbitration.workflows.posts import PARTY_ROLES
from arbitration.workflows.safeguards import notices_ahead
from hrss_portal.casework.models import CasePaper
from hrss_portal.casework.papers import is_spent


def papers_named(case: Any, doc_name: str) -> list[CasePaper]:
    """The issued papers that a name may mean, in the order of issue; of hearings the coming ones.

    Nothing where a name stands for papers of several kinds: it means whichever was made.
    """
    if doc_name in HEARING:
        return notices_ahead(case)
    kinds = MADE_HERE.get(doc_name, ())
    if len(kinds) != 1:
        return []
    return [row for row in _issued(case, kinds) if is_meant(row, doc_name)]


def _issued(case: Any, kinds: Iterable[str]) -> Iterable[CasePaper]:
    """The issued papers of these kinds, in the order of issue."""
    rows = case.papers.filter(kind__in=kinds, state="issued", paper__voided_at=None)
    return rows.select_related("paper", "event").order_by("pk")


def told_apart(case: Any) -> dict[str, list[CasePaper]]:
    """The names of which there are several papers, so that a delivery has to say which."""
    kind_of = {name: kinds[0] for name, kinds in MADE_HERE.items() if len(kinds) == 1}
    issued = list(_issued(case, set(kind_of.values())))  # once, not for each name
    found: dict[str, list[CasePaper]] = {}
    for name, kind in kind_of.items():
        if name in HEARING:
            rows = papers_named(case, name)
        else:
            rows = [row for row in issued if row.kind == kind and is_meant(row, name)]
        if len(rows) > 1:
            found[name] = rows
    return found


def paper_served(case: Any, delivery: Any) -> CasePaper | None:
    """The paper that a delivery is of; None unless one alone can be meant."""
    meant = [
        row
        for row in papers_named(case, delivery.doc_name)
        if row.paper
        and row.paper.issued_on <= delivery.sent_on
        and (row.event is None or row.event.at <= delivery.recorded_at)
    ]
    return meant[0] if len(meant) == 1 else None


def own_event(case: Any, names: Collection[str], made: Any) -> Any:
    """The Event whose own paper alone counts as served, where there are several papers of these
    names; None: any of them does."""
    return made if sum(len(papers_named(case, name)) for name in names) > 1 else None


def unserved_parts(case: Any, roles: Collection[str]) -> list[str]:
    """Names of the parties whom one of the case's part awards has not reached."""
    found = []
    for made in case.events.filter(move="part_award", counts_on__isnull=False).order_by("pk"):
        names = part_award_papers(made.data.get("is_final"))
        own = own_event(case, names, made)
        found += unserved(case, names, roles, since=made.counts_on, planned=own)
    return found


def decisions_are_served(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """What was decided beside the award and made out reached every party (办案规则 Article 54).

    A paper that was dropped or voided has nobody to reach, but what it decided is not left in the
    file without one; what a ledger tells was served elsewhere and has no paper here.
    """
    yield from no_amount_without_paper(case, data)
    kinds = {kind for names in SERVED_AS.values() for name in names for kind in MADE_HERE[name]}
    rows = case.papers.filter(
        kind__in=kinds,
        state=CasePaper.State.ISSUED,
        paper__voided_at=None,
        event__move__in=SERVED_AS,
        event__counts_on__isnull=False,
    )
    for row in rows.select_related("event").order_by("pk"):
        made = row.event
        is_part = made.move == "part_award"
        said = made.data.get("is_final")
        names = part_award_papers(said) if is_part else SERVED_AS[made.move]
        own, since = own_event(case, names, made), made.counts_on
        if untold := unserved(case, names, set(PARTY_ROLES), since=since, planned=own):
            who = "、".join(untold)
            yield f"{since:%Y-%m-%d} 的{row.label}还没有送达：{who}。先登记送达结果，再归档"


def no_amount_without_paper(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """What part awards, and corrections of an amount, granted is not closed, nor archived, while
    their paper is void or was dropped.

    The amount of a claim may stay where the correction that came last has its paper, or another one
    with a paper says the same.
    """
    for told in _decided_amounts(case):
        event, paper = told[-1]
        standing = [one.data.get("corrected") for one, made in told if not is_spent(made)]
        if not is_spent(paper) or standing[-1:] == [event.data.get("corrected")]:
            continue
        how = "已经作废" if paper.paper else "注明了不需要"
        yield (
            f"{event.counts_on:%Y-%m-%d} 的{paper.label}{how}，所定的金额却还在案件里；"
            "在“文书”里重新制发、送达，再结案、归档；金额不该这样改的，另办补正改回来"
        )


def _decided_amounts(case: Any) -> list[list[tuple[Any, CasePaper]]]:
    """What changed the amounts of the case here, each step with its newest paper: a list for each
    part award, and one for each claim that was corrected, the oldest step first."""
    kinds = ("arb.part_award", "arb.rectification")
    rows = case.papers.filter(kind__in=kinds, event__is_live=True).order_by("pk")
    newest = {row.event_id: row for row in rows.select_related("paper", "event")}
    found: dict[Any, list[tuple[Any, CasePaper]]] = {}
    for key in sorted(newest):
        event = newest[key].event
        claim = (event.data.get("claim") or {}).get("id")
        if event.counts_on and (claim or event.move == "part_award"):
            found.setdefault(claim or f"part {key}", []).append((event, newest[key]))
    return list(found.values())
