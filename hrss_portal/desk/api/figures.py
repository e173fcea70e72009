"""Figures over the API: the numbers of the boards, in the shape of the command ``figures``."""

from typing import ClassVar

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from hrss_portal.access.policy import Decision, Refused
from hrss_portal.desk.api.base import ApiView, Call, answer
from hrss_portal.indicators import catalogue
from hrss_portal.indicators.asking import question_from, refused
from hrss_portal.indicators.figures import as_json, figure
from hrss_portal.indicators.seeing import may_see

SEE = "indicators.figure.view"


class FigureListView(ApiView):
    """The figures that the account may read."""

    policy = f"api:{SEE}"
    calls: ClassVar[dict[str, Call]] = {
        "GET": Call(
            summary="可读取的指标", action="figures", right=SEE, data="FigureName", many=True
        )
    }

    def get(self, request: Request) -> Response:
        """Code, name and unit of each."""
        self.asked()
        return answer(
            [
                {"code": item.code, "name": item.label, "unit": item.style.unit}
                for item in catalogue.indicators().values()
                if may_see(self.user, item.code)
            ]
        )


class FigureView(ApiView):
    """One figure for a period."""

    policy = f"api:{SEE}"
    calls: ClassVar[dict[str, Call]] = {
        "GET": Call(
            summary="读取一项指标",
            action="figures",
            right=SEE,
            query=("from", "to", "org", "filter"),
            data="Figure",
        )
    }

    def get(self, request: Request, code: str) -> Response:
        """Value, parts and comparison; errors as the command has them."""
        asked = self.asked()
        try:
            item = catalogue.get(code)
        except catalogue.UnknownIndicator:
            raise Http404 from None
        if not may_see(self.user, code):
            raise Refused(item.policy, Decision(False, "no-role", "岗位职责不含这项指标"))
        question = question_from(
            asked.get("from", ""),
            asked.get("to", ""),
            asked.get("org", ""),
            asked.get("filter", ""),
        )
        with refused():
            return answer(as_json(figure(code, question, compare=True)))
