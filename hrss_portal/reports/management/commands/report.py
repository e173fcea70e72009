"""``report``: a narrative report over a period as docx, with what each of its figures is."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.access.models import Unit
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.commands import BadInput, PortalCommand
from hrss_portal.indicators.asking import question_from
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.orgs import of_unit
from hrss_portal.reports import narrative as plan
from hrss_portal.reports import writing
from hrss_portal.reports.compose import Composer, from_plan
from hrss_portal.reports.composed import Composed
from hrss_portal.reports.docx import build_docx
from hrss_portal.reports.models import Report


class Command(PortalCommand):
    """Writes the report that is being drafted for the period, else the plain narrative."""

    help = "生成报告"

    def arguments(self, parser: CommandParser) -> None:
        """Which report, over which period, for whom, and where to write it."""
        parser.add_argument("code")
        parser.add_argument("--from", dest="frm", default="")
        parser.add_argument("--to", default="")
        parser.add_argument("--org", default="")
        parser.add_argument("--out", required=True)

    def run(self, **options: Any) -> dict[str, Any]:
        """Composes, writes the file, and says what is in it."""
        try:
            story = plan.load(options["code"])
        except plan.UnknownNarrative:
            raise BadInput(
                "unknown_report", f"没有报告 {options['code']}", f"可用：{'、'.join(plan.codes())}"
            ) from None
        out = Path(options["out"])
        if out.suffix != ".docx" or not out.parent.is_dir():
            raise BadInput("bad_path", f"不能写到 {out}", "给出已有文件夹里的 .docx 文件名")
        with acting_as_system("report"):
            question = self._question(
                question_from(
                    options["frm"] or story.frm, options["to"] or story.to, options["org"]
                )
            )
            report, composed = self._compose(story, question)
            states = writing.figure_states(report, composed) if report else {}
        draft = report is None or report.state == Report.State.DRAFT
        out.write_bytes(build_docx(composed, draft=draft, report=report.pk if report else None))
        return {
            "code": story.code,
            "org": composed.org,
            "period": {"from": composed.frm.isoformat(), "to": composed.to.isoformat()},
            "figures": [
                {
                    "id": use.id,
                    "code": use.code,
                    "printed": use.printed,
                    "value": use.value,
                    "state": states.get(use.id, writing.UNCHECKED).word,
                    "rows_url": use.rows_url,
                }
                for use in composed.uses
            ],
            "missing": composed.missing,
        }

    def _question(self, question: Ask) -> Ask:
        """Without ``--org``: the only bureau of the portal."""
        if question.org is not None:
            return question
        roots = list(Unit.objects.roots().filter(kind="bureau")[:2])
        if len(roots) != 1:
            raise BadInput("no_org", "要用 --org 说明是哪个局的报告")
        return Ask(period=question.period, org=of_unit(roots[0]))

    def _compose(self, story: plan.Narrative, question: Ask) -> tuple[Report | None, Composed]:
        assert question.org is not None  # noqa: S101 -- set by _question
        report = (
            Report.objects.filter(
                narrative=story.code,
                org=question.org.pk,
                from_on=question.period.frm,
                to_on=question.period.to,
            )
            .order_by("-pk")
            .first()
        )
        if report is not None:
            return report, writing.composed_of(report)
        return None, Composer(story, question, {}).compose(from_plan(story))

    def table(self, data: Any) -> str:
        """A line per figure, then what is missing."""
        lines = [
            f"{figure['id']:>3}  {figure['code']}  {figure['printed']}  {figure['state']}"
            for figure in data["figures"]
        ]
        missing = [f"待填：{found['label']}" for found in data["missing"]]
        period = data["period"]
        head = f"{data['org']} {period['from']}..{period['to']}"
        return "\n".join([head, *lines, *missing])
