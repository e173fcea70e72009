"""A round of returns from the towns: sending it out, the filled table, what came back, urging.

The rows of a round are the stored records of its sheet, of one town, dated in its days.  What a
town returns is a batch of that sheet like any other, tied to the task of the town.
"""

import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import Grant, Unit, User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.activities.models import Round, Task
from hrss_portal.areas import Sheet
from hrss_portal.casework import moves
from hrss_portal.casework.models import CasePaper, Event
from hrss_portal.imports import batches, exporting, registry
from hrss_portal.imports.models import Batch, StagedRow
from hrss_portal.imports.refusals import FileRefused
from hrss_portal.notifications.inbox import notify

POST = "TOWN"
REPORTED = frozenset({"done", "checked", "closed"})
WAITING = frozenset({"open", "accepted"})
RETURNS = ("hand_in", "no_change")
MOST = 2000  # rows that are opened in the browser; more go by workbook
NO_SLIP = "填报在系统里下达，不另出交办单"
COUNTED = ("created", "updated", "unchanged")
Counts = Mapping[str, int]


# --- sending it out -----------------------------------------------------------------------------


def sheets_for(user: User) -> list[Sheet]:
    """The sheets that a round of this user may be about: those that towns import by a date, and
    that the user imports as well; whoever asks for the whole bureau may ask for each of them."""
    wide = policy.can_at(user, "activities.round.add", user.unit.root)
    return [
        one
        for one in registry.sheets()
        if one.dated_by
        and POST in policy.posts_for(one.policy)
        and (wide or policy.can(user, one.policy))
    ]


def towns_of(bureau: Unit) -> QuerySet[Unit]:
    """The towns of a bureau in which somebody has an account for the whole town."""
    towns: QuerySet[Unit] = Unit.objects.active().within(bureau).towns()
    return towns.filter(pk__in=_in_post().values("unit"))


def officers_of(town: Unit) -> QuerySet[User]:
    """Who has an account for the whole town; a village sees its own rows alone."""
    held = _in_post().filter(unit=town)
    users: QuerySet[User] = User.objects.filter(pk__in=held.values("user")).order_by("staff_no")
    return users


def _in_post() -> QuerySet[Grant]:
    return Grant.objects.in_force().filter(post=POST, user__is_active=True)


@transaction.atomic
def send(asked: Round, towns: Iterable[Unit], *, by: User) -> list[Task]:
    """Give each town its task; one that has it already is left alone.

    The heads of the office that asks follow all of them.  Raises ``MoveRefused`` and ``Refused``.
    """
    known = towns_asked(asked)
    heads = policy.holders("activities.round.edit", asked.unit)
    team = sorted(heads.filter(unit=asked.unit).values_list("pk", flat=True))
    made = [_give(asked, town, team, by) for town in towns if town.pk not in known]
    papers = CasePaper._base_manager.filter(case__in=[task.pk for task in made])
    papers.update(state=CasePaper.State.DROPPED, drop_reason=NO_SLIP)
    return made


def _give(asked: Round, town: Unit, team: list[int], by: User) -> Task:
    task = Task(
        round=asked,
        task_kind=Task.Kind.FILL,
        subject=asked.title,
        issuer=by.name,
        unit=town,
        town=town,
        handler=officers_of(town).first(),
        team=team,
        due_given=asked.due_given,
    )
    opened = moves.open_case(task, by=by, on=timezone.localdate())
    assert isinstance(opened, Task)  # noqa: S101 - the door gives back what it was given
    return opened


def tasks_of(asked: Round) -> QuerySet[Task]:
    """The tasks of a round in the order of the towns; whoever may see the round may see how each
    stands."""
    found = Task._base_manager.filter(round=asked, voided_at__isnull=True)
    rows: QuerySet[Task] = found.select_related("unit", "handler", "round")
    return rows.order_by("unit__code", "unit", "pk")


def towns_asked(asked: Round) -> set[int]:
    """The towns that have a task of the round, by id; one that was withdrawn may be given anew."""
    return set(tasks_of(asked).exclude(state="withdrawn").values_list("unit", flat=True))


def put_off(asked: Round, *, before: date, by: User) -> int:
    """Give the towns that have not reported the new day of the round; how many.  One that was given
    a day of its own keeps it.  ``before``: the former day."""
    late = tasks_of(asked).filter(state__in=WAITING, due_given=before)
    for task in late:
        follow(task, by)
        day = {"due_given": asked.due_given}
        moves.move(task, "postpone", by=by, data=day, note="填报任务改了报送期限")
    return len(late)


def follow(task: Task, by: User) -> None:
    """Whoever runs the round follows its tasks, also one who came after it was sent."""
    if by.pk not in task.team:
        moves.share(task, [*task.team, by.pk])


def withdraw(asked: Round, *, by: User, reason: str) -> None:
    """Take the tasks back that no town has reported."""
    for task in tasks_of(asked).filter(state__in=[*WAITING, "returned"]):
        follow(task, by)
        moves.move(task, "withdraw", by=by, data={"outcome": "withdrawn"}, note=reason)


# --- the table of a town ------------------------------------------------------------------------


def round_of(task: Task) -> Round:
    """The round of a task.  Raises ``LookupError`` for a task of none."""
    if task.round is None:
        raise LookupError(f"task {task.pk} is of no round")
    return task.round


def rows_of(task: Task) -> QuerySet[Any]:
    """The stored records that a task asks about, as far as the acting user sees them."""
    asked = round_of(task)
    days = {f"{asked.sheet.dated_by}__range": (asked.from_on, asked.to_on)}
    return exporting.rows_of(asked.sheet, {}).filter(town=task.unit, **days)


def filled(task: Task, *, by: User) -> bytes:
    """The workbook of the sheet with the stored rows, for changing and sending back.

    The access is logged.  Raises ``Refused``.
    """
    asked, stream = round_of(task), io.BytesIO()
    told = (("填报任务", asked.title), ("乡镇", task.unit.name), ("所属期", asked.span))
    rows, reason = rows_of(task), f"填报：{asked.title}"
    exporting.export_rows(
        asked.sheet, rows, stream, by=by, filters=told, reason=reason, comes_back=True
    )
    return stream.getvalue()


def name_of(task: Task) -> str:
    """The name of the workbook."""
    return f"{round_of(task).title}-{task.unit.name}.xlsx"


def open_filled(task: Task, *, by: User) -> Batch:
    """A batch whose rows are the stored ones, read and tried out: only what differs is typed.

    Raises ``ValidationError``: nothing is stored, or too much for a page.
    """
    count = rows_of(task).count()
    if not count:
        raise ValidationError("这一期系统里还没有登记，有新的直接上传表格，没有的按“无变化”")
    if count > MOST:
        raise ValidationError(f"有 {count} 行，太多，请“下载预填表”改好再上传")
    batch = batches.dry_run(
        round_of(task).sheet_code, filled(task, by=by), name=name_of(task), by=by, unit=task.unit
    )
    return tie(task, batch)


def receive(task: Task, content: bytes, *, name: str, by: User) -> Batch:
    """A town's own file for its task.  Raises ``ValidationError`` for one that cannot be read."""
    try:
        batch = batches.receive(round_of(task).sheet, content, name=name, by=by, unit=task.unit)
    except FileRefused as refused:
        raise ValidationError({"file": str(refused)}) from refused
    return tie(task, batch)


def tie(task: Task, batch: Batch) -> Batch:
    """Say that a batch is the return of a task, and where its pages lead back to."""
    task.batches.add(batch)
    batch.back_to = task.get_absolute_url()
    batch.save(update_fields=["back_to"])
    return batch


# --- what came back -----------------------------------------------------------------------------


def landed(task: Task) -> QuerySet[Batch]:
    """The batches of a task that have landed, whoever asks."""
    rows: QuerySet[Batch] = Batch._base_manager.filter(tasks=task.pk, state__in=Batch.LANDED)
    return rows


def batches_of(tasks: Iterable[Task]) -> dict[int, list[Batch]]:
    """The tables sent for each task, oldest first, whoever asks."""
    found: dict[int, list[Batch]] = {task.pk: [] for task in tasks}
    ties: Any = Task.batches.through
    for tie in ties._base_manager.filter(task__in=found).order_by("batch").select_related("batch"):
        found[tie.task_id].append(tie.batch)
    return found


def has_landed(task: Task) -> bool:
    """Whether a table was imported for the task."""
    return task.round_id is not None and landed(task).exists()


def is_untouched(task: Task) -> bool:
    """Whether the task is a town's return for which nothing was imported."""
    return task.round_id is not None and not landed(task).exists()


def received(task: Task) -> dict[str, int]:
    """New, changed and unchanged records of all landed batches of a task, each record once; and
    ``elsewhere``, those of them that are not of the town and days that were asked about.

    A record that one batch made or changed is no longer unchanged in the next.  Batches whose rows
    are deleted by now count with their own figures.
    """
    found = list(landed(task))
    rows = StagedRow.objects.filter(batch__in=found, action__in=COUNTED)
    best: dict[str, int] = {}
    for target, action in rows.values_list("target", "action"):
        place = COUNTED.index(action)
        best[target] = min(place, best.get(target, place))
    gone = landed(task).exclude(pk__in=rows.values("batch"))
    sums = gone.aggregate(**{name: Sum(name, default=0) for name in COUNTED})
    with acting_as_system("report"):  # the counts are the same for everybody who reads them
        asked = {str(pk) for pk in rows_of(task).values_list("pk", flat=True)}
        stored = exporting.rows_of(round_of(task).sheet, {}).filter(pk__in=[*best])
        standing = {str(pk) for pk in stored.values_list("pk", flat=True)}
    places = [place for target, place in best.items() if target in asked]
    counts = {name: places.count(place) + sums[name] for place, name in enumerate(COUNTED)}
    return {**counts, "elsewhere": len(standing - asked)}


def standing(task: Task) -> dict[str, int]:
    """The counts of a town that says: nothing changed."""
    return {"created": 0, "updated": 0, "unchanged": rows_of(task).count()}


def counts_in_words(counts: Counts) -> str:
    """What a town returned, as a sentence."""
    words = zip(("新增", "更新", "未变"), COUNTED, strict=True)
    told = "，".join(f"{word} {counts.get(name, 0)} 行" for word, name in words)
    elsewhere = counts.get("elsewhere", 0)
    return f"{told}，另有 {elsewhere} 行不在所属期内" if elsewhere else told


def total(counts: Iterable[Counts]) -> dict[str, int]:
    """The sum of what towns returned."""
    rows = list(counts)
    return {name: sum(row.get(name, 0) for row in rows) for name in COUNTED}


def returns(tasks: Iterable[Task]) -> dict[int, Event]:
    """The Event by which each town reported last, by task."""
    return _last(tasks, RETURNS)


def urged(tasks: Iterable[Task]) -> dict[int, Event]:
    """The Event by which each town was urged last, by task."""
    return _last(tasks, ("urge",))


def _last(tasks: Iterable[Task], codes: Iterable[str]) -> dict[int, Event]:
    rows = Event._base_manager.filter(
        case__in=[task.pk for task in tasks], kind="move", move__in=codes
    )
    return {event.case_id: event for event in rows.order_by("pk")}


# --- urging and taking in -----------------------------------------------------------------------


def to_urge(asked: Round) -> list[Task]:
    """The tasks not reported that nobody urged today."""
    waiting = list(tasks_of(asked).filter(state__in=WAITING))
    today, before = timezone.localdate(), urged(waiting)
    return [task for task in waiting if task.pk not in before or before[task.pk].on < today]


def urge(asked: Round, *, by: User) -> int:
    """Urge the towns that have not reported, each once a day; how many."""
    late = to_urge(asked)
    for task in late:
        follow(task, by)
        moves.move(task, "urge", by=by)
    return len(late)


def tell_unit(task: Any, data: Mapping[str, Any], event: Any) -> None:
    """Tell the unit that it is urged where nobody there has the task in hand any more."""
    if task.handler is not None and task.handler.is_active:
        return  # told as of every move
    people = officers_of(task.unit) if task.round_id else User.objects.filter(unit=task.unit)
    words = f"{task.reference} {event.label}"
    url = task.get_absolute_url()
    notify(people, title=words, body=task.title, url=url, kind="case", key=f"event:{event.pk}")


def take_in(asked: Round, *, by: User) -> int:
    """Check and close every task that was reported; how many.  Raises ``MoveRefused``."""
    reported = tasks_of(asked).filter(state__in=["done", "checked"])
    for task in reported:
        follow(task, by)
        if task.state == "done":
            moves.move(task, "check", by=by, data={"checker": by, "check_note": ""})
        moves.move(task, "close", by=by, data={"outcome": "done"})
    return len(reported)
