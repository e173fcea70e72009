"""What happens to a draw after its list was published: sealing, opening, fixing the seed."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from hrss_portal.activities import drawing
from hrss_portal.activities.models import Draw, DrawHalf

if TYPE_CHECKING:
    from hrss_portal.access.models import User

SHORTEST_HALF = 16


def _locked(draw: Draw, kind: str) -> Draw:
    """The row, locked and not drawn yet.  Raises ``ValidationError``."""
    found = Draw.objects.select_for_update(of=("self",)).get(pk=draw.pk)
    if found.is_void:
        raise ValidationError("这次抽取已经作废")
    if found.drawn_at is not None:
        raise ValidationError("已经抽取，结果不能再变")
    if found.seed_kind != kind:
        raise ValidationError("这次抽取的种子不是这样定的")
    return found


@transaction.atomic
def seal(draw: Draw, half: str, *, by: "User") -> DrawHalf:
    """Keep the hash of a person's half.  Raises ``ValidationError``: too short, two are sealed."""
    found = _locked(draw, Draw.SeedKind.HALVES)
    if len(half) < SHORTEST_HALF:
        raise ValidationError(f"至少写 {SHORTEST_HALF} 个字符，别人猜不到")
    digests = list(found.halves.values_list("person", "digest"))
    if by.pk in [person for person, _ in digests]:
        raise ValidationError("已经封存过了，另一半由另一个人封存")
    if len(digests) == 2:
        raise ValidationError("两半都已经封存")
    return DrawHalf.objects.create(draw=found, person=by, digest=drawing.half_hash(half))


@transaction.atomic
def open_half(draw: Draw, half: str, *, by: "User") -> Draw:
    """Open the own half; with the second one the draw is made.  Raises ``ValidationError``."""
    found = _locked(draw, Draw.SeedKind.HALVES)
    halves = list(found.halves.order_by("pk"))
    if len(halves) < 2:
        raise ValidationError("两半都封存了才能打开")
    mine = next((one for one in halves if one.person_id == by.pk), None)
    if mine is None:
        raise ValidationError("没有封存过，打开不了")
    if drawing.half_hash(half) != mine.digest:
        raise ValidationError("与封存的不一致，核对大小写和空格")
    mine.half, mine.opened_at = half, timezone.now()
    mine.save(update_fields=["half", "opened_at"])
    if all(one.opened_at for one in halves):
        _make(found, drawing.joined([one.half for one in halves]), by)
    return found


@transaction.atomic
def fix_seed(draw: Draw, seed: str, *, by: "User") -> Draw:
    """Take the public value named with the list.  Raises ``ValidationError``: too early."""
    found = _locked(draw, Draw.SeedKind.PUBLIC)
    if found.seed_on is None or timezone.localdate() < found.seed_on:
        raise ValidationError(f"到 {found.seed_on} 才有这个数值")
    _make(found, seed, by)
    return found


def _make(draw: Draw, seed: str, by: "User") -> None:
    try:
        draw.result = drawing.draw(draw.objects_list, draw.officers, draw.k, seed)
    except drawing.DrawError as error:
        raise ValidationError(str(error)) from error
    draw.seed, draw.drawn_at, draw.drawn_by = seed, timezone.now(), by
    draw.version += 1
    draw.updated_by = by
    draw.save()
