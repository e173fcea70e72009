"""A dispute from receipt to archive: states, moves, the list of what is to be done."""

from functools import partial

from arbitration.models.choices import Cause, CloseMode, DisputeSource
from arbitration.workflows import again, amending, conditions, effects, groups, recusals
from arbitration.workflows.addresses import confirming
from arbitration.workflows.decisions import DECISION_MOVES
from arbitration.workflows.ending import ENDING_MOVES
from arbitration.workflows.intake import INTAKE_MOVES
from arbitration.workflows.parts import PART_MOVES
from arbitration.workflows.posts import ENDED, INTAKE, JUDGE, PARTY_ROLES, TRIAL
from arbitration.workflows.requests import REQUEST_MOVES
from arbitration.workflows.sealing import sealing_moves
from arbitration.workflows.trial import TRIAL_MOVES
from arbitration.workflows.withdrawing import WITHDRAWAL_MOVES
from hrss_portal.casework.workflow import Quick, State, Task, Workflow
from hrss_portal.parties.dictionaries import offered

STATES = (
    State(code="received", label="收件", phase="intake"),
    State(code="correcting", label="补正中", phase="waiting"),
    State(code="pre_mediation", label="先行调解", phase="waiting"),
    State(code="pending", label="待立案审批", phase="intake"),
    State(code="accepted", label="已受理"),
    State(code="serving", label="送达中"),
    State(code="scheduled", label="待开庭"),
    State(code="hearing", label="开庭"),
    State(code="deliberating", label="待裁决"),
    State(code="suspended", label="中止", phase="waiting"),
    State(code="awarded", label="已裁决", phase="ended"),
    State(code="mediated", label="调解结案", phase="ended"),
    State(code="withdrawn", label="撤诉", phase="ended", dropped=True),
    State(code="revoked", label="撤销案件", phase="ended", dropped=True),
    State(code="terminated", label="终止审理", phase="ended"),
    State(code="rejected", label="不予受理", phase="ended"),
    State(code="transferred", label="移送", phase="ended", dropped=True),
    State(code="closed", label="已结案", phase="ended"),
    State(code="archived", label="归档", phase="filed"),
)

TASKS = (
    Task(
        label="申请书和身份证明",
        done=conditions.has_application,
        missing=conditions.say_application,
    ),
    Task(
        label="授权委托书",
        done=conditions.has_powers,
        applies=conditions.has_agents,
        missing=conditions.say_powers,
    ),
    Task(label="受理或不予受理", done=conditions.is_decided_on, move="propose"),
    Task(
        label="组成仲裁庭",
        done=conditions.has_seats,
        applies=conditions.was_accepted,
        move="seat",
    ),
    Task(
        label="送达申请书副本",
        done=conditions.respondents_have_papers,
        applies=conditions.was_accepted,
        missing=conditions.say_unserved,
        move="send",
    ),
    Task(
        label="开庭",
        done=conditions.was_heard,
        applies=conditions.needs_hearing,
        move="schedule",
    ),
    Task(
        label="人数和代表人",
        done=groups.fits,
        applies=groups.some_left,
        missing=groups.say_group,
    ),
    Task(label="制发文书", done=conditions.all_papers_issued, missing=conditions.say_papers),
    Task(label="结案审批", done=conditions.is_closed, move="ask_close"),
    Task(label="立卷归档", done=conditions.is_archived, move="archive"),
)

EVERY = frozenset(state.code for state in STATES)
EXTRA_PAPERS = {
    "arb.address": EVERY - {"archived"},
    "arb.approval": EVERY - {"archived"},
    "arb.delivery": EVERY - {"archived"},
    "arb.prehearing": TRIAL,
    "arb.record": TRIAL,
    "arb.deliberation": frozenset({"hearing", "deliberating"}),
    "arb.closing": frozenset({"closed"}),
    "arb.cover": ENDED | {"closed"},
}

dispute = Workflow(
    of="arbitration.dispute",
    label="仲裁案件",
    states=STATES,
    moves=(
        *INTAKE_MOVES,
        *TRIAL_MOVES,
        *DECISION_MOVES,
        *REQUEST_MOVES,
        *ENDING_MOVES,
        *WITHDRAWAL_MOVES,
        *PART_MOVES,
        confirming(EVERY - {"archived"}, INTAKE),
        *sealing_moves(EVERY),
    ),
    initial="received",
    open_by=INTAKE,
    open_label="收到仲裁申请",
    open_checks=(
        conditions.has_both_sides,
        conditions.representatives_are_three_to_five,
        conditions.not_withdrawn_before,
    ),
    amend_checks=amending.CHECKS,
    open_effect=effects.store_application,
    open_papers=("arb.receipt",),
    intake_series="arb.intake",
    form="arbitration.forms.DisputeForm",
    tasks=TASKS,
    extra_papers=EXTRA_PAPERS,
    again_checks=again.OF_DISPUTE,
    corrections={
        "attendance": "arbitration.forms.AttendanceCorrection",
        "claim": "arbitration.forms.ClaimCorrection",
        "delivery": "arbitration.forms.DeliveryCorrection",
        "party": "arbitration.forms.DisputePartyCorrection",
    },
    party_roles=PARTY_ROLES,
    channels=dict(DisputeSource.choices),
    outcomes=dict(CloseMode.choices),
    title=conditions.title,
    stands_aside=conditions.stands_aside,
    handled_by=JUDGE,  # a clerk assists (调解仲裁法 Articles 20, 31; form A02: 承办仲裁员)
    barred=recusals.keeping_away,
    agents=conditions.agents,
    members=conditions.members,
    own_basis="《劳动争议调解仲裁法》第三十三条",
    quick=Quick(
        choices=partial(offered, "arbitration.cause", Cause),
        open="arbitration.workflows.effects.open_quickly",
    ),
)
