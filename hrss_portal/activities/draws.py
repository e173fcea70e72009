"""What happens to a draw after its list was kept: publishing, sealing, opening, the seed."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hrss_portal.access import proposals
from hrss_portal.access.models import Proposal
from hrss_portal.activities import drawing
from hrss_portal.activities.models import Draw, DrawHalf

if TYPE_CHECKING:
    from hrss_portal.access.models import User

SHORTEST_HALF = 16


def _locked(draw: Draw) -> Draw:
    """The row, locked and not void.  Raises ``ValidationError``."""
    found: Draw = Draw.objects.select_for_update(of=("self",)).get(pk=draw.pk)
    if found.is_void:
        raise ValidationError("这次抽取已经作废")
    return found


@transaction.atomic
def publish(draw: Draw, *, to_everybody: bool, by: "User") -> Draw:
    """Publish list, number and hash, before anybody can know the seed; it is never taken back.

    ``to_everybody``: on the page without a log-in, else inside the house only.  Raises
    ``ValidationError``: published already, the day of the public value has come, or two halves have
    no day ahead by which they are opened.
    """
    found = _locked(draw)
    if found.published_at is not None:
        raise ValidationError("名单已经公布，不能再变")
    if found.seed_on is not None and found.seed_on <= timezone.localdate():
        raise ValidationError("公开数值的日期已到，名单要在这以前公布；作废后另行登记")
    if found.seed_kind == Draw.SeedKind.HALVES and (
        found.open_by is None or found.open_by < timezone.localdate()
    ):
        raise ValidationError("没有写两半打开的期限，或者期限已过；作废后另行登记")
    found.published_at, found.published_by, found.is_public = timezone.now(), by, to_everybody
    found.version += 1
    found.updated_by = by
    found.save()
    return found


def beside(draw: Draw) -> QuerySet[Draw]:
    """What the bureau published for the same purpose, to be looked at with a published draw.

    The same matter or list, or published on the same day, or with a public value of the same day,
    oldest first, void ones too: whoever publishes several lists to choose from is seen.
    """
    same = Q(title=draw.title) | Q(list_sha256=draw.list_sha256)
    same |= Q(published_at__date=timezone.localdate(draw.published_at))
    if draw.seed_on is not None:
        same |= Q(seed_on=draw.seed_on)
    rows = of_bureau(draw).filter(same).exclude(pk=draw.pk)
    return rows.order_by("published_at", "pk")


def before(draw: Draw) -> QuerySet[Draw]:
    """What the bureau published before a published draw."""
    earlier = Q(published_at__lt=draw.published_at)
    return of_bureau(draw).filter(earlier | Q(published_at=draw.published_at, pk__lt=draw.pk))


def of_bureau(draw: Draw) -> QuerySet[Draw]:
    """The published draws of a draw's bureau; where it is public, the public ones."""
    rows = Draw.objects.filter(
        unit__path__startswith=draw.unit.root_path, published_at__isnull=False
    )
    return rows.filter(is_public=True) if draw.is_public else rows


def _to_seed(draw: Draw, kind: str) -> Draw:
    """The row, locked, published and not drawn yet.  Raises ``ValidationError``."""
    found = _locked(draw)
    if found.published_at is None:
        raise ValidationError("名单还没有公布，不能定种子")
    if found.drawn_at is not None:
        raise ValidationError("已经抽取，结果不能再变")
    if found.seed_kind != kind:
        raise ValidationError("这次抽取的种子不是这样定的")
    return found


def propose_void(draw: Draw, *, by: "User", reason: str) -> Proposal:
    """Propose to void a published draw: a second person confirms, then it is shown as void."""
    return proposals.propose(
        "activities.draw_void",
        title=f"作废已公布的抽取：{draw.title}",
        words=[
            f"抽取事项：{draw.title}",
            f"公布时间：{timezone.localtime(draw.published_at):%Y-%m-%d %H:%M}",
            f"公布范围：{'对外' if draw.is_public else '局内'}",
            f"抽取：{'已抽取' if draw.drawn_at else '没有抽取'}",
            f"作废理由：{reason}",
        ],
        payload={"draw": draw.pk, "reason": reason},
        apply="hrss_portal.activities.draws.apply_void",
        policy="activities.draw.void",
        by=by,
        reason=reason,
        unit=draw.unit,
    )


def apply_void(proposal: Proposal) -> None:
    """Void the draw of a confirmed proposal.  Raises ``ValidationError``: void already."""
    rows = Draw._base_manager.select_for_update(of=("self",))
    draw: Draw = rows.get(pk=proposal.payload["draw"])
    if draw.is_void:
        raise ValidationError("这次抽取已经作废")
    draw.voided_at, draw.voided_by = timezone.now(), proposal.confirmed_by
    draw.void_reason = proposal.payload["reason"]
    draw.version += 1
    draw.updated_by = proposal.confirmed_by
    draw.save()


@transaction.atomic
def seal(draw: Draw, half: str, *, by: "User") -> DrawHalf:
    """Keep the hash of a person's half.  Raises ``ValidationError``: too short, two are sealed."""
    found = _to_seed(draw, Draw.SeedKind.HALVES)
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
    """Enter the own half: the first is held, encrypted; with the second both are opened.

    Raises ``ValidationError``: not sealed by two, not by this person, another text, entered before.
    """
    found = _to_seed(draw, Draw.SeedKind.HALVES)
    halves = list(found.halves.order_by("pk"))
    if len(halves) < 2:
        raise ValidationError("两半都封存了才能打开")
    mine = next((one for one in halves if one.person_id == by.pk), None)
    if mine is None:
        raise ValidationError("没有封存过，打开不了")
    if drawing.half_hash(half) != mine.digest:
        raise ValidationError("与封存的不一致，核对大小写和空格")
    if mine.entered_at is not None:
        raise ValidationError("已经交来了，等另一个人的一半，两半一起打开")
    mine.held, mine.entered_at = half, timezone.now()
    mine.save(update_fields=["held", "entered_at"])
    if all(one.entered_at for one in halves):
        _open_together(halves)
        _make(found, drawing.joined([one.half for one in halves]), by)
    return found


def _open_together(halves: list[DrawHalf]) -> None:
    now = timezone.now()
    for one in halves:
        if one.opened_at is None:  # one opened by itself, before halves were held, stays as it was
            one.half, one.held, one.opened_at = one.held, "", now
            one.save(update_fields=["half", "held", "opened_at"])


@transaction.atomic
def fix_seed(draw: Draw, seed: str, *, by: "User") -> Draw:
    """Take the public value named with the list.  Raises ``ValidationError``: too early."""
    found = _to_seed(draw, Draw.SeedKind.PUBLIC)
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
