"""Forms of the rule pages.  The same forms read a proposal again when it is confirmed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hrss_portal.deadlines.answers import extend_of
from hrss_portal.deadlines.compute import Due, Pause, Restart, compute
from hrss_portal.deadlines.conditions import faults, known_sets
from hrss_portal.deadlines.lookup import NotFound, calendar_for, options_for, rule_for
from hrss_portal.deadlines.models import Condition, LegalRule, Parameter
from hrss_portal.deadlines.notices import NoticeDay, read_notice
from hrss_portal.deadlines.regions import NATION, holds_in
from hrss_portal.deadlines.spec import (
    BadExtension,
    BadPause,
    Moment,
    Nature,
    NoDate,
    OutOfRange,
    Sureness,
)
from hrss_portal.deadlines.tables import labels
from hrss_portal.parties.fields import DateField, TimeField

LONGEST_CLOSING = 31
PAUSES = (1, 2, 3)

#: Said of a region that is not the proposer's own nor above it.
FOREIGN = "只能改本地区或上级地区的，不能改其他地区的"


class VersionForm(forms.ModelForm):
    """A new version of a dated row; it may overlap the version that it will end."""

    valid_from = DateField(label="施行日期", help_text="新版本自这一天起适用，前一版本到前一天为止")
    valid_to = DateField(label="截止日期", required=False)

    def _get_validation_exclusions(self) -> set[str]:
        """Leaves the check against other versions to the confirmation, which ends them first."""
        return {*super()._get_validation_exclusions(), "code", "ruleset"}  # type: ignore[misc]


class RuleForm(VersionForm):
    """One version of a legal rule."""

    class Meta:
        model = LegalRule
        fields = (
            "code",
            "region",
            "app",
            "case_kind",
            "name_zh",
            "trigger_event",
            "length",
            "unit",
            "counting_rule",
            "direction",
            "actor",
            "extension",
            "ext_length",
            "ext_unit",
            "ext_approver",
            "suspension_causes",
            "legal_basis_zh",
            "nature",
            "sureness",
            "valid_from",
            "valid_to",
            "warn_before",
            "consequence",
            "source",
            "note",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("app", "actor"):
            self.fields[name] = forms.ChoiceField(
                label=self.fields[name].label, choices=list(labels(name).items())
            )
        self.fields["warn_before"].help_text = "cd 自然日，wd 工作日，用分号隔开：15cd;7cd;2wd"

    def clean(self) -> dict[str, Any]:
        """The extension counts in the rule's own unit."""
        cleaned = super().clean() or {}
        longest, unit = cleaned.get("ext_length"), cleaned.get("ext_unit")
        if longest and unit != cleaned.get("unit"):
            self.add_error("ext_unit", "延长的单位应与期限的单位一致")
        if longest and not cleaned.get("extension"):
            self.add_error("extension", "写明延长的条件")
        return cleaned


class ParameterForm(VersionForm):
    """One version of a rate, limit or threshold."""

    class Meta:
        model = Parameter
        fields = (
            "code",
            "region",
            "name",
            "value",
            "unit",
            "legal_basis",
            "sureness",
            "valid_from",
            "valid_to",
            "source",
            "note",
        )


class ConditionForm(VersionForm):
    """One version of a condition of a declared rule set."""

    class Meta:
        model = Condition
        fields = (
            "ruleset",
            "seq",
            "region",
            "words",
            "field",
            "operator",
            "value",
            "alternative",
            "legal_basis",
            "sureness",
            "valid_from",
            "valid_to",
            "source",
            "note",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sets = known_sets()
        self.fields["ruleset"] = forms.ChoiceField(
            label="条件组", choices=[(code, one.label) for code, one in sets.items()]
        )
        grouped = [
            (one.label, [(fact.code, fact.label) for fact in one.fields]) for one in sets.values()
        ]
        self.fields["field"] = forms.ChoiceField(label="字段", choices=grouped)
        self.fields["seq"].help_text = "同一条件的各版本用同一序号；新条件用新的序号"
        self.fields[
            "value"
        ].help_text = (
            "数字、日期、1（是）或 0（否）；几个用分号隔开；取费率与标准的写 @编码，如 @ARB-SIMPLE"
        )
        self.fields[
            "alternative"
        ].help_text = "同一条件组中写了相同标记的，满足一项即可；不写的都要满足"

    def clean(self) -> dict[str, Any]:
        """The condition can be judged, and its days do not overlap a later version's."""
        cleaned = super().clean() or {}
        if not self.errors:
            rates = set(Parameter.objects.values_list("code", flat=True).distinct())
            asked = Condition(**cleaned)
            for name, words in faults(asked, known_sets(), rates).items():
                self.add_error(name, words)
        if not self.errors:
            self._refuse_overlap(cleaned)
        return cleaned

    def _refuse_overlap(self, cleaned: Mapping[str, Any]) -> None:
        same = {name: cleaned[name] for name in ("ruleset", "seq", "region")}
        versions = Condition.objects.filter(**same, valid_from__gt=cleaned["valid_from"])
        later = versions.order_by("valid_from").first()
        end = cleaned["valid_to"]
        if later and later.valid_from and (end is None or end >= later.valid_from):
            last = later.valid_from - timedelta(days=1)
            self.add_error(
                "valid_to", f"{later.valid_from} 起已有版本，时间重叠：截止日期最晚写 {last}"
            )


class ReasonForm(forms.Form):
    """Why a change is proposed."""

    reason = forms.CharField(
        label="修改理由", max_length=200, help_text="写明文件名称、文号或核实情况"
    )


class AnswerForm(forms.Form):
    """What the second person says."""

    answer = forms.CharField(label="复核意见", max_length=200, required=False)


class NoticeForm(forms.Form):
    """A year's holiday notice, pasted as text or as CSV."""

    title = forms.CharField(label="通知名称", max_length=100)
    url = forms.URLField(label="通知网址", required=False, assume_scheme="https")
    text = forms.CharField(
        label="放假安排",
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="粘贴通知中“一、元旦：…”各条，或 date,kind,name 的表",
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year

    def clean_text(self) -> str:
        """Keeps the text and the days read from it."""
        text: str = self.cleaned_data["text"]
        self.days: list[NoticeDay] = read_notice(text, self.year)
        return text


class ClosingForm(forms.Form):
    """Local closing of offices, or taking one back."""

    first = DateField(label="首日")
    last = DateField(label="末日", required=False, help_text="只有一天的不填")
    region = forms.CharField(label="适用地区", max_length=30, help_text="如 霍邱县，或行政区划代码")
    reason = forms.CharField(label="原因", max_length=100, help_text="如 台风停工停业（文号）")
    remove = forms.BooleanField(label="撤销这些日子的停止办公", required=False)

    def __init__(self, *args: Any, home: str = "", **kwargs: Any) -> None:
        """``home``: the region of the proposer's bureau."""
        super().__init__(*args, **kwargs)
        self.home = home

    def clean_region(self) -> str:
        """A closing is local by nature, and no other county's: national days come from notices."""
        region: str = self.cleaned_data["region"].strip()
        if region == NATION:
            raise ValidationError("全国的放假安排按通知载入，这里只登记本地停止办公")
        if not holds_in(region, self.home):
            raise ValidationError(FOREIGN)
        return region

    def clean(self) -> dict[str, Any]:
        """A span in order and not absurdly long."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last") or cleaned.get("first")
        if first and last and not 0 <= (last - first).days < LONGEST_CLOSING:
            self.add_error("last", f"末日不早于首日，一次不超过 {LONGEST_CLOSING} 天")
        cleaned["last"] = last
        return cleaned


class RuleFilter(forms.Form):
    """The query bar of the rule list."""

    q = forms.CharField(label="关键字", required=False)
    app = forms.ChoiceField(label="业务", required=False)
    nature = forms.ChoiceField(
        label="性质", required=False, choices=[("", "全部"), *Nature.choices]
    )
    sureness = forms.ChoiceField(
        label="可信度", required=False, choices=[("", "全部"), *Sureness.choices]
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["app"].choices = [("", "全部"), *labels("app").items()]  # type: ignore[attr-defined]


class CalculateForm(forms.Form):
    """Asks for one due date; the address of the answer holds the whole question."""

    code = forms.ChoiceField(label="期限规则")
    date = DateField(label="起算日", help_text="起算事由发生之日")
    time = TimeField(label="时刻", required=False, help_text="按小时计算的填写，如 0930")
    extend = forms.CharField(
        label="延长", required=False, max_length=4, help_text="写数量；延到上限写 max；不延长不填"
    )
    region = forms.CharField(
        label="适用地区", required=False, max_length=30, help_text="不填按全国规定；如 安徽、霍邱县"
    )
    given = DateField(label="文书载明日期", required=False, help_text="以文书为准的期限填写")
    restart = DateField(label="重新计算之日", required=False, help_text="追加当事人、变更请求等")

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        rules = LegalRule.objects.order_by("code").distinct("code")
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            (rule.code, f"{rule.code} {rule.name_zh}（{rule.app_label}）") for rule in rules
        ]
        for number in PAUSES:
            self.fields[f"pause{number}"] = DateField(label=f"中止{number}首日", required=False)
            self.fields[f"resume{number}"] = DateField(label=f"中止{number}恢复日", required=False)
        self.answer: tuple[LegalRule, Due] | None = None

    @property
    def pause_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The pairs of first day and day of resumption."""
        return [(self[f"pause{number}"], self[f"resume{number}"]) for number in PAUSES]

    def clean(self) -> dict[str, Any]:
        """Computes the answer; what has no date says so beside the field that decides it."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.answer = self._answer(cleaned)
            except BadExtension as error:
                self.add_error("extend", str(error))
            except BadPause as error:
                self.add_error("pause1", str(error))
            except OutOfRange as error:
                self.add_error("date", str(error))
            except (NoDate, NotFound) as error:
                self.add_error("code", str(error))
        return cleaned

    def _answer(self, cleaned: Mapping[str, Any]) -> tuple[LegalRule, Due]:
        on: date = cleaned["date"]
        moment: Moment = datetime.combine(on, cleaned["time"]) if cleaned["time"] else on
        rule = rule_for(cleaned["code"], on, cleaned["region"] or None)
        restart = cleaned["restart"]
        due = compute(
            rule,
            moment,
            pauses=self._pauses(cleaned),
            extend=extend_of(cleaned["extend"]),
            restarts=[Restart(restart)] if restart else (),
            given=cleaned["given"],
            calendar=calendar_for(cleaned["region"] or NATION),
            options=options_for(on, cleaned["region"] or rule.region),
        )
        return rule, due

    def _pauses(self, cleaned: Mapping[str, Any]) -> Sequence[Pause]:
        found = []
        for number in PAUSES:
            first, back = cleaned[f"pause{number}"], cleaned[f"resume{number}"]
            if first and back:
                found.append(Pause(first, back))
            elif first or back:
                raise BadPause("中止的首日和恢复日要一起填写。")
        return found
