"""Things of the demo county that a page needs and that its demo rows do not hold: a sheet on each
step of its way, a report as a draft and frozen, a link for an outside body."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from django.utils import timezone

from arbitration.models import Dispute
from hrss_portal.access.models import Unit, User
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.activities import drawing, draws, rounds
from hrss_portal.activities.models import Draw, Round, Task
from hrss_portal.casework import progress
from hrss_portal.casework.models import CasePaper
from hrss_portal.imports import batches, landing, registry, staging
from hrss_portal.imports.models import Batch
from hrss_portal.notifications import tasklinks
from hrss_portal.reports import freezing, writing
from hrss_portal.reports.models import Report

HEADINGS = "案号,申请人,被申请人,案由,收案日期,立案日期,结案方式,结案日期\n"
ENDED = "2024-03-01,2024-03-04,裁决,2024-04-01\n"  # an award, and no word whether it is final
OPEN = "2024-03-01,2024-03-04,,\n"


def batch_on(step: str) -> int:
    """A batch of last year's disputes that waits on a step: columns, fix or confirm."""
    clerk = User.objects.get(staff_no="2003")
    rest = ENDED if step == "fix" else OPEN
    rows = (
        f"霍劳人仲案〔2024〕{len(step)}{n}号,甲某,某某厂,劳动报酬,{rest}" for n in range(10, 15)
    )
    with acting_as(clerk):
        sent = f"{HEADINGS}{''.join(rows)}".encode()
        batch = batches.receive(
            registry.sheet("X10"), sent, name=f"{step}.csv", by=clerk, upload_key=f"site-{step}"
        )
        if step != "columns" and batch.state == Batch.State.RECOGNISED:
            staging.stage(batch)
            if step == "confirm":
                landing.try_out(batch, by=clerk)
    return int(batch.pk)


def report(*, frozen: bool = False) -> int:
    """The county report of a year; frozen although much of it is still to be filled in."""
    year = 2025 if frozen else 2026
    office = User.objects.get(staff_no="1101")
    with acting_as_system("test"):
        bureau = Unit.objects.get(parent=None, kind="bureau")
        span = {"from_on": date(year, 1, 1), "to_on": date(year, 6, 30)}
        found = Report.objects.filter(org=bureau, **span).first()
        if found is None:
            first, last = span.values()
            found = writing.start("county-2023", org=bureau, frm=first, to=last, by=office)
            if frozen:
                with patch.object(freezing, "obstacles", lambda *given: []):
                    freezing.freeze(found, by=office)
    return int(found.pk)


def progress_page() -> str:
    """The address that the QR code of a dispute's receipt opens."""
    with acting_as_system("test"):
        paper = CasePaper.objects.filter(kind="arb.receipt").order_by("pk")[0]
        return urlsplit(progress.new_code(paper)["query_url"]).path


def drawn() -> int:
    """A public draw with its result."""
    clerk = User.objects.get(staff_no="1101")
    objects = [{"id": f"E{n}", "label": f"示例企业{n}"} for n in range(1, 41)]
    officers = [{"id": f"P{n}", "label": f"检查员{n}", "avoid": []} for n in range(1, 7)]
    with acting_as_system("test"):
        made = Draw.objects.filter(title="示例抽查").first()
        if made is None:
            made = Draw.objects.create(
                unit=clerk.unit,
                created_by=clerk,
                title="示例抽查",
                k=5,
                objects_list=objects,
                officers=officers,
                list_sha256=drawing.list_hash(objects, officers, 5),
                seed_kind=Draw.SeedKind.PUBLIC,
                seed_source="上证指数收盘点位",
                seed_on=date(2023, 11, 20),
                is_public=True,
                published_at=datetime(2023, 11, 16, 1, tzinfo=UTC),
                published_by=clerk,
            )
            draws.fix_seed(made, "3068.32", by=clerk)
    return int(made.pk)


def asked() -> Round:
    """A round over the mediation ledger of the year, asked by the head of the court."""
    head, today = User.objects.get(staff_no="2001"), timezone.localdate()
    with acting_as(head):
        made = Round.objects.filter(title="示例填报").first()
        if made is None:
            made = Round.objects.create(
                unit=head.unit,
                created_by=head,
                title="示例填报",
                sheet_code="X16",
                from_on=today.replace(month=1, day=1),
                to_on=today,
                due_given=today + timedelta(days=4),
                content="逐件核对来源、结果和协议金额。",
            )
            rounds.send(made, rounds.towns_of(head.unit.root), by=head)
    found: Round = made
    return found


def returned_by(staff_no: str) -> int:
    """The task of that round which an officer has in hand."""
    return int(Task._base_manager.get(round=asked(), handler__staff_no=staff_no).pk)


def task_link(*, answered: bool = False) -> str:
    """The address of a question to an outside body about a dispute; open or answered."""
    clerk = User.objects.get(staff_no="2003")
    with acting_as_system("test"):
        link, path = tasklinks.issue_task_link(
            Dispute.objects.order_by("pk")[0],
            title="核实工资支付情况",
            question="请核实该单位11月工资是否付清，并附支付凭证。",
            body_name="住建局",
            expires_at=timezone.now() + timedelta(days=3),
            by=clerk,
            unit=clerk.unit,
            owner_action="arbitration.dispute.view",
        )
        if answered:
            tasklinks.answer(link, text="已付清。", name="李某")
    return path
