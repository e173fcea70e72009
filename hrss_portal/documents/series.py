"""Changing how a bureau writes a number series: one proposes, another confirms."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone

from hrss_portal.access.models import Proposal, Unit
from hrss_portal.access.proposals import propose
from hrss_portal.documents.kinds import number_series
from hrss_portal.documents.models import SeriesFormat
from hrss_portal.documents.numbers import wording

if TYPE_CHECKING:
    from hrss_portal.access.models import User

CONFIRM = "documents.series.confirm"
CHANGED = "编号格式刚被别人改过，查看现在的格式后再改"


def example(prefix: str, pattern: str) -> str:
    """The first number of this year as it would be printed."""
    return pattern.format(prefix=prefix, year=timezone.localdate().year, n=1)


def propose_wording(
    series: str, *, prefix: str, pattern: str, before: str, by: "User", reason: str
) -> Proposal:
    """Proposes another wording for the person's bureau, from the next number on.

    ``before``: the example that the person saw.  Raises ``ValidationError`` when the wording is no
    longer that one, or would stay as it is; ``LookupError`` for a series that nobody declares.
    """
    root = by.unit.root
    now = wording(series, root)
    if example(*now) != before:
        raise ValidationError(CHANGED, code="stale")
    if now == (prefix, pattern):
        raise ValidationError("和现在的格式一样，没有可复核的修改")
    label = number_series()[series].label
    return propose(
        "number_series",
        title=f"修改编号格式：{label}",
        words=[
            f"编号系列：{label}",
            f"现在：{before}",
            f"改为：{example(prefix, pattern)}",
            "作用：从下一号起按新格式，已经编好的号不变",
        ],
        payload={"series": series, "before": list(now), "prefix": prefix, "pattern": pattern},
        apply="hrss_portal.documents.series.apply_wording",
        policy=CONFIRM,
        by=by,
        reason=reason,
        unit=root,
    )


def apply_wording(proposal: Proposal) -> None:
    """What the confirmation does.  Raises ``ValidationError`` if the wording changed meanwhile."""
    data = proposal.payload
    rows = Unit.objects.select_for_update(of=("self",))
    root = rows.get(pk=proposal.unit_id or 0)
    if list(wording(data["series"], root)) != data["before"]:
        raise ValidationError(CHANGED, code="stale")
    SeriesFormat.objects.update_or_create(
        series=data["series"],
        unit=root,
        defaults={"prefix": data["prefix"], "pattern": data["pattern"]},
    )
