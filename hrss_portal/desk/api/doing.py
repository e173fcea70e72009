"""Moves and materials over the API: the forms and the door of the pages, once per key."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from hrss_portal.access import policy as policies
from hrss_portal.casework import moves
from hrss_portal.casework.forms import MoveForm
from hrss_portal.casework.workflow import Move
from hrss_portal.desk.api import shapes
from hrss_portal.desk.api.base import Call, once
from hrss_portal.desk.api.cases import CaseView, checked
from hrss_portal.desk.api.errors import ApiError, absent, invalid
from hrss_portal.desk.api.reading import LimitedMultiPartParser, problems_of
from hrss_portal.desk.filing import AttachForm, add_materials


class MoveView(CaseView):
    """One declared move of a case."""

    calls: ClassVar[dict[str, Call]] = {
        "POST": Call(
            summary="办理一步",
            action="move",
            right="view",
            headers=("Idempotency-Key",),
            body="move",
            data="MoveMade",
            status=201,
        )
    }

    def post(self, request: Request, system: str, external_no: str, code: str) -> Response:
        """Make the move once for its key."""
        self.asked()
        case = self.find(system, external_no)
        step = self.step(case, code)
        route = f"api.move:{case.pk}:{code}"
        return once(request, route, lambda: self.make(case, step, dict(request.data)))

    def step(self, case: Any, code: str) -> Move:
        """The move; 404 for an unknown one, 403 where another post or a second person makes it."""
        try:
            step = self.resource.workflow.move(code)
        except LookupError:
            raise absent() from None
        decision = policies.move_allowed(self.user, case, step.by, action=code)
        if decision and step.approval:
            words = "审批须由人在页面上办理，不能由接口办理"
            decision = policies.Decision(False, "client-approval", words)
        if not decision:
            raise policies.Refused(f"{case.kind}.{code}", decision, case)
        return step

    def make(self, case: Any, step: Move, body: dict[str, Any]) -> dict[str, Any]:
        """Make the move by its form; ``version`` is the version that the sender read."""
        version = body.pop("version", None)
        if version is not None and not (isinstance(version, int) and version is not True):
            raise invalid({"version": ["须是整数"]})
        form_class = step.form_class() or MoveForm

        def form_of(data: Any = None) -> Any:
            return form_class(data, None, case=case, user=self.user)

        form = checked(form_of, body)
        clean = form.cleaned_data
        event = moves.move(
            case,
            step.code,
            by=self.user,
            on=clean["on"],
            data=form.move_data(),
            note=clean.get("note", ""),
            version=version,
        )
        case.refresh_from_db()
        return {"event": shapes.event_of(event), "case": self.told(case)}


class AttachmentView(CaseView):
    """Materials of a case."""

    parser_classes = (LimitedMultiPartParser,)
    calls: ClassVar[dict[str, Call]] = {
        "POST": Call(
            summary="上传材料",
            action="attach",
            right="edit",
            headers=("Idempotency-Key",),
            body="attach",
            data="Attachment",
            many=True,
            status=201,
        )
    }

    def post(self, request: Request, system: str, external_no: str) -> Response:
        """Add files once for their key."""
        self.asked()
        case = self.find(system, external_no)
        policies.require(self.user, f"{case.kind}.edit", case)
        return once(request, f"api.attach:{case.pk}", lambda: self.store(case, request))

    def store(self, case: Any, request: Request) -> list[dict[str, Any]]:
        """Check and store every file, or none."""
        if case.archived_on:
            raise ApiError(422, "refused_by_rule", "案卷已归档，不能再添加材料")
        form = AttachForm(request.POST, request.FILES)
        unknown = {*request.POST, *request.FILES} - set(form.fields)
        if not form.is_valid() or unknown:
            extra = {name: ["没有这一项"] for name in unknown}
            raise invalid({**problems_of(form), **extra})
        added = add_materials(case, form.cleaned_data, by=self.user)
        return [shapes.attachment_of(row) for row in added]
