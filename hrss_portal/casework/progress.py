"""办件进度: how far a matter is, for whoever holds its number and its code, without a log-in.

The code is 80 random bits in sixteen letters and digits that nobody mistakes for each other
(Crockford's base 32), made when a paper is issued and stored as its hash.  What is told names
nobody: the kind of matter, the phase, the next statutory day that the bureau has to keep.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access.public import Rows
from hrss_portal.casework import resting
from hrss_portal.casework.models import Case, CasePaper, Clock, ProgressCode
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.deadlines.spec import MINIMUM, Nature

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
MISREAD = str.maketrans("OIL", "011")
#: What a paper with a code prints besides its own tags.
CODE_TAGS = {
    "query_code": "办件查询码（制发时生成）",
    "query_url": "带查询码的网址（制发时生成）",
    "query_site": "进度查询网址",
}
MAKE = "hrss_portal.casework.progress.new_code"
#: What each phase of a state is called outside the house.
PHASES = {
    "intake": "已收到材料，正在审查",
    "work": "正在办理",
    "waiting": "正在办理，等候有关方面或者恢复办理",
    "ended": "已经办结",
    "filed": "已经办结",
}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a public page says of a matter.

    ``due_on``: the next statutory day that the bureau has to keep, with what is to be done by then
    (``step``) and the rule's article (``basis``) and how sure we are of it
    (``standing``: 法定, 待确认); None where no such term runs.
    """

    number: str
    matter: str
    phase: str
    since: date
    bureau: str
    office: str
    phone: str
    step: str = ""
    due_on: date | None = None
    basis: str = ""
    standing: str = ""
    is_provisional: bool = False
    is_late: bool = False


def normal(code: str) -> str:
    """A code as it is hashed: as typed on any keyboard, with or without its strokes."""
    letters = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", code).upper())
    return letters.translate(MISREAD)


def digest(code: str) -> str:
    """What is kept of a code: its SHA-256 (80 random bits need no salt)."""
    return hashlib.sha256(normal(code).encode()).hexdigest()


def new_code(paper: CasePaper) -> dict[str, str]:
    """Give the case of a paper a new code: the values of ``CODE_TAGS``, told once."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    ProgressCode.objects.update_or_create(
        case_id=paper.case_id,
        defaults={"digest": digest(code), "made_at": timezone.now(), "paper": paper},
    )
    written = "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))
    path = reverse("casework:progress_of", args=[written])
    return {
        "query_code": written,
        "query_url": f"{settings.PORTAL_URL}{path}",
        "query_site": f"{settings.PORTAL_URL}{reverse('casework:progress')}",
    }


def rows_of(code: str) -> Rows:
    """What the page of a code may read: its case and its clocks; nothing for a wrong code, for
    a void case, and once the paper that printed the code is void."""
    found, stands = digest(code), "progress_code__paper__paper__voided_at__isnull"
    return {
        Case: Q(progress_code__digest=found, voided_at__isnull=True, **{stands: True}),
        Clock: Q(
            case__progress_code__digest=found,
            case__voided_at__isnull=True,
            **{f"case__{stands}": True},
        ),
    }


def fits(case: Case, number: str) -> bool:
    """Whether a typed number is the case's: as it is written, or its year and number alone."""
    wanted = _bare(number).encode()
    own = [text for text in (case.number, case.intake_no) if text]
    known = {form for text in own for form in (_bare(text), _digits(text))}
    return True in [hmac.compare_digest(form.encode(), wanted) for form in known]


def _bare(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text)).casefold()


def _digits(text: str) -> str:
    return "".join(re.findall(r"\d+", unicodedata.normalize("NFKC", text)))


def progress_of(case: Case) -> Progress:
    """How far a case is, in words for whoever brought it.  Read it under ``rows_of``."""
    workflow = workflow_of(case)
    phase = next(one.phase for one in workflow.states if one.code == case.state)
    clock = _next_duty() if phase not in {"ended", "filed"} else None
    told = Progress(
        number=case.number or case.intake_no,
        matter=workflow.label,
        phase=PHASES[phase],
        since=case.state_on,
        bureau=case.unit.root.name,
        office=case.unit.name,
        phone=case.unit.phone,
    )
    if clock is None:
        return told
    return replace(
        told,
        step=clock.label,
        due_on=clock.due_on,
        basis=clock.rule.legal_basis_zh,
        standing=clock.rule.standing,
        is_provisional=clock.provisional,
        is_late=clock.is_late,
    )


def _next_duty() -> Clock | None:
    """The running term with the nearest day that a law sets the bureau; targets bind nobody."""
    rows = Clock.objects.filter(
        state="running",
        owner="bureau",
        is_target=False,
        rule__nature=Nature.STATUTORY,
        due_on__isnull=False,
    ).exclude(rule__counting_rule__in=MINIMUM)
    rows = resting.counting(rows, timezone.localdate())
    return rows.select_related("rule").order_by("due_on", "pk").first()
