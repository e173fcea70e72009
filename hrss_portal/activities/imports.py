"""X19 走访服务企业台账: one row per visit, several purposes and campaigns in one cell."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from hrss_portal.access import meanwhile
from hrss_portal.activities import tags
from hrss_portal.activities.models import Visit, VisitProblem
from hrss_portal.activities.problems import problem_text, problems_of
from hrss_portal.areas import Column, Sheet
from hrss_portal.casework.models.records import Source
from hrss_portal.parties import matching, towns
from hrss_portal.parties.fields import (
    DateField,
    NamesField,
    OrganisationField,
    TextCell,
    TownField,
    UsccField,
)

Answer = dict[str, Any]


def commit(rows: Sequence[Any], *, context: Any) -> list[Answer]:
    """Land the rows: new visits, and changed ones of the same day, employer and unit."""
    firms = _employers(rows, context)
    stored = _stored(rows, firms, context)
    answers: dict[int, Answer] = {}
    fresh: list[tuple[Any, Visit]] = []
    for row, firm in zip(rows, firms, strict=True):
        visit = _take(stored[row.cleaned["on"], firm.pk], row.cleaned["staff_names"])
        if visit is None:
            fresh.append((row, _new(row.cleaned, firm, context)))
        else:
            answers[row.number] = _update(row, visit, context)
    _create(fresh)
    for row, visit in fresh:
        done = {"row": row.number, "action": "created", "pk": visit.pk, "messages": []}
        answers[row.number] = done
    return [answers[row.number] for row in rows]


def _employers(rows: Sequence[Any], context: Any) -> list[Any]:
    """The employer of each row; one that nobody knows is made from its code and name."""
    wanted = [{"uscc": row.cleaned["uscc"], "name": row.cleaned["employer"]} for row in rows]
    found = matching.match_employers(wanted)
    for number, (row, firm) in enumerate(zip(rows, found, strict=True)):
        if firm is None:
            found[number], _ = matching.find_or_create_employer(
                name=row.cleaned["employer"],
                uscc=row.cleaned["uscc"],
                unit=context.unit,
                by=context.user,
                town=row.cleaned["town"],
                source=Source.SHEET,
                legal_rep="待补",
            )
    return found


def _stored(
    rows: Sequence[Any], firms: Sequence[Any], context: Any
) -> dict[tuple[Any, int], list[Visit]]:
    """The unit's visits by day and employer, in the order in which they were entered."""
    days = {row.cleaned["on"] for row in rows}
    visits = (
        Visit.objects.filter(
            unit=context.unit, on__in=days, employer__in=firms, voided_at__isnull=True
        )
        .order_by("pk")
        .prefetch_related("purposes", "campaigns", _problems())
    )
    found: dict[tuple[Any, int], list[Visit]] = defaultdict(list)
    for visit in visits:
        found[visit.on, visit.employer_id].append(visit)
    return found


def _take(visits: list[Visit], names: str) -> Visit | None:
    """The visit that a row is about: of several on one day the one by the same people."""
    for number, visit in enumerate(visits):
        if visit.staff_names == names:
            return visits.pop(number)
    return visits.pop(0) if visits else None


def _problems() -> Prefetch:
    return Prefetch("problems", VisitProblem.objects.order_by("pk"))


def _new(cleaned: Mapping[str, Any], firm: Any, context: Any) -> Visit:
    return Visit(
        unit=context.unit,
        town=cleaned["town"] or firm.town,
        on=cleaned["on"],
        employer=firm,
        staff_names=cleaned["staff_names"],
        advice=cleaned["advice"],
        follow_up_on=cleaned["follow_up_on"],
        source=Source.SHEET,
        created_by=context.user,
        updated_by=context.user,
    )


def _create(fresh: Sequence[tuple[Any, Visit]]) -> None:
    """Write new visits with their tags and problems, a few statements for all."""
    Visit.objects.bulk_create(visit for _, visit in fresh)
    purpose, campaign = Visit.purposes.through, Visit.campaigns.through
    purpose.objects.bulk_create(
        purpose(visit_id=visit.pk, topic_id=pk)
        for row, visit in fresh
        for pk in row.cleaned["purposes"]
    )
    campaign.objects.bulk_create(
        campaign(visit_id=visit.pk, campaign_id=pk)
        for row, visit in fresh
        for pk in row.cleaned["campaigns"]
    )
    VisitProblem.objects.bulk_create(
        VisitProblem(visit=visit, kind=kind, text=text[:500])
        for row, visit in fresh
        for kind, text in problems_of(row.cleaned["problems"])
    )


def _facts(visit: Visit) -> dict[str, Any]:
    """What a sheet may change of a visit, as JSON knows it."""
    return {
        "town": visit.town_id,
        "staff_names": visit.staff_names,
        "advice": visit.advice,
        "follow_up_on": visit.follow_up_on.isoformat() if visit.follow_up_on else None,
        "purposes": sorted(topic.pk for topic in visit.purposes.all()),
        "campaigns": sorted(campaign.pk for campaign in visit.campaigns.all()),
        "problems": [[row.kind, row.text] for row in visit.problems.all()],
    }


def _wanted(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The same from a row; an empty cell says nothing."""
    told = {
        "town": cleaned["town"].pk if cleaned["town"] else None,
        "staff_names": cleaned["staff_names"],
        "advice": cleaned["advice"],
        "follow_up_on": cleaned["follow_up_on"].isoformat() if cleaned["follow_up_on"] else None,
        "purposes": sorted(cleaned["purposes"]),
        "campaigns": sorted(cleaned["campaigns"]),
        "problems": [[kind, text[:500]] for kind, text in problems_of(cleaned["problems"])],
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def _update(row: Any, visit: Visit, context: Any) -> Answer:
    told, before = _wanted(row.cleaned), _facts(visit)
    answer: Answer = {"row": row.number, "action": "unchanged", "pk": visit.pk, "messages": []}
    if not _differing(told, before):
        return answer
    if late := meanwhile.lock(Visit, {visit.pk: visit.version}):
        if refused := _meanwhile(late[visit.pk], told, before):
            return answer | {"action": "rejected", "messages": refused}
        visit = late[visit.pk]
        before = _facts(visit)
    if not (changed := _differing(told, before)):
        return answer
    _apply(visit, changed, context)
    return answer | {
        "action": "updated",
        "before": {name: before[name] for name in changed} | {"version": visit.version},
    }


def _differing(told: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if stored[name] != value}


def _meanwhile(visit: Visit, told: Mapping[str, Any], was: Mapping[str, Any]) -> list[Any]:
    """(column, words) of what somebody stored otherwise since the batch read the visit."""
    if visit.is_void:
        return [("employer", meanwhile.words(visit, "作废了这次走访，请核对"))]
    late = meanwhile.overtaken(told, was, _facts(visit))
    return [(name, meanwhile.words(visit)) for name in late]


def _apply(visit: Visit, changed: Mapping[str, Any], context: Any) -> None:
    """Store changed facts as one new version of the visit."""
    if "town" in changed:
        visit.town_id = changed["town"]
    for name in ("staff_names", "advice"):
        setattr(visit, name, changed.get(name, getattr(visit, name)))
    if "follow_up_on" in changed:
        visit.follow_up_on = DateField(required=False).clean(changed["follow_up_on"])
    visit.version += 1
    visit.updated_by = context.user
    visit.save()
    if "purposes" in changed:
        visit.purposes.set(changed["purposes"])
    if "campaigns" in changed:
        visit.campaigns.set(changed["campaigns"])
    if "problems" in changed:
        visit.problems.all().delete()
        VisitProblem.objects.bulk_create(
            VisitProblem(visit=visit, kind=kind, text=text) for kind, text in changed["problems"]
        )


def undo(outcomes: Sequence[Answer], *, context: Any) -> list[Answer]:
    """Void what a batch created, restore what it changed; a visit changed since then stays."""
    wanted = [int(one["pk"]) for one in outcomes if one.get("pk")]
    visits = Visit._base_manager.select_for_update(of=("self",)).order_by("pk").in_bulk(wanted)
    return [_take_back(one, visits.get(int(one.get("pk") or 0)), context) for one in outcomes]


def _take_back(one: Answer, visit: Visit | None, context: Any) -> Answer:
    done = {"row": one["row"], "undone": True, "message": ""}
    if visit is None or one["action"] not in {"created", "updated"}:
        return done
    before = dict(one.get("before") or {})
    if visit.is_void or visit.version != before.pop("version", 1):
        return {
            "row": one["row"],
            "undone": False,
            "message": f"{visit.on:%Y-%m-%d} {visit.employer} 的走访导入后又改过，没有撤销",
        }
    if one["action"] == "updated":
        _apply(visit, before, context)
        return done
    visit.voided_at, visit.voided_by = timezone.now(), context.user
    visit.void_reason = f"撤销导入批次 {context.batch.pk}"
    visit.version += 1
    visit.save()
    return done


def check(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The follow-up comes after the visit."""
    on, follow = cleaned.get("on"), cleaned.get("follow_up_on")
    if on and follow and follow < on:
        yield "follow_up_on", "跟进日期早于走访日期"


def export(filters: Mapping[str, list[str]]) -> QuerySet[Visit]:
    """The visits of a filter that the user may see.  Raises ``ValueError`` for an unknown key."""
    lookups = {
        "year": "on__year__in",
        "on_from": "on__gte",
        "on_to": "on__lte",
        "campaign": "campaigns__in",
        "purpose": "purposes__in",
        "source": "source__in",
    }
    rows: QuerySet[Visit] = Visit.objects.filter(voided_at__isnull=True)
    for key, values in filters.items():
        if key == "town":
            known = [towns.find(value, towns.choices()) for value in values]
            rows = rows.filter(town__in=known)
        elif key in {"on_from", "on_to"}:
            rows = rows.filter(**{lookups[key]: DateField().clean(values[0])})
        elif key in lookups:
            rows = rows.filter(**{lookups[key]: values})
        else:
            raise ValueError(f"没有“{key}”这个筛选项")
    wanted = rows.values("pk")
    found: QuerySet[Visit] = Visit.objects.filter(pk__in=wanted)
    return (
        found.select_related("employer", "town")
        .prefetch_related("purposes", "campaigns", _problems())
        .order_by("on", "pk")
    )


def row_of(visit: Visit) -> Mapping[str, Any]:
    """The cells of one visit."""
    return {
        "on": visit.on,
        "employer": visit.employer.name,
        "uscc": visit.employer.uscc or "",
        "town": visit.town.name if visit.town else "",
        "staff_names": visit.staff_names,
        "campaigns": "、".join(campaign.name for campaign in visit.campaigns.all()),
        "purposes": "、".join(topic.name for topic in visit.purposes.all()),
        "problems": problem_text(visit.problems.all()),
        "advice": visit.advice,
        "follow_up_on": visit.follow_up_on,
    }


def _text(length: int, *, required: bool = False) -> partial:
    return partial(TextCell, max_length=length, required=required)


X19 = Sheet(
    code="X19",
    title="走访服务企业台账",
    policy="activities.sheet.X19",
    commit="hrss_portal.activities.imports.commit",
    check="hrss_portal.activities.imports.check",
    export="hrss_portal.activities.imports.export",
    row_of="hrss_portal.activities.imports.row_of",
    undo="hrss_portal.activities.imports.undo",
    notes=(
        "一次走访一行；有多个事由、参加多个活动的，写在同一格里，用、隔开，不要分成两行。",
        "发现问题可以分类：写成“工资支付：拖欠两个月；没有考勤”，几个问题用；隔开。",
        "本单位同一天走访同一家单位的，按表更新；空白的格不改动原来的内容。",
    ),
    columns=(
        Column(
            name="on",
            heading="日期",
            field=partial(DateField, past=True),
            synonyms=("走访日期", "走访时间", "服务日期"),
            key=True,
            fill_down=True,
            sample="2023-09-12",
        ),
        Column(
            name="employer",
            heading="单位名称",
            field=OrganisationField,
            synonyms=("单位", "企业名称", "走访企业", "服务企业", "用人单位"),
            key=True,
            width=30,
            sample="霍邱示例有限公司",
        ),
        Column(
            name="uscc",
            heading="统一社会信用代码",
            field=partial(UsccField, required=False),
            synonyms=("信用代码", "社会信用代码"),
            width=22,
        ),
        Column(
            name="town",
            heading="乡镇",
            field=partial(TownField, required=False),
            synonyms=("乡镇（园区）", "所属乡镇", "属地"),
            fill_down=True,
            sample="城关镇",
        ),
        Column(
            name="staff_names",
            heading="走访人员",
            field=partial(NamesField, max_length=200),
            synonyms=("参加人员", "工作人员", "仲裁员"),
            fill_down=True,
            key=True,
            width=20,
            sample="孟示例、苏示例",
        ),
        Column(
            name="campaigns",
            heading="活动",
            field=partial(tags.TagsCell, rows=tags.all_campaigns, what="活动", required=False),
            synonyms=("活动名称", "专项活动"),
            width=30,
            sample="百名仲裁员服务千家企业、三送一检",
        ),
        Column(
            name="purposes",
            heading="事由",
            field=partial(tags.TagsCell, rows=tags.all_topics, what="事由"),
            synonyms=("走访事由", "服务内容", "宣讲内容"),
            width=26,
            sample="劳动用工法律服务、落实工时制度",
        ),
        Column(
            name="problems",
            heading="发现问题",
            field=_text(3000),
            synonyms=("问题", "问题诉求", "存在问题"),
            width=34,
            sample="劳动合同：3名职工没有签订",
        ),
        Column(
            name="advice",
            heading="建议",
            field=_text(3000),
            synonyms=("建议和答复", "处理建议", "意见建议", "答复"),
            width=34,
            sample="一个月内补签",
        ),
        Column(
            name="follow_up_on",
            heading="跟进日期",
            field=partial(DateField, required=False),
            synonyms=("回访日期", "下次跟进"),
            sample="2023-10-12",
        ),
    ),
)

imports = [X19]
