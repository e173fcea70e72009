"""What is done to one file: hold and lift, take out of the archive, void; each with its reason."""

from typing import Any

from django.urls import reverse

from hrss_portal.casework import moves, retention
from hrss_portal.desk.acting import CaseAct
from hrss_portal.desk.administration.pages import ADMIN_FORM, ReasonForm
from hrss_portal.parties.fields import TextCell


class HoldForm(ReasonForm):
    """Why a file is kept, and by which letter."""

    reason = TextCell(label="事由", max_length=200, help_text="如 诉讼、审计、纪检调卷")
    file_ref = TextCell(label="来文文号", max_length=80, required=False)


class FileAct(CaseAct):
    """An act that asks for its reason alone."""

    template_name = ADMIN_FORM

    def make(self, thing: Any, data: Any = None) -> ReasonForm:
        """Why."""
        return ReasonForm(data)

    def back(self, thing: Any) -> str:
        """The file."""
        return reverse("desk:case_file", args=[thing.pk])


class HoldAct(FileAct):
    """What a head does to a file that may be destroyed one day."""

    policy, verb = "casework.hold.set", ""

    def find(self, **place: Any) -> Any:
        """The visible case, if the user is a head of more than the own cases of its kind."""
        case = super().find(**place)
        retention.require_hold(case, self.user)
        return case


class Hold(HoldAct):
    """Keep the file from destruction."""

    title, submit = "暂缓销毁", "设定暂缓销毁"

    def make(self, thing: Any, data: Any = None) -> ReasonForm:
        """Why, and by which letter."""
        return HoldForm(data)

    def act(self, thing: Any, form: Any) -> str:
        """Hold it."""
        retention.hold(thing, by=self.user, **form.cleaned_data)
        return "已设定暂缓销毁，到期也不会列入销毁清单"


class Lift(HoldAct):
    """End the hold."""

    title = submit = "解除暂缓销毁"

    def act(self, thing: Any, form: Any) -> str:
        """Lift it."""
        retention.lift(thing, by=self.user, reason=form.cleaned_data["reason"])
        return "已解除暂缓销毁"


class Unarchive(FileAct):
    """Take the file out of the archive for a correction."""

    verb = "unarchive"
    title = submit = "撤销归档"
    intro = "撤销后案卷可以更正，理由留在时间轴里；更正完由书记员重新归档，保存期限重新计算。"

    def act(self, thing: Any, form: Any) -> str:
        """Take it out."""
        retention.unarchive(thing, by=self.user, reason=form.cleaned_data["reason"])
        return "已撤销归档，更正后重新归档"


class Void(FileAct):
    """Void a case entered by mistake: it keeps its number and no longer counts."""

    verb, title, submit = "void", "作废", "作废此件"
    intro = "作废的件留在库里，注明理由，不再计入任何数字，时限停止；编号不再使用。"

    def act(self, thing: Any, form: Any) -> str:
        """Void it."""
        moves.void(thing, by=self.user, reason=form.cleaned_data["reason"])
        return "已作废，编号不再使用"

    back = CaseAct.back  # the page of the case, which need not have a file
