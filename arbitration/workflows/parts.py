"""Part awards (先行裁决): who sued over one while the rest is still tried, and whether it binds.

A final one binds from the day it was made (调解仲裁法 Article 47), any other one when the last term
to sue is over and nobody sued (Article 50).  Who sues over some of its items keeps the whole of it
from taking effect; of several workers it does so for himself alone, for those who did not sue the
award takes effect (法释〔2020〕26号 Articles 16, 17, K1: not compared with the text).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

from arbitration.models import Dispute
from arbitration.models.choices import CourtResult, FollowUp
from arbitration.workflows.deliveries import part_award_papers, served_by, side_of, unserved
from arbitration.workflows.one_paper import own_event
from arbitration.workflows.posts import HANDLER, PARTY_ROLES, TRIAL
from arbitration.workflows.suits import (
    keep_set_aside,
    said_set_aside,
    some_of,
    workers_besides,
)
from hrss_portal.casework.models import Event
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.workflow import Move
from hrss_portal.deadlines.compute import compute
from hrss_portal.deadlines.lookup import calendar_for, rule_for

EVERYBODY = frozenset(PARTY_ROLES)
TO_SUE = "ARB-24"
WENT = frozenset({FollowUp.SUED, FollowUp.SET_ASIDE})


@dataclass(frozen=True, kw_only=True)
class PartAward:
    """One part award: its claims, whether it is final, its day, what is known of the courts.

    ``event`` is the key of the step that made it; 0 where no step did, as in a ledger.
    """

    event: int
    is_final: bool
    on: date
    seqs: tuple[int, ...]
    follow_up: str
    sued_on: date | None
    court_name: str
    court_result: str

    @property
    def key(self) -> str:
        """By which a form names it: two of one day are two."""
        return str(self.event or f"{self.on:%Y-%m-%d}:{int(self.is_final)}")

    def __str__(self) -> str:
        items = "、".join(str(seq) for seq in self.seqs)
        return f"{self.on:%Y-%m-%d} {'终局' if self.is_final else '非终局'}（第{items}项）"


def part_awards(case: Any) -> list[PartAward]:
    """The part awards of a dispute, the earliest first; empty where there is none."""
    decided = [claim for claim in case.claims.all() if claim.part_awarded_on]
    made_by = _made_by(case) if decided else {}
    found: dict[tuple[date, bool, int], list[Any]] = {}
    for claim in decided:
        key = claim.part_awarded_on, bool(claim.is_final), made_by.get(claim.seq, 0)
        found.setdefault(key, []).append(claim)
    return [
        PartAward(
            event=event,
            is_final=is_final,
            on=on,
            seqs=tuple(claim.seq for claim in claims),
            follow_up=claims[0].follow_up,
            sued_on=claims[0].sued_on,
            court_name=claims[0].court_name,
            court_result=claims[0].court_result,
        )
        for (on, is_final, event), claims in sorted(found.items())
    ]


def _made_by(case: Any) -> dict[int, int]:
    """By number of the claim: the key of the step that decided it in part."""
    made = case.events.filter(move="part_award", counts_on__isnull=False).order_by("pk")
    return {
        row["seq"]: key
        for key, data in made.values_list("pk", "data")
        for row in data.get("claims") or ()
    }


def sue_until(case: Any, part: PartAward) -> date | None:
    """The last day to sue over a part award; None while a party has not received it.

    Who sued already has no term any more that the others wait for.
    """
    names, sued = part_award_papers(part.is_final), _who_sued(case, part)
    own = _own_event(case, part)
    served = served_by(case, names, EVERYBODY, since=part.on, planned=own, besides=sued)
    if served is None:
        return None
    region = case.unit.rules_region
    rule = rule_for(TO_SUE, served, region)
    return compute(rule, served, calendar=calendar_for(region), trace=False).due_on


def _own_event(case: Any, part: PartAward) -> Any:
    """The step whose own paper alone counts as served, where there are several of its name."""
    made = case.events.filter(pk=part.event).first()
    return own_event(case, part_award_papers(part.is_final), made)


def effect_words(case: Any, part: PartAward, today: date) -> str:
    """Whether a part award binds on that day, whom, and why."""
    went = "；".join(_went(case, part)) if part.follow_up in WENT else ""
    if part.is_final and was_set_aside(case, part):
        return "；".join(filter(None, (went, "已被法院撤销，不发生法律效力")))
    if part.follow_up == FollowUp.SUED:
        return _effect_of_suits(case, part, today, went)
    if part.is_final:
        return "；".join(filter(None, (_binds_at_once(part), went)))
    return _binds_when_nobody_sues(case, part, today)


def _binds_at_once(part: PartAward) -> str:
    return f"{part.on:%Y-%m-%d} 作出之日起发生法律效力"


def _effect_of_suits(case: Any, part: PartAward, today: date, went: str) -> str:
    """What suits leave of a part award: of several workers it binds those who did not sue (法释
    〔2020〕26号 Article 17), unless an employer sued."""
    lost = "效力以法院裁判为准" if part.is_final else "不发生法律效力"
    others = workers_left(case, part)
    if not others:
        return f"{went}，{lost}"
    sued = some_of([told["party"]["text"] for told in _suits(case, part)])
    binds = _binds_at_once(part) if part.is_final else _binds_when_nobody_sues(case, part, today)
    return f"{went}，对{sued}{lost}；对没有起诉的{some_of(others)}：{binds}"


def workers_left(case: Any, part: PartAward) -> list[str]:
    """Names of the workers for whom a part award takes effect although others sued over it; nobody
    where an employer, or somebody who is not named, sued."""
    sued, suits = _who_sued(case, part), _suits(case, part)
    rows = {row.pk: row for row in case.parties.all()}
    if not all(told.get("party") for told in suits):
        return []
    of_workers = all(key in rows and side_of(rows[key]) == "worker" for key in sued)
    return workers_besides(case, sued) if of_workers else []


def _who_sued(case: Any, part: PartAward) -> frozenset[int]:
    """The keys of the parties who sued over a part award."""
    parties = (told.get("party") or {} for told in _suits(case, part))
    return frozenset(party["id"] for party in parties if party)


def _suits(case: Any, part: PartAward) -> list[dict[str, Any]]:
    """What was registered last of each party who sued over a part award."""
    return [one for one in told_of(case, part).values() if one["follow_up"] == FollowUp.SUED]


def part_suits(case: Any) -> list[str]:
    """What is known of the courts over each part award, the award named, and for whom it takes
    effect all the same; nothing of one of which nobody has said anything yet."""
    found = []
    for part in part_awards(case):
        known = "" if part.follow_up == FollowUp.UNKNOWN else FollowUp(part.follow_up).label
        went = "；".join(_went(case, part)) if part.follow_up in WENT else ""
        others = workers_left(case, part) if part.follow_up == FollowUp.SUED else []
        effect = f"，对没有起诉的{some_of(others)}发生法律效力" if others else ""
        if said := went or known:
            found.append(f"先行裁决 {part}：{said}{effect}")
    return found


def told_of(case: Any, part: PartAward) -> dict[Any, dict[str, Any]]:
    """By the key of the party, None for everybody: what was registered last over a part award, the
    oldest word first."""
    told: dict[Any, dict[str, Any]] = {}
    for data in _words(case, part):
        party = (data.get("party") or {}).get("id")
        told[party] = keep_set_aside(told.pop(party, {}), data)
    return told


def nobody_sued_on(case: Any, part: str) -> list[date]:
    """The days on which it was registered that nobody had sued over the part award of this key."""
    silent = _registered(case, part).filter(data__follow_up=FollowUp.NONE)
    return list(silent.values_list("counts_on", flat=True))


def _words(case: Any, part: PartAward) -> list[dict[str, Any]]:
    """All that was registered over a part award, the oldest first."""
    return list(_registered(case, part.key).values_list("data", flat=True))


def _registered(case: Any, part: str) -> Any:
    """The steps that registered something over a part award, the oldest first."""
    told = case.events.filter(move="part_follow_up", counts_on__isnull=False)
    return told.filter(data__part=part).order_by("pk")


def was_set_aside(case: Any, part: PartAward) -> bool:
    """Whether the court set a part award aside: each party may then sue (调解仲裁法 Article 49)."""
    return part.court_result == CourtResult.SET_ASIDE or said_set_aside(_words(case, part))


def _went(case: Any, part: PartAward) -> list[str]:
    """What each party who went to a court over a part award did, as it was registered last."""
    went = [data for data in told_of(case, part).values() if data.get("follow_up") in WENT]
    several = len(went) > 1 or case.parties.filter(left_on=None).count() > 2
    return [
        f"{(data.get('party') or {}).get('text', '') if several else ''}{_went_words(data)}"
        for data in went
    ]


def _went_words(data: Mapping[str, Any]) -> str:
    did = "申请撤销" if data["follow_up"] == FollowUp.SET_ASIDE else "起诉"
    said = f"{data.get('sued_on') or ''} 向{data.get('court_name') or ''}{did}"
    result = data.get("court_result")
    return f"{said}，法院结果：{CourtResult(result).label}" if result else said


def _binds_when_nobody_sues(case: Any, part: PartAward, today: date) -> str:
    """Of a part award that is not final, for whom nobody is known to have sued."""
    until = sue_until(case, part)
    if until is None:
        names, own, sued = part_award_papers(False), _own_event(case, part), _who_sued(case, part)
        to_whom = {"since": part.on, "planned": own, "besides": sued}
        missing = unserved(case, names, EVERYBODY, known=True, **to_whom)
        return f"还没有送达：{'、'.join(missing)}；送达后可以在起诉期限内起诉"
    if today <= until:
        return f"起诉期限到 {until:%Y-%m-%d}，期满不起诉的发生法律效力"
    if part.follow_up == FollowUp.SUED:
        return f"没有登记别人起诉，{until + timedelta(days=1):%Y-%m-%d} 起发生法律效力"
    if part.follow_up == FollowUp.NONE:
        return f"没有人起诉，{until + timedelta(days=1):%Y-%m-%d} 起发生法律效力"
    return f"起诉期限 {until:%Y-%m-%d} 已经届满，还没有登记是否起诉"


def is_of_this_award(case: Any, event: Any, clock: Any) -> bool:
    """Whether a clock that service started is about the part award that an Event names."""
    named = str(event.data.get("part") or "")
    parts = part_awards(case)
    part = next((one for one in parts if one.key == named), None)
    served = clock.started_by.data if clock.started_by else {}
    if part is None or served.get("served_name") not in part_award_papers(part.is_final):
        return False
    if made := _award_served(case, clock.started_by):
        return bool(made == part.event)
    later = [one.on for one in parts if one.is_final == part.is_final and one.on > part.on]
    return bool(part.on <= clock.started_on < min(later, default=date.max))


def _award_served(case: Any, service: Event) -> int | None:
    """The key of the step whose paper a service was of; None where nothing says which."""
    row = delivery_told(case, service)
    return row.issued_paper.event_id if row and row.issued_paper else None


def delivery_told(case: Any, service: Event | None) -> Any:
    """The delivery of which an Event of service tells; None where it tells of none."""
    if service is None:
        return None
    row = (service.data.get("delivery") or {}).get("id")
    of_it = Q(recorded_in=service) | Q(pk=row) if row else Q(recorded_in=service)
    return case.deliveries.filter(of_it).order_by("pk").first()


def was_decided_in_part(case: Any) -> bool:
    """Whether there is a part award."""
    return any(claim.part_awarded_on for claim in case.claims.all())


def granted_in_part(case: Any) -> Decimal:
    """What the part awards of a dispute granted, in yuan."""
    decided = case.claims.exclude(part_awarded_on=None).values_list("awarded", flat=True)
    return sum((amount or Decimal() for amount in decided), Decimal())


def has_part_award(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Without one there is nothing to sue over yet."""
    if not was_decided_in_part(case):
        yield "此件没有先行裁决"


def keep_part_follow_up(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """What is known stands with the claims of that part award.

    One party's application to set it aside leaves there that another sued; the Events keep both.
    未知 takes back what was registered of a party by mistake: what the others did stands again.
    """
    part = next((one for one in part_awards(case) if one.key == data["part"]), None)
    if part is None:
        return
    known = {one["follow_up"]: one for one in told_of(case, part).values()}
    ways = (FollowUp.SUED, FollowUp.SET_ASIDE, FollowUp.NONE)
    stands = next((known[way] for way in ways if way in known), {})
    case.claims.filter(seq__in=part.seqs).update(
        follow_up=stands.get("follow_up", FollowUp.UNKNOWN),
        sued_on=stands.get("sued_on") or None,
        court_name=stands.get("court_name", ""),
        court_result=stands.get("court_result", ""),
    )


def redate_part(
    case: Dispute, event: Event, on: date
) -> Mapping[str, tuple[date | None, date | None]]:
    """The part award was made on another day (更正): so were the claims that it decided, no others.

    Returns what moves, old and new by label.  Raises ``MoveRefused`` where somebody went to a court
    over it before that day.
    """
    part = next((one for one in part_awards(case) if one.event == event.pk), None)
    if part is None:
        return {}
    went = [str(one.get("sued_on") or "") for one in told_of(case, part).values()]
    if early := sorted(day for day in went if day and day < on.isoformat()):
        raise MoveRefused([f"{early[0]} 已登记起诉（申请撤销），先行裁决日期不能比它晚"])
    moved = {}
    for claim in case.claims.filter(seq__in=part.seqs):
        moved[f"第 {claim.seq} 项请求的先行裁决日期"] = claim.part_awarded_on, on
        claim.part_awarded_on = on
        claim.save()
    return moved


PART_MOVES = (
    Move(
        code="part_follow_up",
        label="登记先行裁决起诉情况",
        source=TRIAL
        | {"suspended", "awarded", "mediated", "withdrawn", "revoked", "terminated"}
        | {"transferred", "closed", "archived"},
        by=HANDLER,
        form="arbitration.forms.PartFollowUpForm",
        mends=("ruling_on",),
        live_only=(has_part_award,),
        offered=was_decided_in_part,
        effect=keep_part_follow_up,
        main=False,
        hint="其余请求照常审理，审限不变；先行裁决是否生效写在“仲裁请求”里",
        basis="《劳动争议调解仲裁法》第四十七条至第五十条",
    ),
)
