"""Changing a kept list: one person, or two where a change has legal effect."""

from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from hrss_portal.access.models import Proposal, User
from hrss_portal.access.proposals import propose
from hrss_portal.parties import dictionaries, names
from hrss_portal.parties.dictionaries import Entry, KeptList
from hrss_portal.parties.models import ListEntry

CONFIRM = "desk.dictionary.confirm"
OWN = "u"  # begins the codes of the bureau's own entries
CHANGED = "这一项刚被别人改过，看过最新的再改"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An entry as it shall be; ``code`` empty for a new one, ``version`` the one that was seen."""

    code: str
    label: str
    place: int
    is_retired: bool
    version: int


def change(kept: KeptList, wanted: Wanted, *, by: User, reason: str) -> Proposal | None:
    """Changes an entry at once, or proposes it where the list has legal effect.

    Raises ``ValidationError`` for a word that is there already, for an entry that somebody changed
    meanwhile, and when nothing changes.
    """
    _check(kept, wanted)
    if not kept.legal:
        _land(kept, wanted, by=by, reason=reason, proposal=None)
        return None
    return propose(
        "parties.dictionary",
        title=f"修改字典“{kept.label}”：{wanted.label}",
        words=in_words(kept, wanted),
        payload={"list": kept.code, "wanted": asdict(wanted)},
        apply="hrss_portal.parties.dictionary_changes.apply_change",
        policy=CONFIRM,
        by=by,
        reason=reason,
        unit=by.unit.root,
    )


def apply_change(proposal: Proposal) -> None:
    """Lands a confirmed change.  Raises ``ValidationError`` if the entry changed meanwhile."""
    kept = dictionaries.kept_lists()[proposal.payload["list"]]
    wanted = Wanted(**proposal.payload["wanted"])
    _check(kept, wanted)
    by = proposal.proposed_by
    _land(kept, wanted, by=by, reason=proposal.reason, proposal=proposal)


def in_words(kept: KeptList, wanted: Wanted) -> list[str]:
    """What the second person reads."""
    before = _current(kept, wanted.code)
    was = f"{before.label}{'（停用）' if before.is_retired else ''}" if before else "没有"
    state = "停用：新的办件不再可选，已有记录照常显示" if wanted.is_retired else "在用"
    return [
        f"字典：{kept.label}（用于{'、'.join(kept.places)}）",
        f"原来：{was}",
        f"改为：{wanted.label}",
        f"状态：{state}",
        f"次序：{wanted.place}",
    ]


def _current(kept: KeptList, code: str) -> Entry | None:
    return next((entry for entry in kept.entries() if entry.code == code), None)


def _check(kept: KeptList, wanted: Wanted) -> None:
    before = _current(kept, wanted.code)
    if wanted.code and before is None:
        raise ValidationError("没有这一项")
    if before is not None:
        if before.version != wanted.version:
            raise ValidationError(CHANGED)
        if (before.label, before.place, before.is_retired) == _values(wanted):
            raise ValidationError("没有改动")
    key = names.match_key(wanted.label)
    others = [entry for entry in kept.entries() if entry.code != wanted.code]
    if not wanted.is_retired:
        for entry in others:
            if names.match_key(entry.label) == key:
                word = "已停用，可以恢复它" if entry.is_retired else "已有"
                raise ValidationError(f"“{entry.label}”{word}")


def _values(wanted: Wanted) -> tuple[str, int, bool]:
    return wanted.label, wanted.place, wanted.is_retired


@transaction.atomic
def _land(
    kept: KeptList, wanted: Wanted, *, by: User, reason: str, proposal: Proposal | None
) -> None:
    row: dict[str, Any] = {
        "list": kept.code,
        "code": wanted.code or _next_code(kept),
        "version": wanted.version + 1,
        "label": wanted.label,
        "place": wanted.place,
        "is_retired": wanted.is_retired,
    }
    try:
        with transaction.atomic():
            ListEntry.objects.create(**row, by=by, reason=reason[:200], proposal=proposal)
    except IntegrityError:
        raise ValidationError(CHANGED) from None
    dictionaries.forget()
    transaction.on_commit(dictionaries.forget)


def _next_code(kept: KeptList) -> str:
    own = [entry.code[len(OWN) :] for entry in kept.entries() if entry.code.startswith(OWN)]
    return f"{OWN}{max([int(number) for number in own if number.isdigit()], default=0) + 1}"
