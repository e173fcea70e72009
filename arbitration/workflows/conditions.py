"""What the moves of disputes and mediation cases ask, and what the list of tasks counts as done.

A check yields the sentences that refuse the move; an empty answer lets it pass.  What hangs on a
case is read with ``all()`` and looked through here: the page has it already.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone

from arbitration.models import Conflict, Dispute, StaffMember
from arbitration.models.choices import Cause, CloseMode, FollowUp, Procedure
from arbitration.workflows import offers, recusals, sitting
from arbitration.workflows.deliveries import (
    COPY,
    PLAIN_DECISION,
    SETTLEMENT,
    award_papers,
    decision_at_the_end,
    is_over,
    unserved,
)
from arbitration.workflows.one_paper import unserved_parts
from arbitration.workflows.posts import PARTY_ROLES
from arbitration.workflows.safeguards import SIMPLE_TRACKS
from hrss_portal.access.models import User
from hrss_portal.casework import corrected
from hrss_portal.casework.models import CasePaper, Delivery
from hrss_portal.casework.models.records import Source
from hrss_portal.casework.own_case import Member
from hrss_portal.casework.workflow import own_case_of
from hrss_portal.documents.kinds import class_of

HIDDEN_PAPER = "一份不公开文书"


def has_both_sides(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """An application names at least one applicant and one respondent (调解仲裁法 Article 28)."""
    roles = {party.role for party in data.get("parties", ())}
    if "applicant" not in roles:
        yield "至少填一名申请人"
    if "respondent" not in roles:
        yield "至少填一名被申请人"


def not_withdrawn_before(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A case deemed withdrawn may not be filed again (办案规则 Article 39)."""
    people = [party.person for party in data.get("parties", ()) if party.role == "applicant"]
    firms = [party.employer for party in data.get("parties", ()) if party.role == "respondent"]
    people, firms = [p for p in people if p], [f for f in firms if f]
    if not people or not firms or data.get("confirmed_not_same"):
        return
    earlier = (
        Dispute._base_manager.filter(
            outcome=CloseMode.DEEMED_WITHDRAWN,
            cause=case.cause,
            parties__role="applicant",
            parties__person__in=people,
            voided_at__isnull=True,
        )
        .filter(pk__in=Dispute._base_manager.filter(parties__employer__in=firms).values("pk"))
        .order_by("pk")
        .first()
    )
    if earlier:
        yield (
            f"同一申请人的 {earlier.reference} 已按视为撤回处理，同一请求再次申请不予受理；"
            "确属不同请求的，勾选“确认不是同一请求”"
        )


def agreed_to_mediation(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Mediation first needs the applicant's consent."""
    if not case.mediation_ok:
        yield "申请人没有同意先行调解。同意的，先在收件登记里更正"


def application_is_complete(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """What an application must hold (调解仲裁法 Article 28), before anybody decides on it."""
    missing = offers.missing_of_application(case)
    if missing:
        yield f"申请书还缺：{'、'.join(missing)}。先办“补录申请书内容”"


def collective_has_no_simple_track(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A collective dispute is heard by three (办案规则 Article 62) unless the simple track fits."""
    procedure = data.get("procedure") or case.procedure
    if case.is_collective and procedure == Procedure.ORDINARY:
        yield "十人以上共同请求的，程序选“集体争议”；符合简易处理条件的可选“简易处理”"
    # A dispute over a collective contract is collective whatever its numbers (Article 62).
    if procedure == Procedure.COLLECTIVE and not case.is_collective and case.cause != Cause.OTHER:
        yield "申请人不足十人，又不是履行集体合同的争议（案由“其他”），不能选“集体争议”"


def is_on_simple_track(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Only a simple or fast-track case can be turned into an ordinary one."""
    if case.procedure not in SIMPLE_TRACKS:
        yield "此件已是一般程序"


def no_recusal_pending(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Until it is decided, the person takes no part in the case (办案规则 Article 11)."""
    for recusal in case.recusals.filter(granted__isnull=True).select_related("member", "user"):
        yield f"{recusal.who} 的回避申请还没有决定，决定前暂停参与本案"


def no_notice_runs(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """The days of a public notice are not counted anyway: two pauses do not run at once."""
    if case.deliveries.filter(state=Delivery.State.NOTICE).exists():
        yield "公告期间本已不计入审限；公告期满后再办中止"


def representatives_are_three_to_five(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """A large group may choose three to five representatives (办案规则 Article 63)."""
    chosen = [row for row in data.get("parties", ()) if row.is_representative]
    if chosen and not 3 <= len(chosen) <= 5:
        yield f"集体争议的代表人为三至五名，现在勾选了 {len(chosen)} 名"


def conflicts(
    case: Any, whose: Q, users: Iterable[int] = (), members: Iterable[StaffMember] = ()
) -> Iterable[str]:
    """The declared reasons for which members keep away from a case now (办案规则 Article 11).

    ``whose`` picks the declarations, ``users`` and ``members`` are whose granted recusal counts; a
    party that was merged counts as the one it was merged into.
    """
    today = timezone.localdate()
    sides = list(case.parties.select_related("person", "employer"))
    people = {surviving(side.person) for side in sides if side.person}
    firms = {surviving(side.employer) for side in sides if side.employer}
    declared = Conflict.objects.filter(whose, from_on__lte=today).exclude(to_on__lt=today)
    for one in declared.select_related("member", "person", "employer").order_by("pk"):
        if (one.person and surviving(one.person) in people) or (
            one.employer and surviving(one.employer) in firms
        ):
            yield f"{one.member.name} 应当回避：{one.reason}"
    if isinstance(case, Dispute):
        yield from recusals.recused(case, users, members)


def surviving(party: Any) -> int:
    """The key that counts for a person or an employer after merges."""
    return int(party.merged_into_id or party.pk)


def own_case_of_staff(case: Any, members: Iterable[Any]) -> list[str]:
    """Why members of the court do not sit: they are themselves a party or act for one.

    Who has no account is compared by name, because the register keeps no number.
    """
    seated = list(members)
    users = User.objects.filter(pk__in=[one.user_id for one in seated if one.user_id])
    return own_case_of(case, [*users, *without_account(seated)])


def without_account(members: Iterable[StaffMember]) -> list[Member]:
    """Members of the court as the kernel knows who has no account."""
    return [Member(f"staff:{one.pk}", one.name) for one in members if one.user_id is None]


def members(case: Dispute) -> list[Member]:
    """Those of the court without an account who may sit in a case."""
    here = StaffMember._base_manager.filter(
        unit=case.unit_id, user=None, voided_at__isnull=True, ended_on__isnull=True
    )
    return without_account(here.order_by("pk"))


def agents(case: Dispute) -> Iterable[str]:
    """The names of those who act for a party."""
    return [agent.name for agent in case.agents.all()]


def stands_aside(case: Any, users: Iterable[int]) -> Iterable[str]:
    """Why users may not handle or assist this case: they declared a tie to a party."""
    people = list(users)
    for text in conflicts(case, Q(member__user__in=people), people):
        yield f"{text}。请分派给别人"


def nobody_must_stand_aside(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Who sits, handles or assists has no declared tie to a party (办案规则 Article 11).

    A tie declared, and a party added, after the seat was taken count as well.
    """
    seated = case.tribunal.filter(left_on__isnull=True).values("member")
    hands = [key for key in (case.handler_id, case.deputy_id) if key is not None]
    seats = [user for user in seated.values_list("member__user", flat=True) if user]
    present = StaffMember._base_manager.filter(pk__in=seated).order_by("pk")
    tied = conflicts(case, Q(member__in=seated), members=present)
    for text in [*tied, *own_case_of_staff(case, present)]:
        yield f"{text}。先由院长办“组成（变更）仲裁庭”换人"
    others = [user for user in hands if user not in seats]
    for text in conflicts(case, Q(member__user__in=hands) & ~Q(member__in=seated), others):
        yield f"{text}。先由院长分派给别人"


def respondents_are_served(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Each respondent has received the copy of the application."""
    missing = without_copy(case)
    if missing:
        yield f"还没有送达：{'、'.join(missing)}。先登记送达结果"


def something_to_correct(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """An award, or a decision that ended the case without one, is corrected; not a settlement."""
    if not offers.may_be_corrected(case):
        yield "此件没有裁决书，也没有制发撤回、撤销、终止的决定书，不能补正"


def result_is_served(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """An award or settlement is closed once every party has received it (form A04).

    Of an earlier settlement that a party went back on nothing counts.  What ended a case without
    a result is told first as well (调解仲裁法 Article 29; 办案规则 Articles 9, 31, 32, 35, 39, 48).
    """
    papers = {"awarded": award_papers(case), "mediated": (SETTLEMENT,)}.get(case.state, ())
    since = case.closed_on if case.state == "mediated" else None
    missing = [
        name for one in papers for name in unserved(case, one, set(PARTY_ROLES), since=since)
    ]
    missing += unserved_parts(case, set(PARTY_ROLES))
    if missing:
        yield f"还没有送达：{'、'.join(dict.fromkeys(missing))}。先登记送达结果，再结案"
    decision, roles = decision_at_the_end(case)
    if untold := unserved(case, {decision, PLAIN_DECISION}, roles, since=case.closed_on):
        yield f"还没有送达{decision}：{'、'.join(untold)}。先登记送达结果，再结案"


def counterclaim_in_time(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """After the time to answer a counterclaim is a case of its own (办案规则 Article 36)."""
    came = corrected.last(case, "counterclaim")
    clocks = case.clocks.filter(term="arb.counterclaim")
    last = max((clock.due_on for clock in clocks if clock.due_on), default=None)
    if came and last and came.on > last:
        yield f"反申请应在 {last:%Y-%m-%d} 答辩期满前提出；逾期的告知另行申请仲裁"


def term_to_sue_is_over(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Whether a party sues is known only when its own term is over (Articles 48, 50).

    Who is known to have sued need not be waited for; that one sued, or that the employer asked the
    court to set a final award aside, takes nothing from the term of another.
    """
    sued = data.get("follow_up") == FollowUp.SUED
    plaintiff = data.get("party")
    if sued and plaintiff is None:
        return
    clocks = case.clocks.filter(
        term__in=("arb.sue", "arb.worker_sues"), state="running", due_on__gte=timezone.localdate()
    )
    for clock in clocks.select_related("started_by").order_by("-due_on", "pk"):
        of = (clock.started_by.data.get("party") if clock.started_by else None) or {}
        went = plaintiff is not None and of.get("id") == plaintiff.pk
        if not (sued and went and is_over(data.get("over") or "", clock)):
            yield (
                f"{of.get('text') or '当事人'} 的起诉期限 {clock.due_on:%Y-%m-%d} 才届满，"
                "期满后才能结案；已经起诉的先登记；别人起诉、申请撤销不影响这个期限"
            )


def nobody_sued_is_known(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """That nobody sued is written down when every term to sue is over."""
    if data.get("follow_up") == FollowUp.NONE and list(term_to_sue_is_over(case, data)):
        yield "当事人起诉期限还没有届满，不能登记未起诉"


def papers_are_issued(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """Nothing waits to be made when the file is closed for good.

    A paper that asks for a data class is named to nobody: a check does not know who reads it.
    """
    rows = [row for row in case.papers.all() if row.state == CasePaper.State.WAITING]
    waiting = [HIDDEN_PAPER if class_of(row.kind) else row.label for row in rows]
    if waiting:
        yield f"还有文书没有制发：{'、'.join(dict.fromkeys(waiting))}。不需要的写明理由"


def title(case: Any) -> str:
    """The title of a list line: the cause; the parties stand in their own column."""
    return str(case.get_cause_display())


def without_copy(case: Any) -> list[str]:
    """Names of the respondents whom the copy of the application has not reached yet."""
    return unserved(case, COPY, {"respondent"})


#: A tribunal that may decide sits: complete, with nobody who is to stand aside.
MAY_DECIDE = (sitting.has_tribunal, no_recusal_pending, nobody_must_stand_aside)


# --- the list of tasks --------------------------------------------------------------------------


def has_application(case: Dispute) -> bool:
    """Whether something is in the file."""
    return any(row.removed_at is None for row in case.attachments.all())


def say_application(case: Dispute) -> str:
    """What is missing."""
    return "缺申请书、身份证明扫描件"


def has_agents(case: Dispute) -> bool:
    """Whether somebody acts for a party."""
    return bool(case.agents.all())


def has_powers(case: Dispute) -> bool:
    """Whether a power of attorney is in the file (调解仲裁法 Article 24)."""
    return any("委托" in row.kind for row in case.attachments.all() if row.removed_at is None)


def say_powers(case: Dispute) -> str:
    """What is missing."""
    return "有代理人，缺委托书扫描件"


def is_decided_on(case: Dispute) -> bool:
    """Whether acceptance was decided either way."""
    return case.accepted_on is not None or case.closed_on is not None


def was_accepted(case: Dispute) -> bool:
    """Whether the case went to trial."""
    return case.accepted_on is not None


def has_seats(case: Dispute) -> bool:
    """Whether a tribunal is seated."""
    return not list(sitting.has_tribunal(case, {}))


def respondents_have_papers(case: Dispute) -> bool:
    """Whether every respondent was served."""
    return not without_copy(case)


def say_unserved(case: Dispute) -> str:
    """Who was not served yet."""
    return f"未送达：{'、'.join(without_copy(case))}"


def needs_hearing(case: Dispute) -> bool:
    """A dispute settled or withdrawn before the hearing needs none."""
    return was_accepted(case) and case.state not in {"mediated", "withdrawn", "terminated"}


def was_heard(case: Dispute) -> bool:
    """Whether a hearing was held; of an imported case the ledger tells it as a move."""
    if any(hearing.state == "held" for hearing in case.hearings.all()):
        return True
    return case.source == Source.SHEET and corrected.last(case, "hear") is not None


def all_papers_issued(case: Dispute) -> bool:
    """Whether no paper waits to be made."""
    return not list(papers_are_issued(case, {}))


def say_papers(case: Dispute) -> str:
    """Which papers wait."""
    return next(iter(papers_are_issued(case, {})), "")


def is_closed(case: Dispute) -> bool:
    """Whether the closing was approved."""
    return case.state in {"closed", "archived"}


def is_archived(case: Dispute) -> bool:
    """Whether the file is in the archive."""
    return case.archived_on is not None
