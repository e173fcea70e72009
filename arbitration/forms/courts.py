"""What the parties did after the award, and what the court said (调解仲裁法 Articles 48 to 50)."""

from typing import Any, ClassVar

from django import forms

from arbitration.forms.order import not_before
from arbitration.models.choices import CourtResult, Finality, FollowUp
from arbitration.workflows.deliveries import side_of
from arbitration.workflows.suits import NOTHING_TO_GO_OVER, separate_awards, was_set_aside
from hrss_portal.casework.forms import MoveForm, chosen
from hrss_portal.parties.fields import DateField

WENT = frozenset({FollowUp.SUED, FollowUp.SET_ASIDE})
EMPLOYER_SETS_ASIDE = "终局裁决用人单位不能起诉，可以申请撤销"


def ruling_day() -> Any:
    """The box for the day on which the ruling that sets a final award aside was received."""
    return DateField(
        label="收到撤销裁定书日期",
        past=True,
        required=False,
        help_text="裁决被撤销的，当事人起诉的期限自收到裁定书之日起算",
    )


def require_ruling_day(form: Any, data: dict[str, Any], *, since: Any, label: str) -> None:
    """A ruling that sets the award aside starts a term of its own (Article 49); its day is needed,
    and there is none without such a ruling."""
    if data.get("court_result") != CourtResult.SET_ASIDE:
        data["ruling_on"] = None
    elif data.get("follow_up") not in WENT:
        form.add_error("court_result", "撤销裁决的，选用人单位申请撤销终局裁决")
    elif not data.get("ruling_on") and "ruling_on" not in form.errors:
        form.add_error("ruling_on", "裁决被撤销的，填写收到撤销裁定书的日期")
    not_before(form, data, "ruling_on", since, label)


class CourtForm(MoveForm):
    """Whether a party went to a court, and which: the terms of the others run on."""

    follow_up = forms.ChoiceField(label="是否起诉/申请撤销", choices=FollowUp.choices)
    party = forms.ModelChoiceField(
        label="起诉（申请撤销）的当事人",
        queryset=None,
        required=False,
        empty_label="—",
        help_text="双方各记各的，几个当事人的逐个登记，别的当事人的起诉期限照常计算；"
        "登记错了的，选“未知”和这个当事人，撤下那一方的登记",
    )
    court_result = forms.ChoiceField(
        label="法院结果", required=False, choices=chosen(CourtResult.choices)
    )
    ruling_on = ruling_day()

    show_when: ClassVar = {"ruling_on": f"court_result={CourtResult.SET_ASIDE.value}"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if both := separate_awards(self.case):
            self.fields["over"] = forms.ChoiceField(
                label="对哪一份裁决书",
                required=False,
                choices=chosen(both),
                help_text="终局、非终局分别记；先行裁决的办“登记先行裁决起诉情况”",
            )
            names = list(self.fields)
            names.insert(names.index("follow_up"), names.pop(names.index("over")))
            self.order_fields(names)
        self.fields["party"].queryset = self.case.parties.filter(left_on__isnull=True)

    def clean(self) -> dict[str, Any]:
        """Who went to a court is named; to set a final award aside is the employer's way."""
        data = super().clean() or {}
        self._check_ruling(data)
        follow_up, party = data.get("follow_up"), data.get("party")
        if follow_up not in WENT:
            data["party"] = party if follow_up == FollowUp.UNKNOWN else None
            if data["party"] is None:
                data.pop("over", None)
            self._check_over(data)
            return data
        self._check_over(data)
        if self.case.outcome in NOTHING_TO_GO_OVER[follow_up]:
            self.add_error("follow_up", "此件没有裁决书，不能登记起诉、申请撤销")
        if party is None and "party" not in self.errors:
            self.add_error("party", "选起诉（申请撤销）的当事人")
        if follow_up == FollowUp.SET_ASIDE:
            if self.case.finality == Finality.NOT_FINAL:
                self.add_error("follow_up", "非终局裁决不能申请撤销，不服的向人民法院起诉")
            if party and side_of(party) != "employer":
                self.add_error("party", "终局裁决由用人单位申请撤销，劳动者不服的起诉")
        elif self.case.finality == Finality.FINAL and self._may_not_sue(party):
            self.add_error("party", EMPLOYER_SETS_ASIDE)
        return data

    def _check_ruling(self, data: dict[str, Any]) -> None:
        """A court sets aside the final award of an employer who asked for it, on a known day."""
        if "court_result" not in self.fields:
            return
        require_ruling_day(self, data, since=self.case.closed_on, label="裁决日期")
        is_set_aside = data.get("court_result") == CourtResult.SET_ASIDE
        sues = is_set_aside and data.get("follow_up") == FollowUp.SUED
        if sues and not was_set_aside(self.case, data.get("over") or "final"):
            self.add_error("court_result", "起诉的，法院结果不是撤销裁决；申请撤销的另行登记")

    def _may_not_sue(self, party: Any) -> bool:
        """An employer, while the final award stands; set aside, it binds nobody to that way."""
        is_employer = bool(party) and side_of(party) == "employer"
        return is_employer and not was_set_aside(self.case, "final")

    def _check_over(self, data: dict[str, Any]) -> None:
        """Of separate awards the one is named; each has its own ways (Articles 48 to 50)."""
        party, over = data.get("party"), data.get("over")
        if "over" not in self.fields or party is None:
            return
        went = data.get("follow_up")
        if not over:
            self.add_error("over", "选对哪一份裁决书起诉（申请撤销）")
        elif (over, went) == ("open", FollowUp.SET_ASIDE):
            self.add_error("over", "非终局裁决不能申请撤销，不服的向人民法院起诉")
        elif (over, went) == ("final", FollowUp.SUED) and self._may_not_sue(party):
            self.add_error("over", EMPLOYER_SETS_ASIDE)


class FollowUpForm(CourtForm):
    """登记起诉、撤销情况."""
