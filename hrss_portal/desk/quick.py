"""W4 快速受理: who, about what, against whom; one page, the keyboard only, sent once.

The number comes first: a card reader types it, a known person needs nothing more.  The matter is
found by its initials.  What else a matter's form asks is filled in later, on the case's own page.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.offices import office_for
from hrss_portal.access.routes import policy
from hrss_portal.casework.forms import party_of
from hrss_portal.casework.workflow import Workflow, workflows
from hrss_portal.desk.forms import DeskForm, ask_in_words
from hrss_portal.desk.links import case_url
from hrss_portal.desk.twins import Twin, open_cases_of
from hrss_portal.desk.views import intakes
from hrss_portal.parties import matching
from hrss_portal.parties.duplicates import on_file
from hrss_portal.parties.fields import IdNumberField, NamesField, PhoneField, TextCell
from hrss_portal.parties.models import Employer, Person


def matters(user: User) -> list[tuple[Workflow, str, str]]:
    """(workflow, code, words) of every matter that this user may take in at once."""
    return [
        (workflow, code, f"{words}（{workflow.label}）")
        for workflow in workflows()
        if workflow.quick and policies.can(user, f"{workflow.of}.open")
        for code, words in workflow.quick.choices()
    ]


class QuickForm(DeskForm):
    """The few boxes of a quick intake."""

    id_number = IdNumberField(
        label="身份证号",
        help_text="刷证件，或键入 18 位",
    )
    name = NamesField(label="姓名", max_length=50, required=False, help_text="库里没有时填")
    phone = PhoneField(label="联系电话", required=False)
    matter = forms.ChoiceField(label="事项", help_text="键入拼音首字母，如 ldbc")
    employer = TextCell(
        label="对方单位",
        max_length=120,
        help_text="名称、统一社会信用代码，或拼音首字母",
    )
    note = TextCell(label="备注", max_length=200, required=False)
    person: Person | None = None
    firm: Employer | None = None
    twins: Sequence[Twin] = ()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.offered = {f"{one.of}:{code}": one for one, code, _ in matters(user)}
        choices = [(f"{one.of}:{code}", words) for one, code, words in matters(user)]
        self.fields["matter"] = forms.ChoiceField(
            label="事项",
            help_text="键入拼音首字母，如 ldbc",
            choices=[("", "—"), *choices],
            widget=forms.Select(attrs={"data-search": "1"}),
        )
        self.order_fields(["id_number", "name", "phone", "matter", "employer", "note"])
        attrs = self.fields["id_number"].widget.attrs
        attrs.update({"autofocus": True, "data-after-use": "matter"})
        self.fields["employer"].widget.attrs.update(
            {
                "data-lookup-name": "part",
                "data-suggest": "name",
                "data-noun": "单位",
                "autocomplete": "off",
            }
        )
        ask_in_words(self)

    def clean(self) -> dict[str, Any]:
        """A known number brings its person; an unknown one needs the name."""
        data = super().clean() or {}
        number = data.get("id_number")
        if number:
            match = matching.match_person(id_number=number, name=data.get("name", ""))
            self.person = match.person
            if match.conflict:
                self.add_error("name", match.conflict)
            elif match.person is None and not data.get("name"):
                self.add_error("name", "库里没有这个人，填写姓名")
        if data.get("employer"):
            data["employer"] = self._find_firm(data["employer"])
        if not self.errors:
            self._look_for_twins(data)
        return data

    def _look_for_twins(self, data: Mapping[str, Any]) -> None:
        """The same two parties in an open case: shown, and taken in again only after a tick."""
        kind = self.offered[data["matter"]].of
        self.twins = open_cases_of(
            kind,
            self.user,
            office_for(kind.partition(".")[0], self.user),
            people=[self.person.pk] if self.person else [],
            firms=[data["employer"]],
        )
        if not self.twins:
            return
        self.fields["again"] = forms.BooleanField(label="仍要登记", required=False)
        if not self.data.get("again"):
            self.add_error("again", "这个人和这家单位已有在办案件，核对后勾选“仍要登记”再提交")

    def _find_firm(self, text: str) -> str:
        """The employer's full name.  A full name, a code or initials that mean one employer alone
        bind it; a piece of a name is asked about, and stays as written when that is confirmed."""
        code = text if len(text) == 18 and text.isascii() else ""
        self.firm = matching.match_employer(uscc=code, name=text).found
        if self.firm is None:
            near = [] if code else matching.employers_like(text, self.user.unit.root)
            self._ask_which(text, near)
        return self.firm.name if self.firm else text

    def _ask_which(self, text: str, near: Sequence[Employer]) -> None:
        """Let the clerk choose among employers of a similar name; refuse what is no name."""
        chosen = self.data.get("which", "")
        if text.isascii() and len(near) == 1:
            self.firm = near[0]
        elif near:
            own = [] if text.isascii() else [("typed", f"都不是，按“{text}”登记")]
            self.fields["which"] = forms.ChoiceField(
                label="是哪一家",
                required=False,
                choices=[*((str(row.pk), _line(row)) for row in near), *own],
                widget=forms.RadioSelect,
            )
            self.firm = next((row for row in near if str(row.pk) == chosen), None)
            if self.firm is None and not (own and chosen == "typed"):
                names = "、".join(row.name for row in near[:5])
                more = "等" if len(near) > 5 else ""
                self.add_error(
                    "employer", f"有名称相近的单位：{names}{more}。写全名称，或在下面选一家"
                )
        elif text.isascii():
            self.add_error("employer", "没有找到这个单位，写全名称")

    def open(self) -> Any:
        """Open the case through the area's own function."""
        data = self.cleaned_data
        chosen = data["matter"]
        workflow = self.offered[chosen]
        unit = office_for(workflow.of.partition(".")[0], self.user)
        held = on_file(self.person, self.user) if self.person else {}
        person = {
            "kind": "person",
            "name": data["name"] or (self.person.name if self.person else ""),
            "id_number": data["id_number"],
            "phone": data["phone"] or held.get("phone", ""),
        }
        firm = {
            "kind": "employer",
            "name": data["employer"],
            "uscc": (self.firm.uscc or "") if self.firm else "",
            "legal_rep": self.firm.legal_rep if self.firm else "",
        }
        parties = [
            party_of(row, role, unit=unit, by=self.user)
            for row, role in zip((person, firm), workflow.sides, strict=True)
        ]
        opener = import_string(workflow.quick.open)  # type: ignore[union-attr]
        return opener(
            chosen.rpartition(":")[2], unit=unit, by=self.user, parties=parties, note=data["note"]
        )


def _line(employer: Employer) -> str:
    """Name and code, by which a clerk tells similar employers apart."""
    return " · ".join(part for part in (employer.name, employer.uscc or "") if part)


@policy("login")
def intake(request: HttpRequest) -> HttpResponse:
    """The page; POST takes the matter in and answers with its number and its next day."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - PolicyMiddleware guarantees it
    if request.method == "POST":
        return keys.once(request, lambda: take_in(request, user))
    return page(request, QuickForm(user=user))


def take_in(request: HttpRequest, user: User) -> HttpResponse:
    """Open the case, or show what is to be mended."""
    form = QuickForm(request.POST, user=user)
    if not form.is_valid():
        return page(request, form, status=422)
    try:
        case = form.open()
    except ValidationError as error:
        form.add_error(None, error.messages)
        return page(request, form, status=422)
    due = f"，{case.due_on:%Y-%m-%d} 前办理下一步" if case.due_on else ""
    messages.success(request, f"已收件：{case.reference}{due}")
    if "next" in request.POST:
        return redirect(request.path)
    return redirect(case_url(case))


def page(request: HttpRequest, form: QuickForm, *, status: int = 200) -> HttpResponse:
    """The page with the form, and the full forms beside it."""
    user = form.user
    context = {
        "form": form,
        "parts": form.parts,
        "key": request.POST.get(keys.FIELD) or keys.new(),
        "intakes": intakes(user),
        "offered": bool(form.offered),
        "twins": form.twins,
        "title": "快速受理",
        "page_state": "error" if form.is_bound and form.errors else "ready",
    }
    return render(request, "desk/intake.html", context, status=status)
