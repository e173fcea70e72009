"""Whatever cases there are, their export is imported unchanged; so is a row that comes twice."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arbitration.models import Dispute, MediationCase
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.casework import moves
from hrss_portal.imports import batches, exporting, registry
from hrss_portal.imports.models import StagedRow
from tests.arbitration.test_corrected_ledgers import AGREED, AWARD, Desk, x10, x16
from tests.cast import County
from tests.factories import arbitration as make

__all__ = ["x10", "x16"]
pytestmark = pytest.mark.usefixtures("rules", "today")
NEEDED = {name: AWARD[name] for name in ("applicants", "respondents", "cause", "received_on")}
CLOSED = {"closed_on": "2022-04-01", "filed_on": "2022-03-04"}


def returned(code: str, by: User) -> list[Any]:
    """What an import of the whole export would not leave as it is; the export is not empty."""
    sheet, stream = registry.sheet(code), io.BytesIO()
    with acting_as(by, "test"):
        count = exporting.export_rows(sheet, exporting.rows_of(sheet, {}), stream, by=None)
        batch = batches.dry_run(code, stream.getvalue(), name="导出.xlsx", by=by)
        assert batch.read == count > 0
        rows = StagedRow.objects.filter(batch=batch).exclude(action="unchanged")
        return [(row.action, row.messages) for row in rows.order_by("number")]


def test_live_disputes_come_back_unchanged(
    county: County, clerk: User, arbitration_head: User, deliberating: Dispute, acting: Any
) -> None:
    acting("test")
    moves.amend(
        deliberating,
        by=clerk,
        changes={"remark": "甲、乙，1\n2 =3", "amount": Decimal("0.10")},
        reason="补记",
    )
    make.dispute(county, clerk, date(2023, 11, 2), workers=3, people=12)
    gone = make.dispute(county, clerk, date(2023, 11, 3), is_migrant_wage=True)
    moves.move(gone, "withdraw_early", by=clerk, data={"outcome": "withdrawn"})
    twins = [make.dispute(county, clerk, date(2023, 11, 6)) for _ in range(2)]
    for number, case in enumerate(twins):
        case.parties.update(name="张双生")
        moves.amend(case, by=clerk, changes={"remark": str(number)}, reason="补记")
    assert returned("X10", arbitration_head) == []


def test_live_mediation_cases_come_back_unchanged(
    county: County, mediator: User, arbitration_head: User, acting: Any
) -> None:
    acting("test")
    make.mediation(county, mediator, date(2023, 11, 1), people=3)
    case = make.mediation(county, mediator, date(2023, 11, 2), process="电话。\n当面。")
    moves.move(case, "accept", by=mediator, data={"consent": "yes", "handler": mediator})
    body = MediationCase.objects.first().organisation  # type: ignore[union-attr]
    type(body).objects.filter(pk=body.pk).update(name="改名后的调解中心")
    assert returned("X16", arbitration_head) == []


@pytest.mark.parametrize(
    "cells",
    [
        NEEDED,
        {**NEEDED, "filed_on": "2022-03-04", "hearing_on": "2022-03-21"},
        {**NEEDED, **CLOSED, "close_mode": "裁决", "finality": "分别制作", "awarded": "0"},
        {**NEEDED, **CLOSED, "close_mode": "调解", "finality": "否"},
        {**NEEDED, **CLOSED, "close_mode": "撤回", "awarded": "5000"},
        {**NEEDED, "closed_on": "2022-03-03", "close_mode": "撤回"},
        {**NEEDED, "closed_on": "2022-03-03", "close_mode": "不予受理"},
        {**NEEDED, "closed_on": "2022-03-03", "close_mode": "移送"},
        {**NEEDED, **CLOSED, "close_mode": "移送"},
        {**NEEDED, **CLOSED, "close_mode": "终止", "offline_step": "邮寄送达"},
        {**NEEDED, "applicants": "张示例、李示例等12人", "procedure": "集体"},
        {**NEEDED, "is_migrant": "是", "procedure": "速裁", "handling": "线上"},
    ],
)
@pytest.mark.parametrize("number", ["", "霍劳人仲案〔2022〕第9号"])
def test_a_row_of_any_kind_is_unchanged_the_second_time(
    x10: Desk, arbitration_head: User, cells: dict[str, str], number: str
) -> None:
    assert x10.action(cells | {"number": number}) == ["created"]
    assert x10.action(cells | {"number": number}) == ["unchanged"]
    assert returned("X10", arbitration_head) == []


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"people": "3", "applicants": "张示例、李示例等5人"},
        {"result": "未达成", "agreed_amount": "0", "perform_by": ""},
        {"result": "不受理", "agreed_amount": "", "perform_by": "", "accepted_on": ""},
        {"result": "撤回", "agreed_amount": "", "perform_by": "", "accepted_on": ""},
        {"result": "", "closed_on": "", "agreed_amount": "", "perform_by": ""},
        {"channel": "来访", "platform_no": "", "performed": "已履行", "review": "司法确认"},
    ],
)
def test_a_mediation_row_of_any_kind_is_unchanged_the_second_time(
    x16: Desk, arbitration_head: User, change: dict[str, str]
) -> None:
    assert x16.action(AGREED | change) == ["created"]
    assert x16.action(AGREED | change) == ["unchanged"]
    assert returned("X16", arbitration_head) == []


def test_a_procedure_that_the_ledger_does_not_say_is_unknown(x10: Desk) -> None:
    x10.land(AWARD)
    case = Dispute.objects.get()
    assert (case.procedure, case.procedure_words, case.is_fast) == ("", "未登记", False)
    x10.land(AWARD | {"procedure": "速裁"})
    case.refresh_from_db()
    assert (case.procedure_words, case.is_fast) == ("农民工工资速裁", True)
