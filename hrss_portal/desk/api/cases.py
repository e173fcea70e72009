"""Cases over the API: the list, one case, and a case opened under the sender's own number."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar
from urllib.parse import unquote

from django.db.models import QuerySet
from django.forms import modelform_factory
from rest_framework.request import Request
from rest_framework.response import Response

from hrss_portal.access import policy as policies
from hrss_portal.access.routes import get_visible_or_404
from hrss_portal.audit.log import record_access
from hrss_portal.casework import moves, own_days
from hrss_portal.casework.amend_form import AmendForm
from hrss_portal.casework.forms import portal_field
from hrss_portal.casework.idempotency import claim
from hrss_portal.casework.models import Case
from hrss_portal.casework.models.records import Source
from hrss_portal.desk.acting import worded
from hrss_portal.desk.api import paging, shapes
from hrss_portal.desk.api.base import ApiView, Call, answer
from hrss_portal.desk.api.errors import ApiError, absent, invalid
from hrss_portal.desk.api.reading import Problems, as_posted, problems_of
from hrss_portal.desk.api.resources import CaseResource
from hrss_portal.desk.models import SentCase
from hrss_portal.parties.crypto import blind_index

RELATED = ("unit", "town", "handler", "deputy", "created_by", "voided_by")
SENT = "api.case"
Rows = QuerySet[Any]


class CaseView(ApiView):
    """A view over one kind of case."""

    resource: ClassVar[CaseResource]

    def rows(self) -> Rows:
        """The cases that the account sees."""
        return self.resource.model._default_manager.select_related(*RELATED)

    def find(self, system: str, external_no: str) -> Any:
        """The visible case with that outside number, else 404."""
        check_number(system, external_no)
        return get_visible_or_404(self.rows(), external_system=system, external_no=external_no)

    def told(self, case: Any, *, shown: bool = True) -> dict[str, Any]:
        """The case as the client may know it after it wrote: in full (masked) with the action
        ``read``, else, and where the account does not see it, which one it is and where it stands.

        ``shown`` says that it tells more than was just sent, so that it counts as read.
        """
        found = self.rows().filter(pk=case.pk).first()
        if found is None or not self.client.may("read", self.kind):
            return shapes.receipt(found or case)
        if shown:
            note_read(self, found)
        return shapes.detail(found, self.resource, self.user)


def check_number(system: str, external_no: str) -> None:
    """Raises 404 for a number that no case can have."""
    fits = 0 < len(system) <= 40 and 0 < len(external_no) <= 60
    if not fits or not (system + external_no).isprintable():
        raise absent()


def checked(make: Callable[..., Any], body: dict[str, Any]) -> Any:
    """The valid form for a body.  ``make()`` is the form as first shown, ``make(data)`` as posted.
    Raises 422 with everything that is wrong at once."""
    data, problems = as_posted(make(), body)
    form = worded(make(data))
    if not form.is_valid() or problems:
        raise invalid(merged(problems_of(form), problems))
    return form


def merged(first: Problems, second: Problems) -> Problems:
    """What a form found, with what was no form's value in its place."""
    return {**first, **second}


# --- the list -----------------------------------------------------------------------------------


def _day(field: str) -> Callable[[Rows, str], Rows]:
    def apply(rows: Rows, text: str) -> Rows:
        return rows.filter(**{field: date.fromisoformat(text)})

    return apply


def _equal(field: str) -> Callable[[Rows, str], Rows]:
    return lambda rows, text: rows.filter(**{field: text})


FILTERS: dict[str, Callable[[Rows, str], Rows]] = {
    "state": _equal("state"),
    "external_system": _equal("external_system"),
    "opened_from": _day("opened_on__gte"),
    "opened_to": _day("opened_on__lte"),
    "closed_from": _day("closed_on__gte"),
    "closed_to": _day("closed_on__lte"),
    "updated_from": _day("updated_at__date__gte"),
}


class CaseListView(CaseView):
    """The cases of a kind that the account sees, in the order in which they came."""

    calls: ClassVar[dict[str, Call]] = {
        "GET": Call(
            summary="查询办件",
            action="read",
            right="view",
            query=("limit", "cursor", *FILTERS),
            data="CaseSummary",
            many=True,
        )
    }

    def get(self, request: Request) -> Response:
        """One page; that it was read is written down before it leaves."""
        asked = self.asked()
        rows = self.rows()
        for name, apply in FILTERS.items():
            if name in asked:
                try:
                    rows = apply(rows, asked[name])
                except ValueError:
                    words = {name: ["日期写成 2023-11-16"]}
                    raise ApiError(400, "bad_parameter", "参数有误", "", words) from None
        found, after = paging.page(rows, asked.get("cursor", ""), paging.size_of(asked))
        record_access(
            "search",
            subject_type=self.kind,
            subject_id="list",
            label=f"{self.client.name} 读取 {len(found)} 件",
        )
        own_days.tell(found)
        return answer([shapes.summary(case) for case in found], next=after)


READ = Call(
    summary="读取办件",
    action="read",
    right="view",
    headers=("X-Reveal-Reason", "X-Reveal-Note"),
    data="Case",
)


class CaseByIdView(CaseView):
    """One case by the portal's own id, as lists and events name it."""

    calls: ClassVar[dict[str, Call]] = {"GET": READ}

    def get(self, request: Request, pk: int) -> Response:
        """The case."""
        self.asked()
        return show(self, get_visible_or_404(self.rows(), pk=pk))


def note_read(view: CaseView, case: Any) -> None:
    """Write down (谁看过) that the client system is about to read the case."""
    record_access(
        "open",
        subject_type=case.kind,
        subject_id=case.pk,
        label=case.reference,
        reason=view.client.name,
        case_id=case.pk,
    )


def show(view: CaseView, case: Any) -> Response:
    """The case; with ``X-Reveal-Reason`` the parties' numbers in full, if the account may."""
    note_read(view, case)
    reveal = None
    if reason := view.request.headers.get("X-Reveal-Reason", ""):
        note = unquote(view.request.headers.get("X-Reveal-Note", ""))[:100]
        reveal = shapes.opened_for(view.user, case, reason, note)
    return answer(shapes.detail(case, view.resource, view.user, reveal=reveal))


# --- one case under the sender's number ---------------------------------------------------------


def fingerprints(body: dict[str, Any]) -> dict[str, str]:
    """One keyed fingerprint per value that was sent; an empty value is as good as none."""
    return {
        name: blind_index(
            f"api.{name}", json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
        )
        for name, value in body.items()
        if not (value is None or value is False or value in ("", []))
    }


class CaseItemView(CaseView):
    """One case under its outside number: read it, or put it there."""

    calls: ClassVar[dict[str, Call]] = {
        "GET": READ,
        "PUT": Call(
            summary="按外部编号登记办件",
            action="open",
            right="open",
            body="open",
            data="CaseAnswer",
            status=201,
        ),
    }

    def get(self, request: Request, system: str, external_no: str) -> Response:
        """The case."""
        self.asked()
        return show(self, self.find(system, external_no))

    def put(self, request: Request, system: str, external_no: str) -> Response:
        """Open the case; the same body again changes nothing, another body amends or conflicts.

        Of two calls at once the second waits for the first: the key is the outside number.
        """
        self.asked()
        check_number(system, external_no)
        if system != self.client.system:
            decision = policies.Decision(False, "client-system", "不能写入其他系统的编号")
            raise policies.Refused(f"{self.kind}.open", decision)
        number = blind_index("external", f"{system}|{external_no}")
        claim(self.user, f"{SENT}:{self.kind}"[:120], number, "")
        known = {"external_system": system, "external_no": external_no}
        body = dict(request.data)
        taken = self.resource.model._base_manager.select_related(*RELATED).filter(**known).first()
        if taken is not None and self.may_know(taken):
            return answer(self.sent_again(taken, body))
        if taken is not None:
            raise ApiError(409, "number_taken", "这个编号已由其他单位登记", "联系系统管理员核对")
        return answer(self.open(body, known), 201)

    def may_know(self, case: Any) -> bool:
        """Whether the account sees the case, or this client opened it (a window opens cases that
        it does not see afterwards)."""
        if policies.can(self.user, f"{self.kind}.view", case):
            return True
        return SentCase.objects.filter(case=case.pk, client=self.client).exists()

    def open(self, body: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
        """Open the case by the intake form of the page."""
        sent = fingerprints(body)
        if name := self.resource.number_field:
            given = body.setdefault(name, known["external_no"])
            if given != known["external_no"]:
                raise invalid({name: ["与地址中的编号不一致"]})
        form_class = self.resource.open_form

        def make(data: Any = None) -> Any:
            return form_class(data, None, user=self.user, unit=self.client.unit)

        form = checked(make, body)
        case = form.open(source=Source.API, **known)
        SentCase.objects.create(case_id=case.pk, client=self.client, fields=sent)
        return self.told(case, shown=False)

    def sent_again(self, case: Any, body: dict[str, Any]) -> dict[str, Any]:
        """The same body: the case as it stands.  Another one: amended where the rule allows."""
        earlier = SentCase.objects.select_for_update().filter(case=case.pk).first()
        if earlier is None:
            words = "这个编号已在本系统登记，不是由接口报送的"
            raise ApiError(409, "exists", words, "用 GET 读取；需要更正的由承办单位办理")
        sent = fingerprints(body)
        changed = {
            name for name in {*sent, *earlier.fields} if sent.get(name) != earlier.fields.get(name)
        } - {self.resource.number_field}
        if not changed:
            return self.told(case)
        if fixed := sorted(changed - set(self.resource.amend)):
            raise ApiError(
                409,
                "different_body",
                "同一编号已经报送过，内容不同",
                "这些项目不能由接口更正，由承办单位办理",
                {name: ["与首次报送不一致"] for name in fixed},
            )
        self.amend(case, {name: body.get(name) for name in changed})
        earlier.fields = sent
        earlier.save(update_fields=["fields"])
        return self.told(case)

    def amend(self, case: Case, values: dict[str, Any]) -> None:
        """Correct the fields that the sender changed; the old values stay in the history."""
        if not self.client.may("amend", self.kind):
            decision = policies.Decision(False, "client-amend", "这个对接系统没有开通更正")
            raise policies.Refused(f"{self.kind}.edit", decision, case)
        model = self.resource.model
        form_class: Any = modelform_factory(
            model, form=AmendForm, fields=sorted(values), formfield_callback=portal_field
        )

        def make(data: Any = None) -> Any:
            copy = model._base_manager.get(pk=case.pk)
            return form_class(data, instance=copy)

        form = checked(make, {**values, "reason": f"{self.client.name}更正"})
        if changes := form.changes():
            moves.amend(case, by=self.user, changes=changes, reason=form.cleaned_data["reason"])
