"""结案审批: the head decides on the 结案审批表 (form A04) that the handler put before him."""

from typing import Any

from django import forms
from django.utils.dateparse import parse_date

from arbitration.models.choices import CourtResult, FollowUp, Handling
from arbitration.workflows.parts import part_suits
from arbitration.workflows.suits import OVER
from hrss_portal.casework.forms import MoveForm
from hrss_portal.casework.models import Event
from hrss_portal.casework.requests import open_request
from hrss_portal.parties.fields import DateField, TextCell

DAYS = ("served_on", "perform_by", "ruling_on")
KNOWN = {code: label for code, label in FollowUp.choices if code != FollowUp.UNKNOWN}
WORDS = ("follow_up", "court_result", "handling", "offline_step")


class ClosingApprovalForm(MoveForm):
    """What the handler asked for stands as it was put forward; the head adds the opinion."""

    asked = forms.CharField(
        label="承办人报请的内容",
        required=False,
        disabled=True,
        widget=forms.Textarea({"rows": 7}),
    )
    on = DateField(label="审批日期", past=True)
    note = TextCell(label="审批意见", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = open_request(self.case, "close")
        asked = told(self.request) if self.request else "没有报请"
        self.fields["asked"].initial = "\n".join([asked, *part_suits(self.case)])

    def move_data(self) -> dict[str, Any]:
        """The values of the request, typed again: the Event kept them as plain text."""
        data = self.request.data if self.request else {}
        found: dict[str, Any] = {name: parse_date(data.get(name) or "") for name in DAYS}
        found |= {name: data.get(name) or "" for name in WORDS}
        if data.get("over"):
            found["over"] = data["over"]
        party = (data.get("party") or {}).get("id")
        found["party"] = self.case.parties.filter(pk=party).first() if party else None
        return found


def told(request: Event) -> str:
    """The request in words, a line each; what was left open is left out."""
    data = request.data
    lines = (
        ("承办人", request.by_name),
        ("报请日期", f"{request.on:%Y-%m-%d}"),
        ("承办人意见", request.note),
        ("送达完成日", data.get("served_on")),
        ("对哪一份裁决书", OVER.get(data.get("over", ""))),
        ("起诉、申请撤销", KNOWN.get(data.get("follow_up", ""))),
        ("起诉（申请撤销）的当事人", (data.get("party") or {}).get("text")),
        ("法院结果", dict(CourtResult.choices).get(data.get("court_result", ""))),
        ("收到撤销裁定书日期", data.get("ruling_on")),
        ("履行期限届满日", data.get("perform_by")),
        ("办理方式", dict(Handling.choices).get(data.get("handling", ""))),
        ("线下办理的环节", data.get("offline_step")),
    )
    return "\n".join(f"{label}：{value}" for label, value in lines if value)
