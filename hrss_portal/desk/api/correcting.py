"""Corrections over the API: the forms, the preview and the verb of the pages, once per key."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.casework import correcting, corrections
from hrss_portal.desk.api import shapes
from hrss_portal.desk.api.base import Call, answer, once
from hrss_portal.desk.api.cases import CaseView, checked, note_read
from hrss_portal.desk.api.errors import absent, invalid
from hrss_portal.desk.mending import preview_of, seen_of
from hrss_portal.parties.fields import PhonesField
from hrss_portal.parties.identifiers import mask_phone

Body = dict[str, Any]
TAKES = {"what", "row", "values", "reason", "version", "seen"}


class CorrectionView(CaseView):
    """What was entered wrongly after intake: what can be put right, and putting it right."""

    calls: ClassVar[dict[str, Call]] = {
        "GET": Call(
            summary="可以更正的事项",
            action="amend",
            shows=True,
            right="edit",
            data="Correctable",
            many=True,
        ),
        "POST": Call(
            summary="更正已登记的事项：先不带 seen 试算，再带 seen 保存",
            action="amend",
            shows=True,
            right="edit",
            headers=("Idempotency-Key",),
            body="correction",
            data="Corrected",
            status=201,
        ),
    }

    def get(self, request: Request, system: str, external_no: str) -> Response:
        """Every entry with its fields and what stands in them."""
        self.asked()
        case = self.mine(system, external_no)
        return answer(list(self.entries(case)))

    def post(self, request: Request, system: str, external_no: str) -> Response:
        """Without ``seen`` what would follow; with that of the preview, store it once."""
        self.asked()
        case, body = self.mine(system, external_no), dict(request.data)
        self.check(body)
        if body.get("seen"):
            return once(request, f"api.correct:{case.pk}", lambda: self.correct(case, body))
        with transaction.atomic():
            tried = self.correct(case, body)
            transaction.set_rollback(True)
        return answer(tried)

    def mine(self, system: str, external_no: str) -> Any:
        """The case, which the account may edit; that it was read is written down first."""
        case = self.find(system, external_no)
        policies.require(self.user, f"{case.kind}.edit", case)
        note_read(self, case)
        return case

    def check(self, body: Body) -> None:
        """Raises 422 for what is no correction at all."""
        wrong = {name: ["没有这一项"] for name in sorted(set(body) - TAKES)}
        kinds: dict[str, type] = {"what": str, "row": int, "values": dict, "reason": str}
        wrong |= {
            name: ["缺少这一项，或写法不对"]
            for name, kind in kinds.items()
            if not isinstance(body.get(name), kind) or isinstance(body[name], bool)
        }
        version = body.get("version")
        if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
            wrong["version"] = ["须是整数"]
        if wrong:
            raise invalid(wrong)

    def entries(self, case: Any) -> Iterable[Body]:
        """What can be put right, as ``corrections.groups`` lists it, with the fields of each."""
        workflow = self.resource.workflow
        forms = corrections.forms_of(workflow)
        for group in corrections.groups(case, workflow):
            for entry in group.entries:
                form_class = forms[entry.what]
                row = corrections.row_of(form_class, case, entry.row)
                form = form_class(case=case, row=row, user=self.user)
                yield {
                    "what": entry.what,
                    "row": entry.row,
                    "label": group.label,
                    "words": entry.words,
                    "fields": [one for one in fields_of(form) if one["name"] != "reason"],
                }

    def correct(self, case: Any, body: Body) -> Body:
        """Correct the entry and say what follows; what is not sent stays as it is."""
        form_class = corrections.forms_of(self.resource.workflow).get(body["what"])
        row = corrections.row_of(form_class, case, body["row"]) if form_class else None
        if form_class is None or row is None:
            raise absent()

        def form_of(data: Any = None) -> Any:
            return form_class(data, case=case, row=row, user=self.user)

        stored = {name: sendable(value) for name, value in stored_in(form_of()).items()}
        form = checked(form_of, {**stored, **body["values"], "reason": body["reason"]})
        seen = seen_of(form, form.data)
        version = body.get("version")
        done = correcting.correct(
            case, form.act, by=self.user, reason=form.cleaned_data["reason"], version=version
        )
        if body.get("seen") and body["seen"] != seen:
            raise invalid({"seen": ["与试算的内容不同，先重新试算"]})
        return {
            "what": done.correction.what,
            "seen": seen,
            "is_stored": bool(body.get("seen")),
            **shown(case, done, self.user),
        }


def stored_in(form: Any) -> Body:
    """What stands in the fields of an unbound form, by name."""
    return {
        name: form.get_initial_for_field(field, name)
        for name, field in form.fields.items()
        if name != "reason"
    }


def sendable(value: Any) -> Any:
    """A stored value as a sender would write it."""
    written = shapes.plain(value)
    return written["id"] if isinstance(written, Mapping) else written


def fields_of(form: Any) -> Iterable[Body]:
    """The fields of a correction with what stands in them; telephones masked."""
    for name, value in stored_in(form).items():
        field = form.fields[name]
        if isinstance(field, PhonesField):
            value = mask_phone(value) if value else ""  # noqa: PLW2901 - only what is shown
        choices = [] if hasattr(field, "queryset") else getattr(field, "choices", [])
        yield {
            "name": name,
            "label": str(field.label),
            "required": field.required,
            "value": sendable(value),
            "choices": [str(code) for code, _ in choices],
        }


def shown(case: Any, done: correcting.Done, user: User) -> Body:
    """What the page shows of a correction: values, clocks, papers with an old one, what stands."""
    found = preview_of(case, done, user)
    return {
        "values": [{"label": a, "old": b, "new": c} for a, b, c in found["values"]],
        "clocks": [{"label": label, "changes": list(words)} for label, words in found["clocks"]],
        "papers": [
            {"title": one.title, "number": one.number, "issued_on": shapes.plain(one.issued_on)}
            for one in found["papers"]
        ],
        "stands": list(found["stands"]),
    }
