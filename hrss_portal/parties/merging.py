"""合并: two rows of the same person or employer become one, by two people, and can be parted again.

Nothing is rewritten.  The row that goes keeps its references and points to the row that stands;
figures count ``standing_key``.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from hrss_portal.access.models import Proposal, User
from hrss_portal.access.proposals import propose
from hrss_portal.access.scope import acting_as_system
from hrss_portal.parties.choices import IdKind, PersonState
from hrss_portal.parties.models import Employer, Merge, Party, Person

MODELS: dict[str, Any] = {"person": Person, "employer": Employer}


def standing_key(path: str) -> Coalesce:
    """The number under which a related party counts: ``standing_key("person")`` in a query over
    rows with a foreign key ``person``.  Exact, because a standing row never points on."""
    return Coalesce(models.F(f"{path}__merged_into_id"), models.F(f"{path}_id"))


def noun_of(party: Party) -> str:
    """``person`` or ``employer``."""
    return "person" if isinstance(party, Person) else "employer"


def check_pair(stands: Party, goes: Party) -> list[str]:
    """Why two rows may not be merged, in words; empty if they may."""
    if type(stands) is not type(goes) or stands.pk == goes.pk:
        return ["选择两条不同的记录"]
    reasons = []
    if stands.is_merged or goes.is_merged:
        reasons.append("其中一条已经合并过，请用保留的那一条")
    if isinstance(stands, Person) and isinstance(goes, Person):
        both = {stands.id_kind, goes.id_kind} == {IdKind.RESIDENT}
        if both and stands.id_number_index and goes.id_number_index:
            reasons.append("两条都有 18 位身份证号且不相同，是两个人。号码录错的先更正号码")
    elif stands.uscc and goes.uscc:  # type: ignore[attr-defined]
        reasons.append("两条都有统一社会信用代码且不相同，是两家单位。代码录错的先更正代码")
    return reasons


def propose_merge(stands: Party, goes: Party, *, by: User, reason: str) -> Proposal:
    """Ask for a merge; a second person confirms it.  Raises ``ValidationError``."""
    if reasons := check_pair(stands, goes):
        raise ValidationError(reasons)
    if not reason.strip():
        raise ValidationError("填写合并理由")
    noun = noun_of(stands)
    word = "人员" if noun == "person" else "单位"
    names = (
        party.masked_name if isinstance(party, Person) else str(party) for party in (goes, stands)
    )
    return propose(
        f"parties.merge.{noun}",
        title=f"合并{word}:{'并入'.join(names)}",
        words=[f"保留：{in_words(stands)}", f"并入：{in_words(goes)}"],
        payload={"noun": noun, "stands": stands.pk, "goes": goes.pk},
        apply="hrss_portal.parties.merging.apply_merge",
        policy="parties.merge.confirm",
        reason=reason,
        unit=stands.unit,
        by=by,
    )


def in_words(party: Party) -> str:
    """A row as the second person tells it from another: masked, with where and when it came."""
    made = f"{timezone.localtime(party.created_at):%Y-%m-%d} 登记"
    parts: list[str | None]
    if isinstance(party, Person):
        parts = [party.masked_name, party.masked_id, party.masked_phone]
    else:
        assert isinstance(party, Employer)  # noqa: S101 -- there are two kinds
        parts = [party.name, party.uscc, party.masked_phone]
    return "，".join(part for part in (*parts, str(party.town or ""), made) if part)


def apply_merge(proposal: Proposal) -> None:
    """Carry out a confirmed proposal.  Raises ``ValidationError`` if the rows changed meanwhile."""
    with acting_as_system("matching"):
        merge(
            proposal.payload["noun"],
            stands_id=proposal.payload["stands"],
            goes_id=proposal.payload["goes"],
            reason=proposal.reason,
            by=proposal.confirmed_by or proposal.proposed_by,
            proposal=proposal,
        )


def _locked(noun: str, *pks: int) -> list[Any]:
    """Rows in the order asked for, locked in the order of their numbers."""
    rows = MODELS[noun]._base_manager.select_for_update(of=("self",)).filter(pk__in=pks)
    found = {row.pk: row for row in rows.order_by("pk")}
    return [found[pk] for pk in pks]


@transaction.atomic
def merge(
    noun: str,
    *,
    stands_id: int,
    goes_id: int,
    reason: str,
    by: User | None,
    proposal: Proposal | None = None,
) -> Merge:
    """Merge ``goes_id`` into ``stands_id``.  Raises ``ValidationError``."""
    stands, goes = _locked(noun, stands_id, goes_id)
    if reasons := check_pair(stands, goes):
        raise ValidationError(reasons)
    followers = list(
        MODELS[noun]
        ._base_manager.filter(merged_into=goes)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    MODELS[noun]._base_manager.filter(pk__in=followers).update(merged_into=stands)
    _point(goes, stands.pk, PersonState.MERGED)
    return Merge.objects.create(
        noun=noun,
        stands_id=stands.pk,
        went_id=goes.pk,
        turned=followers,
        went_state=getattr(goes, "state", ""),
        reason=reason,
        proposal=proposal,
        done_by=by,
    )


@transaction.atomic
def undo_merge(record: Merge, *, by: User, reason: str) -> Merge:
    """Part two merged rows again.  Raises ``ValidationError`` if that was done or a later merge
    stands in the way."""
    with acting_as_system("matching"):
        record = Merge._base_manager.select_for_update().get(pk=record.pk)
        if record.state != Merge.State.DONE:
            raise ValidationError("这次合并已经撤销")
        if not reason.strip():
            raise ValidationError("填写撤销理由")
        model = MODELS[record.noun]
        stands, went = _locked(record.noun, record.stands_id, record.went_id)
        if stands.is_merged or went.merged_into_id != stands.pk:
            raise ValidationError("保留的一条后来又被合并，先撤销那一次")
        model._base_manager.filter(pk__in=record.turned, merged_into=stands).update(
            merged_into=went
        )
        _point(went, None, record.went_state)
        record.state, record.undone_at = Merge.State.UNDONE, timezone.now()
        record.undone_by, record.undone_reason = by, reason.strip()[:200]
        record.save(update_fields=["state", "undone_at", "undone_by", "undone_reason"])
        return record


def _point(party: Any, target: int | None, state: str) -> None:
    changes: dict[str, Any] = {"merged_into_id": target, "version": models.F("version") + 1}
    if isinstance(party, Person):
        changes["state"] = state
    type(party)._base_manager.filter(pk=party.pk).update(**changes)
