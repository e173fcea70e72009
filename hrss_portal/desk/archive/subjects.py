"""个人信息报告: what the bureau holds on one person and who looked; only with a reason, logged.

《个人信息保护法》 Articles 45, 50 and 54: a person may see what is held; the answer is on record.
The permission to see a report is the log entry that its reason made: one's own, for one day.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from hrss_portal.access import keys
from hrss_portal.access.models import Unit
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.log import record_access
from hrss_portal.audit.models import AccessEntry
from hrss_portal.casework.models import CaseParty, Sharing
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk.acting import ActPage
from hrss_portal.desk.administration.pages import ADMIN_FORM, key_of, me
from hrss_portal.desk.forms import DeskForm, ask_in_words
from hrss_portal.desk.states import state_label
from hrss_portal.parties.choices import IdKind
from hrss_portal.parties.fields import DateField, IdNumberField, TextCell
from hrss_portal.parties.models import Person
from hrss_portal.parties.models.persons import id_index
from hrss_portal.parties.timeline import row_ids

TYPE = "parties.person"
VALID = timedelta(days=1)
LOOKS = 200
#: Columns that say something about a person, by the words of the model; derived ones left out.
DERIVED = frozenset({"name_key", "reading", "reading_joined", "initials", "state"})


class SubjectForm(DeskForm):
    """Whose data, and why."""

    id_number = IdNumberField(label="身份证号")
    reason = TextCell(
        label="理由", max_length=150, help_text="如 本人申请查阅（申请书编号）、复议应诉"
    )


class SubjectFind(ActPage):
    """Ask for the person and the reason; the reason is written down before anything is shown."""

    policy, template_name = "casework.subject.report", ADMIN_FORM
    title, submit = "个人信息报告", "出报告"
    intro = "列出本局存有此人的哪些信息、在哪些件里、谁看过、提供给过谁。每次出报告都留痕。"

    def make(self, thing: None, data: Any = None) -> SubjectForm:
        """Who, and why."""
        return SubjectForm(data)

    def act(self, thing: None, form: Any) -> str:
        """Find the person and write the reason down."""
        with acting_as_system("matching"):
            index = id_index(IdKind.RESIDENT, form.cleaned_data["id_number"])
            found = Person.objects.filter(
                id_number_index=index, unit__path__startswith=_root(self.user)
            ).first()
        if found is None:
            words = "本局没有登记这个人。没有信息也是答复，可据此告知申请人"
            raise ValidationError({"id_number": words})
        self.written = record_access(
            "view",
            subject_type=TYPE,
            subject_id=found.standing_id,
            label=f"{found.masked_name} 个人信息报告",
            reason=form.cleaned_data["reason"],
            fields=["report"],
        )
        return "理由已记入访问日志"

    def next(self, thing: None) -> str:
        """The report."""
        return reverse("desk:subject", args=[self.written.pk])

    def back(self, thing: None) -> str:
        """The administration."""
        return reverse("desk:administration")


def _root(user: Any) -> str:
    return f"{user.unit.path.split('/', 1)[0]}/"


def _context(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The report that a reason written within a day allows this user to see; else 404."""
    allowed = AccessEntry.objects.filter(
        actor_id=me(request).pk,
        subject_type=TYPE,
        fields=["report"],
        at__gte=timezone.now() - VALID,
    )
    entry = get_visible_or_404(allowed, pk=pk)
    with acting_as_system("report"):
        person = Person.objects.select_related("unit").get(pk=entry.subject_id)
        ids = row_ids(person)
        return {
            "title": "个人信息报告",
            "entry": entry,
            "person": person,
            "held": list(_held(person)),
            "cases": list(_cases(ids)),
            "elsewhere": list(_elsewhere(person, ids)),
            "looks": list(
                AccessEntry.objects.filter(subject_type=TYPE, subject_id__in=map(str, ids))[:LOOKS]
            ),
            "sharings": list(Sharing.objects.filter(person__in=ids)),
        }


def _held(person: Person) -> Iterator[tuple[str, str]]:
    """What the master record holds: the words of the field, and the value or its mask."""
    masked = {
        "name": person.masked_name,
        "former_name": "已登记" if person.former_name else "",
        "id_number": person.masked_id,
        "phone": person.masked_phone,
        "other_phones": "已登记" if person.other_phones else "",
        "bank_card": person.masked_card if person.bank_card else "",
        "tags": "、".join(person.tag_labels),
    }
    for field in Person._meta.concrete_fields:
        name = field.name
        if field.is_relation or field.primary_key or name in DERIVED or not field.editable:
            continue
        display = getattr(person, f"get_{name}_display", None)
        value = masked[name] if name in masked else display() if display else getattr(person, name)
        if value not in (None, "", []):
            yield str(field.verbose_name), str(value)


def _cases(ids: list[int]) -> Iterator[dict[str, Any]]:
    """The cases in which the person stands, over all offices."""
    rows = CaseParty._base_manager.filter(person__in=ids).select_related("case__unit")
    for row in rows.order_by("-case__opened_on", "-pk"):
        workflow = workflow_of(row.case)
        yield {
            "reference": row.case.reference,
            "kind": workflow.label,
            "role": workflow.party_roles.get(row.role, row.role),
            "opened_on": row.case.opened_on,
            "state": state_label(row.case),
            "unit": row.case.unit.name,
            "keep_until": row.case.keep_until,
        }


def _elsewhere(person: Person, ids: list[int]) -> Iterator[tuple[str, int]]:
    """How many rows of every other register name the person."""
    for relation in Person._meta.related_objects:
        model: Any = relation.related_model
        if model in {CaseParty, Person, Sharing} or relation.many_to_many:
            continue
        count = model._base_manager.filter(**{f"{relation.field.name}__in": ids}).count()
        if count:
            yield str(model._meta.verbose_name), count


@policy("casework.subject.report")
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report on the screen."""
    return render(request, "desk/archive/subject.html", _context(request, pk))


@policy("casework.subject.report")
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The report on paper, for the person who asked; printing is written down as printing."""
    context = _context(request, pk)
    record_access(
        "print",
        subject_type=TYPE,
        subject_id=context["person"].pk,
        label=f"{context['person'].masked_name} 个人信息报告",
        reason=context["entry"].reason,
    )
    return render(request, "desk/archive/subject_sheet.html", context)


class SharingForm(forms.ModelForm):
    """One line of the ledger."""

    on = DateField(label="提供日期")

    class Meta:
        model = Sharing
        fields = ("on", "recipient", "purpose", "basis", "contents", "people")


@policy("casework.subject.report")
@keys.idempotent
def sharing(request: HttpRequest) -> HttpResponse:
    """提供台账: what left the bureau, newest first, and a new line."""
    user = me(request)
    root: Unit = user.unit.root
    form = SharingForm(request.POST or None, initial={"on": timezone.localdate()})
    ask_in_words(form)
    if request.method == "POST" and form.is_valid():
        line = form.save(commit=False)
        line.root, line.noted_by = root, user
        line.save()
        messages.success(request, "已登记")
        return redirect("desk:sharing")
    rows = Sharing.objects.filter(Q(root=root)).select_related("noted_by")
    context = {"title": "提供台账", "rows": rows[:LOOKS], "form": form, "key": key_of(request)}
    return render(request, "desk/archive/sharing.html", context, status=422 if form.errors else 200)
