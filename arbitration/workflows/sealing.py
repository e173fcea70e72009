"""A file closed to all but class P4, and opened again (不公开: 调解仲裁法 Article 26).

Planning a hearing in private closes it too.  Opening needs a second person, a reason, a named
approver; all of it stands in the timeline.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from arbitration.models import Dispute
from arbitration.workflows.posts import DIRECTOR, HEAD, JUDGE
from hrss_portal.casework import moves
from hrss_portal.casework.models import Event
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.workflow import Move


def is_sealed(case: Any) -> bool:
    """Whether the file is closed."""
    return bool(case.is_sealed)


def is_open(case: Any) -> bool:
    """Whether the file is not closed."""
    return not case.is_sealed


def file_is_sealed(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Only a closed file is opened."""
    if not case.is_sealed:
        yield "此件案卷没有设为不公开"


def file_is_open(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Only an open file is closed."""
    if case.is_sealed:
        yield "此件案卷已经是不公开"


def no_hearing_in_private_ahead(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """While a hearing in private is planned its file stays closed."""
    for hearing in case.hearings.filter(state="planned", is_public=False):
        yield f"已排定不公开开庭（{hearing}），先延期开庭、改为公开审理，再解除"


def seal_file(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """From now on the file asks for class P4."""
    moves.seal(case)


def unseal_file(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """From now on whoever sees the case sees its file; hearings stay as they were held.

    Raises ``MoveRefused`` for who works on the case.  Not an ``approval`` move: nothing waits for
    it, so no case comes on a list of what is to be approved.
    """
    if event.by_id is not None and event.by_id in {case.handler_id, case.deputy_id}:
        raise MoveRefused(["经办人不能解除自己的件，请由另一人办理"])
    moves.seal(case, closed=False)


def sealing_moves(every: frozenset[str]) -> tuple[Move, ...]:
    """The two moves, from any state: what is kept closed does not hang on how far a case is."""
    return (
        Move(
            code="seal_file",
            label="案卷转为不公开",
            source=every,
            by=JUDGE,
            form="arbitration.forms.ReasonForm",
            live_only=(file_is_open,),
            offered=is_open,
            effect=seal_file,
            main=False,
            hint="当事人协议不公开，或者涉及国家秘密、商业秘密和个人隐私的，写明理由；"
            "此后只有有权查阅不公开案卷的岗位看得到案卷",
            basis="《劳动争议调解仲裁法》第二十六条",
        ),
        Move(
            code="unseal_file",
            label="解除案卷不公开",
            source=every,
            by=HEAD | DIRECTOR,
            form="arbitration.forms.UnsealForm",
            live_only=(file_is_sealed, no_hearing_in_private_ahead),
            offered=is_sealed,
            effect=unseal_file,
            outward=True,
            main=False,
            hint="写明理由和批准人；此后看得到本案的岗位都看得到案卷，可以再转为不公开",
            basis="《劳动争议调解仲裁法》第二十六条",
        ),
    )
