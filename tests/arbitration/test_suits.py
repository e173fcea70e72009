"""Both sides may go to a court over one award: each is kept, shown, counted and exchanged."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from arbitration.documents.values import dispute_values
from arbitration.forms import FollowUpForm
from arbitration.imports.columns import CaseNumberField
from arbitration.models import Dispute
from arbitration.workflows.suits import result_words, went_words
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import CasePaper
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.indicators.figures import value
from tests.arbitration.test_going_to_court import FINAL, close, decide, side
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
HEAD = "案号,申请人,被申请人,案由,收案日期,立案日期,结案日期,结案方式,是否起诉\n"
ROW = "霍劳人仲案〔2023〕{n}号,王甲,霍邱示例乙有限公司,社会保险,2023-05-01,2023-05-04,2023-06-01,终局裁决,{cell}\n"  # noqa: E501


@pytest.fixture
def both(deliberating: Dispute, arbitration_head: User, today: Any) -> Dispute:
    """A final award; the worker sued, then the employer asked to set it aside."""
    case = decide(deliberating, arbitration_head, **FINAL)
    for role, went, result in (("applicant", "sued", "upheld"), ("respondent", "set_aside", "")):
        data = {"follow_up": went, "party": side(case, role), "court_result": result}
        moves.move(case, "follow_up", by=arbitration_head, data=data)
    return Dispute.objects.get(pk=case.pk)


def test_what_one_side_did_stays_beside_the_others(both: Dispute) -> None:
    assert went_words(both) == "劳动者起诉；用人单位申请撤销"
    assert result_words(both) == "劳动者：维持"
    paper = CasePaper(case=both.case_ptr, kind="arb.closing", called_on=date(2023, 11, 20))
    assert dispute_values(paper)["follow_up"] == "劳动者起诉；用人单位申请撤销"


def test_nobody_is_not_written_over_a_side_and_a_slip_is_taken_back(
    both: Dispute, arbitration_head: User, today: Any
) -> None:
    today.move_to("2024-01-10T09:00:00+08:00")
    with pytest.raises(MoveRefused, match="已登记劳动者起诉；用人单位申请撤销"):
        moves.move(both, "follow_up", by=arbitration_head, data={"follow_up": "none"})
    given = {"follow_up": "unknown", "party": str(side(both, "respondent").pk), "on": "2024-01-10"}
    form = FollowUpForm(given, case=both, user=arbitration_head)
    assert form.is_valid(), form.errors
    moves.move(both, "follow_up", by=arbitration_head, data=form.move_data())
    case = Dispute.objects.get(pk=both.pk)
    assert (went_words(case), case.follow_up) == ("劳动者起诉", "sued")


def test_each_side_has_its_figure(both: Dispute, today: Any) -> None:
    today.move_to("2024-01-10T09:00:00+08:00")
    close(both, follow_up="set_aside", party=side(both, "respondent"))
    span = {"frm": date(2023, 1, 1), "to": date(2024, 1, 10)}
    for code, count in (("worker_sued", 1), ("employer_sued", 0), ("employer_set_aside", 1)):
        assert value(f"arb.{code}", **span).value == count


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("劳动者起诉；用人单位申请撤销", ("sued", "set_aside", "set_aside")),
        ("用人单位申请撤销、劳动者起诉", ("sued", "set_aside", "set_aside")),
        ("用人单位申请撤销；用人单位起诉", ("", "set_aside", "set_aside")),
        ("劳动者起诉", ("sued", "", "sued")),
        ("无", ("", "", "none")),
        ("", ("", "", "unknown")),
    ],
)
def test_a_ledger_tells_both_and_gives_them_back(
    county: Any, clerk: User, tmp_path: Path, acting: Callable[..., Any], today: Any,
    capsys: Any, cell: str, stored: tuple[str, str, str],
) -> None:  # fmt: skip
    for word in ("新增 1", "未变 1"):
        (tmp_path / "x10.csv").write_text(HEAD + ROW.format(n=7, cell=cell), encoding="utf-8")
        call_command("import_sheet", "X10", str(tmp_path / "x10.csv"), "--user", clerk.staff_no,
                     "--commit")  # fmt: skip
        assert word in capsys.readouterr().out
    acting("test")
    case = Dispute.objects.get()
    assert (case.worker_went, case.employer_went) == stored[:2]
    assert case.follow_up in {stored[2], stored[0] or stored[1] or stored[2]}


@pytest.mark.parametrize(
    ("cell", "words"),
    [("劳动者上访", "看不懂"), ("用人单位起诉", "终局裁决用人单位不能起诉")],
)
def test_words_that_no_side_does_are_refused(
    county: Any, clerk: User, tmp_path: Path, today: Any, capsys: Any, cell: str, words: str
) -> None:
    (tmp_path / "x10.csv").write_text(HEAD + ROW.format(n=8, cell=cell), encoding="utf-8")
    with pytest.raises(SystemExit):
        call_command("import_sheet", "X10", str(tmp_path / "x10.csv"), "--user", clerk.staff_no)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("written", ["没有案号", "2023年第7件"])
def test_a_number_that_cannot_be_read_says_how_it_is_written(written: str) -> None:
    with pytest.raises(ValidationError, match=f"案号“{written}”看不懂，应写作 霍劳人仲案"):
        CaseNumberField().clean(written)
    assert CaseNumberField().clean("霍劳人仲案(2023)7号") == "霍劳人仲案〔2023〕7号"


@pytest.mark.parametrize("went", ["sued", "set_aside"])
def test_nobody_goes_over_an_award_that_was_never_made(
    deliberating: Dispute, arbitration_head: User, today: Any, went: str
) -> None:
    moves.move(deliberating, "withdraw", by=arbitration_head, data={"outcome": "withdrawn"})
    make.served(deliberating, arbitration_head, "撤回仲裁申请决定书")
    close(deliberating, follow_up="unknown")
    case, firm = Dispute.objects.get(pk=deliberating.pk), side(deliberating, "respondent")
    given = {"on": "2023-11-20", "follow_up": went, "party": firm.pk}
    form = FollowUpForm(given, case=case, user=arbitration_head)
    assert form.errors["follow_up"] == ["此件没有裁决书，不能登记起诉、申请撤销"]
    # as it stands in a file of before
    moves.move(case, "follow_up", by=arbitration_head, data={"follow_up": went, "party": firm})
    assert Dispute.objects.get(pk=case.pk).employer_went == went
    day = {"frm": date(2023, 11, 20), "to": date(2023, 11, 20)}
    assert value(f"arb.employer_{went}", **day).value == 0
