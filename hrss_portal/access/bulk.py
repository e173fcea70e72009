"""Landing, undoing and exporting the sheets UNITS and USERS.

Each row lands within the bureau of the sender; a row about another bureau is rejected in words.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BigIntegerField, ProtectedError, QuerySet
from django.db.models.functions import Cast

from hrss_portal.access import accounts, custody, meanwhile
from hrss_portal.access.models import Proposal, Unit, User
from hrss_portal.access.policy import visible
from hrss_portal.access.roles import POST_LABELS
from hrss_portal.access.scope import current

KINDS = {
    **{label: code for code, label in Unit.Kind.choices},
    "股室": "office",
    "二级机构": "office",
    "乡镇": "town",
    "乡": "town",
    "镇": "town",
    "园区": "town",
    "村": "village",
    "社区": "village",
    "外部": "body",
}
POSTS = {label: code for code, label in POST_LABELS.items()} | {code: code for code in POST_LABELS}
#: Below which kinds of unit a unit of a kind may stand, and the words when it does not.
ABOVE = {
    Unit.Kind.TOWN: {Unit.Kind.BUREAU},
    Unit.Kind.VILLAGE: {Unit.Kind.TOWN},
    Unit.Kind.OFFICE: {Unit.Kind.BUREAU, Unit.Kind.OFFICE},
    Unit.Kind.BODY: {Unit.Kind.BUREAU, Unit.Kind.BODY},
}
ABOVE_WORDS = {
    Unit.Kind.TOWN: "乡镇、园区的上级是本局，不填即可",
    Unit.Kind.VILLAGE: "村、社区的上级填乡镇",
    Unit.Kind.OFFICE: "股室、二级机构的上级填本局或上一级机构",
    Unit.Kind.BODY: "外部单位的上级填本局或上一级外部单位",
}
COLUMNS = {"unit_id": "unit", "led_by_id": "led_by"}
Answer = dict[str, Any]


class NotThisRow(Exception):
    """Why a row cannot land: (column, words)."""

    def __init__(self, column: str, words: str) -> None:
        super().__init__(words)
        self.column = column
        self.words = words


def split_words(text: str) -> list[str]:
    """Words of a cell, separated by any usual comma."""
    return [word for word in re.split(r"[、,，;；\s]+", text or "") if word]


def _root(context: Any) -> Unit:
    root: Unit = context.unit.root
    return root


def find_unit(name: str, root: Unit) -> Unit:
    """The one active unit below a root with this name, short name, code or other name.

    Raises ``NotThisRow`` when there is none or more than one.
    """
    found = [
        unit
        for unit in Unit.objects.within(root).active().order_by("path")
        if name in {unit.name, unit.short_name, unit.code, *unit.synonyms}
    ]
    if not found:
        raise NotThisRow("unit", f"没有“{name}”这个单位，请先在单位表里增加")
    if len(found) > 1:
        above = "、".join(str(unit.parent or unit) for unit in found[:3])
        raise NotThisRow("unit", f"“{name}”不止一个（上级：{above}），请写代码")
    return found[0]


def _person(staff_no: str, root: Unit, column: str) -> User | None:
    if not staff_no:
        return None
    text = _number(staff_no)
    user = User.objects.filter(staff_no__iexact=text, unit__path__startswith=root.path).first()
    if user is None:
        raise NotThisRow(column, f"本局没有工号 {text}")
    return user


def _number(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()


def _answers(rows: Iterable[Any], one: Any) -> list[Answer]:
    """Lands row after row; a row that cannot land leaves nothing and is answered, not raised."""
    answers = []
    for row in rows:
        try:
            with transaction.atomic():
                answer = one(row.cleaned)
        except NotThisRow as error:
            answer = _rejected(error.column, error.words)
        except ValidationError as error:
            answer = _rejected("posts", "；".join(error.messages))
        answers.append({"messages": [], **answer, "row": row.number})
    return answers


def _rejected(column: str, words: str) -> Answer:
    return {"action": "rejected", "pk": None, "messages": [(column, words)]}


def _store(obj: Any, values: Mapping[str, Any]) -> Answer:
    """Saves what differs; says what happened and what was there before.

    Raises ``NotThisRow`` for what somebody stored otherwise since the row was read.
    """
    before = {name: getattr(obj, name) for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    if changed and (late := meanwhile.lock(type(obj), {obj.pk: obj.version})):
        obj = late[obj.pk]
        now = {name: getattr(obj, name) for name in values}
        if names := meanwhile.overtaken(values, before, now):
            raise NotThisRow(COLUMNS.get(names[0], names[0]), meanwhile.words(None))
        before, changed = now, {name: new for name, new in values.items() if now[name] != new}
    if not changed:
        return {"action": "unchanged", "pk": obj.pk}
    for name, value in changed.items():
        setattr(obj, name, value)
    obj.version += 1
    obj.save()
    before = {name: before[name] for name in changed} | {"version": obj.version}
    return {"action": "updated", "pk": obj.pk, "before": before}


# --- units --------------------------------------------------------------------------------------


def commit_units(rows: Iterable[Any], *, context: Any) -> list[Answer]:
    """Creates and updates units below the sender's bureau."""
    root = _root(context)
    return _answers(rows, lambda cleaned: _unit(cleaned, root))


def _unit(cleaned: Mapping[str, Any], root: Unit) -> Answer:
    kind = KINDS.get(cleaned["kind"].strip())
    if kind is None or kind == Unit.Kind.BUREAU:
        raise NotThisRow("kind", "类别填股室、乡镇、村或外部单位")
    try:
        parent = find_unit(cleaned["parent"], root) if cleaned["parent"] else root
    except NotThisRow as error:
        raise NotThisRow("parent", error.words) from None
    if parent.kind not in ABOVE[Unit.Kind(kind)]:
        raise NotThisRow("parent", ABOVE_WORDS[Unit.Kind(kind)])
    leader = _person(cleaned["led_by"], root, "led_by")
    values = {
        "kind": kind,
        "code": cleaned["code"],
        "short_name": cleaned["short_name"],
        "synonyms": split_words(cleaned["synonyms"]),
        "phone": cleaned["phone"],
        "led_by_id": leader.pk if leader is not None else None,
    }
    unit = Unit.objects.filter(parent=parent, name=cleaned["name"]).first()
    if unit is None:
        created = Unit.objects.create(parent=parent, name=cleaned["name"], **values)
        return {"action": "created", "pk": created.pk}
    return _store(unit, {name: value for name, value in values.items() if value})


def undo_units(outcomes: Iterable[Answer], *, context: Any) -> list[Answer]:
    """Takes a batch of units back, as far as nothing hangs on them and nobody changed them."""
    return [_undo(Unit, outcome) for outcome in outcomes]


def export_units(filters: Mapping[str, list[str]]) -> QuerySet[Unit]:
    """The units below the bureau that the acting user may see: what the sheet can bring back.

    ``filters`` may hold ``kind`` and ``parent``.
    """
    units = _mine(Unit).exclude(kind=Unit.Kind.BUREAU)
    units = units.select_related("parent", "led_by").order_by("path")
    for key, values in filters.items():
        if key not in {"kind", "parent"}:
            raise ValueError(key)
        units = units.filter(**{f"{key}__in": values})
    return units


def unit_cells(unit: Unit) -> dict[str, Any]:
    """One row of the sheet UNITS."""
    return {
        "name": unit.name,
        "kind": unit.get_kind_display(),
        "parent": unit.parent.name if unit.parent is not None else "",
        "code": unit.code,
        "short_name": unit.short_name,
        "synonyms": "、".join(unit.synonyms),
        "phone": unit.phone,
        "led_by": unit.led_by.staff_no if unit.led_by is not None else "",
    }


# --- users --------------------------------------------------------------------------------------


def commit_users(
    rows: Iterable[Any],
    *,
    context: Any,
    also: Callable[[Answer, Mapping[str, Any]], None] = lambda answer, cleaned: None,
) -> list[Answer]:
    """Creates and updates accounts, and proposes the posts for a second person.

    ``also`` does what else a row tells, may fill in its answer, and raises ``NotThisRow``.
    """
    root = _root(context)

    def one(cleaned: Mapping[str, Any]) -> Answer:
        answer = _user(cleaned, root, context.user)
        also(answer, cleaned)
        return answer

    return _answers(rows, one)


def _user(cleaned: Mapping[str, Any], root: Unit, by: User | None) -> Answer:
    staff_no = _number(cleaned["staff_no"])
    if not re.fullmatch(r"[A-Z0-9-]{2,20}", staff_no):
        raise NotThisRow("staff_no", "工号只用字母、数字和短横线，2 到 20 位")
    unit = find_unit(cleaned["unit"], root)
    deputy = _person(cleaned["deputy"], root, "deputy")
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
        answer = _store(user, {name: value for name, value in values.items() if value})
        user.refresh_from_db(fields=["version"])
    made = _propose_b(user, deputy, by) + _propose(user, wanted, unit, by)
    if made and answer["action"] != "created":
        answer["action"] = "updated"
        answer.setdefault("before", {"version": user.version})["proposals"] = made
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
    answers = [_undo_user(outcome) for outcome in outcomes]
    left = Proposal.objects.filter(kind="access.grant", state=Proposal.State.WAITING)
    gone = left.annotate(person=Cast("payload__user", BigIntegerField())).exclude(
        person__in=User.objects.values("pk")
    )
    for proposal in gone.order_by("pk"):
        proposal.state = Proposal.State.WITHDRAWN
        proposal.save()
    return answers


def _undo_user(outcome: Answer) -> Answer:
    """Takes one account back, and what the row proposed for it, as far as nobody confirmed it."""
    before = dict(outcome.get("before") or {})
    made = before.pop("proposals", [])
    answer = _undo(User, {**outcome, "before": before})
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
    users = _mine(User).select_related("unit", "deputy").order_by("staff_no")
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


# --- both ---------------------------------------------------------------------------------------


def _mine(model: Any) -> QuerySet[Any]:
    state = current()
    if state is None or state.is_system:
        return model.objects.all()
    return model.objects.filter(visible(state.user, model))


def _undo(model: Any, outcome: Answer) -> Answer:
    answer: Answer = {"row": outcome["row"], "undone": True, "message": ""}
    obj = model.objects.select_for_update(of=("self",)).filter(pk=outcome["pk"]).first()
    if obj is None or outcome["action"] not in {"created", "updated"}:
        return answer
    if outcome["action"] == "updated":
        before = dict(outcome["before"])
        if obj.version != before.pop("version"):
            return answer | {"undone": False, "message": "导入后又改过，保留"}
        for name, value in before.items():
            setattr(obj, name, value)
        obj.version += 1
        obj.save()
        return answer
    try:
        with transaction.atomic():
            obj.delete()
    except ProtectedError:
        return answer | {"undone": False, "message": "已在使用，保留；可在页面停用"}
    return answer
