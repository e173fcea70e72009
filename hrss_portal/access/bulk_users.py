"""Landing, undoing and exporting the sheet USERS: accounts, their B, the posts proposed."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Cast

from hrss_portal.access import accounts, custody
from hrss_portal.access.bulk import (
    Answer,
    NotThisRow,
    answers_of,
    find_unit,
    mine,
    number_of,
    person_of,
    root_of,
    split_words,
    store,
    take_back,
)
from hrss_portal.access.models import Proposal, Unit, User
from hrss_portal.access.roles import POST_LABELS

POSTS = {label: code for code, label in POST_LABELS.items()} | {code: code for code in POST_LABELS}


def commit_users(
    rows: Iterable[Any],
    *,
    context: Any,
    also: Callable[[Answer, Mapping[str, Any]], None] = lambda answer, cleaned: None,
) -> list[Answer]:
    """Creates and updates accounts, and proposes the posts for a second person.

    ``also`` does what else a row tells, may fill in its answer, and raises ``NotThisRow``.  A B
    who is new in the same sheet is set once all rows are in: A and B name each other.
    """
    root, by, rows = root_of(context), context.user, list(rows)
    new = {number_of(row.cleaned["staff_no"]) for row in rows}
    new -= set(User.objects.filter(staff_no__in=new).values_list("staff_no", flat=True))

    def one(cleaned: Mapping[str, Any]) -> Answer:
        number = number_of(cleaned["deputy"])
        if number and number == number_of(cleaned["staff_no"]):
            raise NotThisRow("deputy", "B 岗须为另一人")
        later = {"deputy": ""} if number in new else {}
        answer = _user({**cleaned, **later}, root, by)
        also(answer, cleaned)
        return answer | ({"later": number} if later else {})

    answers = answers_of(rows, one)
    for answer in answers:
        if number := answer.pop("later", ""):
            _set_b(answer, number, root, by)
    return answers


def _set_b(answer: Answer, number: str, root: Unit, by: User | None) -> None:
    """Give a landed account the B that its row names; why not stands beside the row."""
    user = User.objects.get(pk=answer["pk"])
    try:
        deputy = person_of(number, root, "deputy")
        custody.check_deputy(user, deputy)
    except NotThisRow:
        words = f"{number} 那一行没有导入，B 岗先空着：改好那一行，再导入一次"
        answer["messages"].append(("deputy", words))
    except ValidationError as error:
        answer["messages"].append(("deputy", error.messages[0]))
    else:
        if answer["action"] == "created":
            user.deputy = deputy
            user.save(update_fields=["deputy"])
        else:
            _note_proposals(answer, user, _propose_b(user, deputy, by))


def _note_proposals(answer: Answer, user: User, made: list[int]) -> None:
    """What was proposed for an account that was there, for taking the row back."""
    if made and answer["action"] != "created":
        answer["action"] = "updated"
        before = answer.setdefault("before", {"version": user.version})
        before["proposals"] = [*before.get("proposals", []), *made]


def _user(cleaned: Mapping[str, Any], root: Unit, by: User | None) -> Answer:
    staff_no = number_of(cleaned["staff_no"])
    if not re.fullmatch(r"[A-Z0-9-]{2,20}", staff_no):
        raise NotThisRow("staff_no", "工号只用字母、数字和短横线，2 到 20 位")
    unit = find_unit(cleaned["unit"], root)
    deputy = person_of(cleaned["deputy"], root, "deputy")
    wanted = _posts(cleaned["posts"])
    user = User.objects.filter(staff_no__iexact=staff_no).select_related("unit").first()
    if user is not None and not user.unit.path.startswith(root.path):
        raise NotThisRow("staff_no", "工号已有人用")
    if user is not None and deputy == user:
        raise NotThisRow("deputy", "B 岗须为另一人")
    values = {
        "name": cleaned["name"],
        "unit_id": unit.pk,
        "phone": cleaned["phone"],
    }
    try:
        custody.check_deputy(user or User(), deputy)
    except ValidationError as error:
        raise NotThisRow("deputy", error.messages[0]) from None
    if user is None:
        user = User.objects.create_user(
            staff_no,
            cleaned["name"],
            unit=unit,
            phone=cleaned["phone"],
            deputy=deputy,
            must_change_password=True,
        )
        answer: Answer = {"action": "created", "pk": user.pk}
    else:
        answer = store(user, {name: value for name, value in values.items() if value})
        user.refresh_from_db(fields=["version"])
    made = _propose_b(user, deputy, by) + _propose(user, wanted, unit, by)
    _note_proposals(answer, user, made)
    return answer


def _posts(text: str) -> list[str]:
    unknown = [word for word in split_words(text) if word not in POSTS]
    if unknown:
        raise NotThisRow("posts", f"没有“{'、'.join(unknown)}”这个岗位")
    return [POSTS[word] for word in split_words(text)]


def _propose_b(user: User, deputy: User | None, by: User | None) -> list[int]:
    """Propose another B for an account; the new proposal, none for one that waits already."""
    if deputy is None or user.deputy_id == deputy.pk or by is None:
        return []
    last = Proposal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    proposal = custody.propose_deputy(user, deputy, by=by)
    return [proposal.pk] if proposal.pk > last else []


def _propose(user: User, wanted: list[str], unit: Unit, by: User | None) -> list[int]:
    """Propose the posts that are neither held nor waiting; the new proposals.

    A check from the command line is made by nobody (``by`` None): it looks at the guards and
    proposes nothing.
    """
    held = set(user.grants.in_force().filter(unit=unit).values_list("post", flat=True))
    waiting = Proposal.objects.filter(
        kind="access.grant",
        state=Proposal.State.WAITING,
        payload__user=user.pk,
        payload__unit=unit.pk,
        payload__area="",
    )
    missing = set(wanted) - held - set(waiting.values_list("payload__post", flat=True))
    made = []
    for post in dict.fromkeys(wanted):
        if post not in missing:
            continue
        if by is None:
            accounts.check_guards(user, post)
            continue
        asked = accounts.propose_grant(user, post=post, unit=unit, by=by, reason="用户表导入")
        made.append(asked.pk)
    return made


def undo_users(outcomes: Iterable[Answer], *, context: Any) -> list[Answer]:
    """Takes a batch of accounts back, as far as they were not used since."""
    told = list(outcomes)
    made = {int(one["pk"]) for one in told if one["action"] == "created"}
    while (answers := _undo_apart(told, made)) is None:
        pass
    left = Proposal.objects.filter(kind="access.grant", state=Proposal.State.WAITING)
    gone = left.annotate(person=Cast("payload__user", BigIntegerField())).exclude(
        person__in=User.objects.values("pk")
    )
    for proposal in gone.order_by("pk"):
        proposal.state = Proposal.State.WITHDRAWN
        proposal.save()
    return answers


def _undo_apart(told: list[Answer], made: set[int]) -> list[Answer] | None:
    """Take rows back, A and B of ``made`` taken apart before, for neither goes while the other
    names it.  None, and nothing done, where an account that stays would lose its B: it and its B
    leave ``made`` then."""
    with transaction.atomic():
        pairs = User.objects.filter(pk__in=made, deputy__in=made)
        parted = {user.pk: user.deputy_id for user in pairs if user.deputy_id}
        pairs.update(deputy=None)
        answers = [_undo_user(outcome) for outcome in told]
        stay = set(User.objects.filter(pk__in=parted).values_list("pk", flat=True))
        lost = stay - {pk for pk in stay if User.objects.filter(pk=parted[pk]).exists()}
        if lost:
            transaction.set_rollback(True)
        for pk in stay - lost:
            User.objects.filter(pk=pk).update(deputy=parted[pk])
    made -= lost
    return None if lost else answers


def _undo_user(outcome: Answer) -> Answer:
    """Takes one account back, and what the row proposed for it, as far as nobody confirmed it."""
    before = dict(outcome.get("before") or {})
    made = before.pop("proposals", [])
    answer = take_back(User, {**outcome, "before": before})
    rows = Proposal.objects.select_for_update(of=("self",)).filter(pk__in=made).order_by("pk")
    for proposal in rows:
        if proposal.state == Proposal.State.WAITING:
            proposal.state = Proposal.State.WITHDRAWN
            proposal.save()
        elif proposal.state == Proposal.State.APPLIED and answer["undone"]:
            answer |= {"undone": False, "message": f"已复核生效，保留：{proposal.title}"}
    return answer


def export_users(filters: Mapping[str, list[str]]) -> QuerySet[User]:
    """The accounts that the acting user may see; ``filters`` may hold ``unit``, ``is_active``."""
    users = mine(User).select_related("unit", "deputy").order_by("staff_no")
    for key, values in filters.items():
        if key not in {"unit", "is_active"}:
            raise ValueError(key)
        users = users.filter(**{f"{key}__in": values})
    return users


def user_cells(user: User) -> dict[str, Any]:
    """One row of the sheet USERS."""
    posts = user.grants.in_force().order_by("pk").values_list("post", flat=True)
    return {
        "staff_no": user.staff_no,
        "name": user.name,
        "unit": user.unit.name,
        "posts": "、".join(dict.fromkeys(POST_LABELS[post] for post in posts)),
        "phone": user.phone,
        "deputy": user.deputy.staff_no if user.deputy is not None else "",
    }
