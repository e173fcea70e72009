"""登记先行裁决起诉情况: who went to which court over a part award, and when."""

from typing import Any, ClassVar

from django import forms

from arbitration.forms.courts import EMPLOYER_SETS_ASIDE, require_ruling_day, ruling_day
from arbitration.forms.order import not_before
from arbitration.models.choices import CourtResult, FollowUp
from arbitration.workflows.deliveries import side_of
from arbitration.workflows.parts import (
    WENT,
    PartAward,
    part_awards,
    sue_until,
    told_of,
    was_set_aside,
)
from hrss_portal.casework.forms import MoveForm, chosen
from hrss_portal.parties.fields import DateField, TextCell

#: What is said of a suit, beside whose it is.
OF_A_SUIT = ("sued_on", "court_name", "items", "court_result")


class PartFollowUpForm(MoveForm):
    """What the parties did after one part award (调解仲裁法 Articles 48 to 50)."""

    on = DateField(label="登记日期", past=True)
    part = forms.ChoiceField(label="哪一份先行裁决")
    follow_up = forms.ChoiceField(
        label="是否起诉/申请撤销",
        choices=chosen(
            [
                (FollowUp.SUED, FollowUp.SUED.label),
                (FollowUp.SET_ASIDE, "已申请撤销（终局裁决，用人单位）"),
                (FollowUp.NONE, "期满没有起诉"),
                (FollowUp.UNKNOWN, "未知（登记错了的，撤下这一方的登记）"),
            ]
        ),
    )
    party = forms.ModelChoiceField(
        label="起诉（申请撤销）的当事人", queryset=None, required=False, empty_label="—"
    )
    sued_on = DateField(label="起诉（申请撤销）日期", past=True, required=False)
    court_name = TextCell(label="人民法院", max_length=60, required=False)
    items = TextCell(
        label="对哪些事项不服",
        max_length=300,
        required=False,
        help_text="对全部事项不服的不填；只对部分事项起诉的，非终局裁决整份不发生法律效力",
    )
    court_result = forms.ChoiceField(
        label="法院结果", required=False, choices=chosen(CourtResult.choices)
    )
    ruling_on = ruling_day()

    show_when: ClassVar = {
        **dict.fromkeys(OF_A_SUIT, f"follow_up={FollowUp.SUED.value}|{FollowUp.SET_ASIDE.value}"),
        "party": f"follow_up={FollowUp.SUED.value}|{FollowUp.SET_ASIDE.value}"
        f"|{FollowUp.UNKNOWN.value}",
        "ruling_on": f"court_result={CourtResult.SET_ASIDE.value}",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = {part.key: part for part in part_awards(self.case)}
        self.fields["part"].choices = [(key, str(part)) for key, part in self.parts.items()]
        self.fields["party"].queryset = self.case.parties.filter(left_on__isnull=True)

    def clean(self) -> dict[str, Any]:
        """Who went to a court says when and to which; the ways differ with finality."""
        data = super().clean() or {}
        part, follow_up = self.parts.get(data.get("part", "")), data.get("follow_up")
        if part is None:
            return data
        if follow_up in WENT:
            self._check_went(data, part)
        elif follow_up == FollowUp.UNKNOWN:
            data |= {"sued_on": None, "items": "", "court_name": "", "court_result": ""}
            data["ruling_on"] = None
            self._check_taken_back(data.get("party"), part)
        elif follow_up == FollowUp.NONE:
            data |= {"party": None, "sued_on": None, "court_name": "", "court_result": ""}
            data["ruling_on"] = None
            if part.follow_up in WENT:
                self.add_error("follow_up", "这一份已登记有人起诉、申请撤销，不能登记期满没有起诉")
            until = sue_until(self.case, part)
            if until is None or (data.get("on") and data["on"] <= until):
                when = f"{until:%Y-%m-%d} 才届满" if until else "还没有起算（没有全部送达）"
                self.add_error("follow_up", f"起诉期限{when}，不能登记期满没有起诉")
        return data

    def _check_taken_back(self, party: Any, part: PartAward) -> None:
        """Only what was registered of a party is taken back."""
        if party is None:
            self.add_error("party", "选撤下谁的登记")
        elif told_of(self.case, part).get(party.pk, {}).get("follow_up") not in WENT:
            self.add_error("party", f"{party.name} 对这一份没有登记过起诉、申请撤销")

    def _check_went(self, data: dict[str, Any], part: PartAward) -> None:
        for name, label in (("party", "当事人"), ("sued_on", "日期"), ("court_name", "人民法院")):
            if not data.get(name):
                self.add_error(name, f"已起诉、已申请撤销的，填写{label}")
        not_before(self, data, "sued_on", part.on, "先行裁决日期")
        not_before(self, data, "on", data.get("sued_on"), "起诉（申请撤销）日期")
        require_ruling_day(self, data, since=data.get("sued_on"), label="申请撤销日期")
        sets_aside = data["follow_up"] == FollowUp.SET_ASIDE
        side = side_of(data["party"]) if data.get("party") else ""
        if sets_aside and not part.is_final:
            self.add_error("follow_up", "非终局裁决不能申请撤销，不服的起诉")
        elif sets_aside and side == "worker":
            self.add_error("party", "终局裁决由用人单位申请撤销；劳动者不服的可以起诉")
        elif (
            part.is_final
            and side == "employer"
            and not (sets_aside or was_set_aside(self.case, part))
        ):
            self.add_error("party", EMPLOYER_SETS_ASIDE)
