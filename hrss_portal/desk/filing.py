"""Pages beside the moves of a case: who handles it, its materials, its papers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.casework import assignment, hands, moves, papers
from hrss_portal.casework.file_index import lock_open, put_in
from hrss_portal.casework.models import Attachment, CasePaper, Delivery
from hrss_portal.casework.secrecy import require_making, sees_paper
from hrss_portal.casework.workflow import barred_from, workflow_of
from hrss_portal.desk import merging
from hrss_portal.desk.acting import CaseAct
from hrss_portal.desk.cases import find_case
from hrss_portal.desk.doing import CasePage
from hrss_portal.desk.forms import DeskForm, add_messages
from hrss_portal.desk.links import case_url, url_of
from hrss_portal.documents.fields import FileField, FilesField
from hrss_portal.documents.kinds import paper_kinds
from hrss_portal.documents.papers import preview
from hrss_portal.documents.preview import Block
from hrss_portal.documents.uploads import store_upload
from hrss_portal.parties.fields import DateField, TextCell


class StaffField(forms.ModelChoiceField):
    """A colleague, with how many cases are open on the desk."""

    def label_from_instance(self, obj: Any) -> str:
        """The name and the load."""
        load = getattr(self, "load", {}).get(obj.pk, 0)
        return f"{obj.name}（在办 {load} 件）"


class AssignForm(DeskForm):
    """To whom, and why."""

    handler = StaffField(label="承办人", queryset=None)
    deputy = StaffField(label="协办人（书记员）", queryset=None, required=False)
    reason = TextCell(label="分派说明", max_length=200, required=False)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = hands.staff_of(case.unit)
        load = assignment.workload(staff)
        handlers = hands.handlers_for(workflow_of(case), case.unit)
        for name, offered in (("handler", handlers), ("deputy", staff)):
            field: Any = self.fields[name]
            field.load = load
            field.queryset = offered
            field.initial = getattr(case, f"{name}_id")


class CaseAssign(CaseAct):
    """Give the case to a handler."""

    verb, title, submit = "assign", "分派", "分派"
    guards_version = True

    def make(self, thing: Any, data: Any = None) -> AssignForm:
        """The colleagues with their load."""
        return AssignForm(data, case=thing)

    def act(self, thing: Any, form: Any) -> str:
        """Assign."""
        clean = form.cleaned_data
        moves.assign(
            thing,
            by=self.user,
            handler=clean["handler"],
            deputy=clean["deputy"],
            reason=clean["reason"] or "分派",
            version=thing.version,
        )
        return f"已分派给{clean['handler'].name}"


class AttachForm(DeskForm):
    """Materials of one kind."""

    kind = TextCell(label="材料名称", max_length=60, help_text="如 申请书、身份证复印件")
    part = forms.ChoiceField(
        label="卷别", choices=Attachment.Part.choices, initial=Attachment.Part.MAIN
    )
    pages = forms.IntegerField(label="页数", min_value=1, max_value=9999, required=False)
    uploads = FilesField(label="文件", help_text="可选多个，每个不超过 20 MB；手机可直接拍照")


def add_materials(case: Any, clean: Mapping[str, Any], *, by: User) -> list[Attachment]:
    """Store the files of a valid ``AttachForm`` in the case's file, all or none.

    From then on whoever may see the case may open them; the inner file (副卷) asks for class P3.
    Call inside a transaction.  Raises ``ValidationError`` for a file that is refused, for a case
    that is archived, and for who is to stand aside.
    """
    lock_open(case)
    if problems := barred_from(case, by):
        raise ValidationError(problems)
    return [
        put_in(
            case,
            store_upload(uploaded, by=by, unit=case.unit),
            label=clean["kind"],
            part=clean["part"],
            pages=clean["pages"],
            by=by,
        )
        for uploaded in clean["uploads"]
    ]


class CaseAttach(CaseAct):
    """Add materials to the file; several at once."""

    template_name = "desk/attach.html"
    verb, title, submit = "attach", "添加材料", "上传"

    def make(self, thing: Any, data: Any = None) -> AttachForm:
        """The box for the files."""
        return AttachForm(data, self.request.FILES or None)

    def act(self, thing: Any, form: Any) -> str:
        """Check and store every file, or none."""
        try:
            added = add_materials(thing, form.cleaned_data, by=self.user)
        except ValidationError as error:
            raise ValidationError({"uploads": error.messages}) from None
        return f"已添加材料 {len(added)} 份"

    def back(self, thing: Any) -> str:
        """The files on the page of the case."""
        return f"{case_url(thing)}#files"


class AskPaperForm(DeskForm):
    """Which paper, and for a 送达回证 of which delivery."""

    kind = forms.ChoiceField(label="文书")
    delivery: Any = forms.ModelChoiceField(
        label="送达（制作送达回证时选）", queryset=None, required=False
    )

    def __init__(self, *args: Any, case: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = papers.extra_kinds(case, user)  # type: ignore[attr-defined]
        deliveries: Any = self.fields["delivery"]
        deliveries.queryset = case.deliveries.exclude(state=Delivery.State.VOID)


class CasePaperAsk(CaseAct):
    """制作其他文书: ask for a paper that no move calls for, then make it on its own page."""

    verb, title, submit = "paper", "制作其他文书", "下一步"

    def make(self, thing: Any, data: Any = None) -> AskPaperForm:
        """The kinds that this state allows."""
        asked = self.request.GET.dict()
        return AskPaperForm(data, case=thing, user=self.user, initial=asked)

    def act(self, thing: Any, form: Any) -> str:
        """Put the paper on the list."""
        clean = form.cleaned_data
        self.made = papers.ask(thing, clean["kind"], by=self.user, delivery=clean["delivery"])
        return f"{self.made.label}已列入待制发"

    def next(self, thing: Any) -> str:
        """The page of the paper."""
        return case_url(thing, "paper", self.made.pk)

    def back(self, thing: Any) -> str:
        """The papers on the page of the case."""
        return f"{case_url(thing)}#papers"


class DropPaperForm(DeskForm):
    """Why a paper is not needed; empty where it is made."""

    reason = TextCell(label="不需要的理由", max_length=200, required=False)


class HandPaperForm(DeskForm):
    """A paper that was made and signed outside the portal: its scan, number and day."""

    scan = FileField(label="文书扫描件")
    made_on = DateField(label="制作日期", past=True)
    number = TextCell(
        label="文书编号",
        max_length=60,
        required=False,
        help_text="文书上印着的编号；没有编号的不填",
    )
    because = TextCell(
        label="没有在系统里制发的原因", max_length=200, help_text="如：系统启用前已经制发"
    )


class CasePaperPage(CasePage):
    """Make a paper that waits, register the one made by hand, or say why it is not needed."""

    template_name = "desk/paper.html"

    def get(self, request: HttpRequest, pk: int, paper: int) -> HttpResponse:
        """What will be made."""
        case, waiting = self.find(pk, paper)
        return self.page(case, waiting, DropPaperForm())

    def post(self, request: HttpRequest, pk: int, paper: int) -> HttpResponse:
        """Make it, or drop it, once."""
        case, waiting = self.find(pk, paper)
        return keys.once(request, lambda: self.settle(case, waiting))

    def find(self, pk: int, paper: int) -> tuple[Any, CasePaper]:
        """The paper of the case."""
        case = find_case(self.model, pk)
        found = get_object_or_404(CasePaper.objects.filter(case=case.pk), pk=paper)
        require_making(self.user, case, found.kind)
        if not sees_paper(self.user, case, found.kind):
            raise policies.NotVisible(f"casework.casepaper {paper}", "data-class")
        return case, found

    def settle(self, case: Any, waiting: CasePaper) -> HttpResponse:
        """Issue the paper with its number, and show it to be printed where that was asked for; or
        drop it with the reason."""
        form = DropPaperForm(self.request.POST)
        form.is_valid()
        do = self.request.POST.get("do")
        if do == "hand":
            return self.take(case, waiting)
        try:
            if do == "again":
                again = papers.call_again(waiting, by=self.user)
                return self.done(
                    case_url(case, "paper", again.pk), f"{again.label}已重新列入待制发"
                )
            if do == "drop":
                papers.drop(waiting, by=self.user, reason=form.cleaned_data.get("reason", ""))
                words = f"{waiting.label}：已注明不需要"
            else:
                made = papers.issue(waiting, by=self.user)
                number = made.paper.number if made.paper else ""
                words = f"已制发{waiting.label}{number}"
                if made.paper and do == "print":
                    return self.done(f"{url_of('documents:paper', made.paper.pk)}?print=1", words)
        except ValidationError as error:
            add_messages(form, error.messages)
            return self.page(case, waiting, form, status=422)
        return self.done(f"{case_url(case)}#papers", words)

    def take(self, case: Any, waiting: CasePaper) -> HttpResponse:
        """Register the paper that was made by hand."""
        form = HandPaperForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            return self.page(case, waiting, DropPaperForm(), by_hand=form, status=422)
        clean = form.cleaned_data
        try:
            papers.take(
                waiting,
                clean["scan"],
                by=self.user,
                on=clean["made_on"],
                number=clean["number"],
                reason=clean["because"],
            )
        except ValidationError as error:
            add_messages(form, error.messages)
            return self.page(case, waiting, DropPaperForm(), by_hand=form, status=422)
        return self.done(f"{case_url(case)}#papers", f"已登记{waiting.label}（系统外制发）")

    def preview(self, case: Any, waiting: CasePaper) -> tuple[list[Block], list[str]]:
        """What the paper would say if it were made now, or why it cannot be made."""
        if waiting.state != CasePaper.State.WAITING:
            return [], []
        if waiting.kind not in paper_kinds():
            return [], ["这一版里没有这种文书，不需要的请注明理由去掉"]
        try:
            values = papers.context_of(waiting)
            return preview(waiting.kind, values, unit=case.unit, by=self.user), []
        except ValidationError as error:
            return [], error.messages

    def page(
        self,
        case: Any,
        waiting: CasePaper,
        form: Any,
        *,
        by_hand: HandPaperForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The page; ``by_hand``: the form of a paper made outside, with its faults."""
        blocks, lacking = self.preview(case, waiting)
        is_spent = papers.is_spent(waiting)
        problems = papers.not_again(waiting, case.papers.all()) if is_spent else []
        return self.form_page(
            by_hand or form,
            status=status,
            drop_form=form,
            hand_form=by_hand or HandPaperForm(),
            case=case,
            paper=waiting,
            blocks=blocks,
            lacking="；".join(lacking),
            again=is_spent and not problems,
            not_again="；".join(problems),
            title=f"{'重新' if is_spent and not problems else ''}制发{waiting.label}",
            submit="制发",
            back=f"{case_url(case)}#papers",
            version=merging.version_of(self.request.POST) or case.version,
        )
