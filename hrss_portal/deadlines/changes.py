"""Changes to legal facts: one person proposes, a second confirms, then a dated version stands.

A new version ends the one before it on the day before it begins; a version with the same first day
is a correction of that version; the change log keeps what was there before.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField, ModelForm
from django.utils.choices import flatten_choices

from hrss_portal.access.models import Proposal, Unit, User
from hrss_portal.access.proposals import propose
from hrss_portal.deadlines.conditions import known_sets
from hrss_portal.deadlines.forms import ConditionForm, ParameterForm, RuleForm, VersionForm
from hrss_portal.deadlines.models import (
    CalendarDay,
    CalendarYear,
    Condition,
    Dated,
    LegalRule,
    Origin,
    Parameter,
)
from hrss_portal.deadlines.notices import NoticeDay
from hrss_portal.deadlines.regions import NATION, names

HERE = "hrss_portal.deadlines.changes"
RULE, PARAMETER, CONDITION = "deadlines.rule", "deadlines.parameter", "deadlines.condition"
YEAR, CLOSING = "deadlines.calendar", "deadlines.closing"
KINDS = (RULE, PARAMETER, CONDITION, YEAR, CLOSING)
ONE_DAY = timedelta(days=1)


def propose_rule(form: RuleForm, *, by: User, reason: str, replaces: LegalRule | None) -> Proposal:
    """Proposes the version in a valid form."""
    what = "期限规则 {code} {name_zh}".format(**form.cleaned_data)
    return _propose(RULE, what, form, by=by, reason=reason, replaces=replaces)


def propose_parameter(
    form: ParameterForm, *, by: User, reason: str, replaces: Parameter | None
) -> Proposal:
    """Proposes the value in a valid form."""
    what = "参数 {code} {name}".format(**form.cleaned_data)
    return _propose(PARAMETER, what, form, by=by, reason=reason, replaces=replaces)


def propose_condition(
    form: ConditionForm, *, by: User, reason: str, replaces: Condition | None
) -> Proposal:
    """Proposes the condition in a valid form."""
    rules = known_sets()[form.cleaned_data["ruleset"]]
    what = f"办理条件 {rules.label} 第{form.cleaned_data['seq']}项"
    return _propose(CONDITION, what, form, by=by, reason=reason, replaces=replaces)


def _propose(
    kind: str, what: str, form: VersionForm, *, by: User, reason: str, replaces: Dated | None
) -> Proposal:
    """``kind`` is the action's noun, and the function that lands it is ``apply_<noun>``."""
    values = as_text(form.cleaned_data)
    return propose(
        kind,
        title=f"{'修改' if replaces else '新增'}{what}（{values['valid_from']}起）",
        words=version_words(form, replaces),
        payload={"values": values, "replaces": replaces.pk if replaces else None},
        apply=f"{HERE}.apply_{kind.rpartition('.')[2]}",
        policy=f"{kind}.confirm",
        unit=bureau_for(values["region"], by),
        by=by,
        reason=reason,
    )


def bureau_for(region: str, by: User) -> Unit | None:
    """Whose second person a change needs: the proposer's bureau; any bureau's (None) for what
    holds in the whole country."""
    return None if region in {"", NATION} else by.unit.root


def as_text(cleaned: Mapping[str, Any]) -> dict[str, str]:
    """Cleaned values as the text that the same form reads again at confirmation."""
    return {name: "" if value is None else str(value) for name, value in cleaned.items()}


def version_words(form: VersionForm, replaces: Dated | None) -> list[str]:
    """Each field that a version fills or changes, in words: ``时长：5 → 10``."""
    lines = []
    for bound in form:
        after = value_words(bound, bound.value())
        before = value_words(bound, getattr(replaces, bound.name)) if replaces else ""
        if after != before:
            was = f"{before or '空'} → " if replaces else ""
            lines.append(f"{bound.label}：{was}{after or '空'}")
    return lines


def value_words(bound: BoundField, value: Any) -> str:
    """A field's value as people read it: the label of a choice, else the text."""
    text = "" if value is None else plain(value)
    choices = dict(flatten_choices(getattr(bound.field, "choices", ())))
    if bound.name == "region":
        choices = {NATION: "全国", **names()}
    return str(choices.get(text, text))


def plain(value: Any) -> str:
    """A stored value as one types it: ``5``, not ``5.0``."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def apply_rule(proposal: Proposal) -> None:
    """Lands a confirmed version.  Raises ``ValidationError`` if it no longer fits."""
    fresh = _read(RuleForm(proposal.payload["values"]))
    rows = LegalRule.objects.filter(code=fresh.code, region=fresh.region)
    _land(fresh, list(rows.select_for_update().order_by("valid_from")), proposal)


def apply_parameter(proposal: Proposal) -> None:
    """Lands a confirmed value; the row it was proposed for ends, whatever its name said."""
    fresh = _read(ParameterForm(proposal.payload["values"]))
    rows = Parameter.objects.filter(code=fresh.code, region=fresh.region)
    locked = list(rows.select_for_update().order_by("valid_from"))
    same = {fresh.name, *(row.name for row in locked if row.pk == proposal.payload["replaces"])}
    _land(fresh, [row for row in locked if row.name in same], proposal)


def apply_condition(proposal: Proposal) -> None:
    """Lands a confirmed condition.  Raises ``ValidationError`` if it no longer fits."""
    fresh = _read(ConditionForm(proposal.payload["values"]))
    rows = Condition.objects.filter(ruleset=fresh.ruleset, seq=fresh.seq, region=fresh.region)
    _land(fresh, list(rows.select_for_update().order_by("valid_from")), proposal)


def _read(form: ModelForm) -> Any:
    if not form.is_valid():
        raise ValidationError([error for errors in form.errors.values() for error in errors])
    return form.instance


def _land(fresh: Dated, rows: Sequence[Dated], proposal: Proposal) -> None:
    """Puts a version between its neighbours, or corrects the one that begins on the same day."""
    start = fresh.valid_from
    if start is None:
        raise ValidationError("写明施行日期")
    fresh.origin, fresh.proposal = Origin.BUREAU, proposal
    for row in rows:
        if row.valid_from == start:
            fresh.pk, fresh._state.adding = row.pk, False
        elif row.holds_on(start):
            row.valid_to = start - ONE_DAY
            row.save(update_fields=["valid_to"])
    later = [row.valid_from for row in rows if row.valid_from and row.valid_from > start]
    if later and (fresh.valid_to is None or fresh.valid_to >= min(later)):
        fresh.valid_to = min(later) - ONE_DAY
    fresh.full_clean()
    fresh.save(force_update=fresh.pk is not None)


def propose_year(
    year: int, *, title: str, url: str, days: Sequence[NoticeDay], by: User, reason: str = ""
) -> Proposal:
    """Proposes the arrangement of a year from its notice."""
    return propose(
        YEAR,
        title=f"载入{year}年放假安排（{len(days)}天）",
        words=[
            f"放假通知：{title}",
            f"来源：{url}" if url else "",
            *(
                f"{day.date:%Y-%m-%d}：{CalendarDay.Kind(day.kind).label} {day.name}"
                for day in days
            ),
        ],
        payload={
            "year": year,
            "title": title,
            "url": url,
            "days": [[day.date.isoformat(), day.kind, day.name] for day in days],
        },
        apply=f"{HERE}.apply_year",
        policy="deadlines.calendar.confirm",
        by=by,
        reason=reason,
    )


def days_of(proposal: Proposal) -> list[NoticeDay]:
    """The days that a proposed year names."""
    return [
        NoticeDay(date.fromisoformat(day), kind, name)
        for day, kind, name in proposal.payload["days"]
    ]


def apply_year(proposal: Proposal) -> None:
    """Publishes a year: its days replace whatever the year had; local closings stay."""
    number, days = proposal.payload["year"], days_of(proposal)
    year, _ = CalendarYear.objects.update_or_create(
        year=number,
        defaults={
            "status": CalendarYear.Status.PUBLISHED,
            "notice_title": proposal.payload["title"],
            "notice_url": proposal.payload["url"],
            "origin": Origin.BUREAU,
            "proposal": proposal,
        },
    )
    national = CalendarDay.objects.exclude(kind=CalendarDay.Kind.CLOSED).filter(region="CN")
    national.filter(year=year).delete()
    national.filter(date__in=[day.date for day in days]).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(
            date=day.date,
            kind=day.kind,
            name=day.name,
            day_type=day.day_type,
            year=year,
            source=proposal.payload["url"] or proposal.payload["title"],
            proposal=proposal,
        )
        for day in days
    )


def propose_closing(
    first: date, last: date, *, region: str, reason: str, by: User, remove: bool = False
) -> Proposal:
    """Proposes that offices of a region stay closed on some days, or no longer do."""
    word = "撤销本地停止办公" if remove else "本地停止办公"
    span = f"{first}" if first == last else f"{first}至{last}"
    return propose(
        CLOSING,
        title=f"{word}：{region} {span}（{reason}）",
        words=[
            f"地区：{names().get(region, region)}",
            f"日期：{span}",
            f"怎么改：{word}",
        ],
        payload={
            "first": first.isoformat(),
            "last": last.isoformat(),
            "region": region,
            "remove": remove,
        },
        apply=f"{HERE}.apply_closing",
        policy="deadlines.calendar.confirm",
        unit=bureau_for(region, by),
        by=by,
        reason=reason,
    )


def apply_closing(proposal: Proposal) -> None:
    """Closes, or opens again, the working days of the span.

    Raises ``ValidationError`` where no day of the span is worked (or closed) at all.
    """
    first = date.fromisoformat(proposal.payload["first"])
    last = date.fromisoformat(proposal.payload["last"])
    region = proposal.payload["region"]
    closed = CalendarDay.objects.filter(
        kind=CalendarDay.Kind.CLOSED, region=region, date__range=(first, last)
    )
    if proposal.payload["remove"]:
        if not closed.delete()[0]:
            raise ValidationError("这些日子没有停止办公的记录")
        return
    taken = set(closed.values_list("date", flat=True))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for number in {day.year for day in days}:
        CalendarYear.objects.get_or_create(year=number)
    CalendarDay.objects.bulk_create(
        CalendarDay(
            date=day,
            kind=CalendarDay.Kind.CLOSED,
            name=proposal.reason,
            year_id=day.year,
            region=region,
            source=proposal.title,
            proposal=proposal,
        )
        for day in days
        if day not in taken
    )
