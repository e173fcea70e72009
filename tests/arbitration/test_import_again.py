"""A ledger that was taken back is imported again; what the database refuses is said in words."""

from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client

from arbitration.models import Dispute, MediationCase
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.casework import ledger_matching, moves
from hrss_portal.casework.models import Event
from hrss_portal.imports import batches
from hrss_portal.imports.models import Batch
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
HEAD = "案号,申请人,被申请人,案由,收案日期,立案日期,结案日期,结案方式,标的额,是否终局"
ROW = (
    "霍劳人仲案〔2021〕{n}号,{who},某某有限公司,劳动报酬,"
    "2021-09-01,2021-09-03,2021-10-11,裁决,5000,终局"
)
ROWS = "{}\n{}"
MEDIATIONS = (
    "平台编号,来源,申请人,被申请人,争议类型,收到日期,调解组织\n"
    "PT20210801,平台,王示例,某某有限公司,劳动报酬,2021-09-01,县劳动人事争议调解中心"
)
LEDGER = "\n".join([HEAD, ROW.format(n=801, who="张示例"), ROW.format(n=802, who="李示例")])


def counted(batch: Batch) -> tuple[int, int, int, int]:
    """New, changed, unchanged and refused rows."""
    return batch.created, batch.updated, batch.unchanged, batch.rejected


def landed(text: str, clerk: User, sheet: str = "X10") -> Batch:
    """The sheet read, tried out and landed."""
    with acting_as(clerk):
        tried = batches.dry_run(sheet, text.encode(), name="台账.csv", by=clerk)
        done = batches.commit(tried, by=clerk)
        assert counted(done) == counted(tried)
        return done


def taken_back(batch: Batch, clerk: User) -> None:
    with acting_as(clerk):
        assert batches.undo(batch, by=clerk).kept == []


def messages(batch: Batch) -> list[tuple[str, str]]:
    """(column, words) of everything that is wrong."""
    return [
        (item["column"], item["message"])
        for row in batch.rows.order_by("number")
        for item in row.messages
        if item["level"] == "wrong"
    ]


def test_a_ledger_taken_back_is_imported_again_as_often_as_it_is_sent(
    county: County, clerk: User
) -> None:
    for _ in range(3):
        batch = landed(LEDGER, clerk)
        assert counted(batch) == (2, 0, 0, 0)
        taken_back(batch, clerk)
    assert counted(landed(LEDGER, clerk)) == (2, 0, 0, 0)
    assert counted(landed(LEDGER, clerk)) == (0, 0, 2, 0)
    told = Dispute._base_manager.order_by("pk")
    assert [case.is_void for case in told] == [True] * 6 + [False] * 2


def test_the_pages_of_the_wizard_read_the_same_file_again(county: County, clerk: User) -> None:
    taken_back(landed(LEDGER, clerk), clerk)
    browser = Client()
    browser.force_login(clerk)
    with acting_as(clerk):
        batch = batches.receive(batches.sheet_of("X10"), LEDGER.encode(), name="台账.csv", by=clerk)
    chosen = {f"column:{number}": name for number, (name, _) in batch.place.columns.items()}
    answer = browser.post(
        f"/imports/{batch.pk}/columns/", {**chosen, "version": batch.version, "_key": "again-1"}
    )
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{batch.pk}/confirm/")


def test_what_was_taken_back_keeps_its_number_in_words_and_counts_nowhere(
    county: County, clerk: User
) -> None:
    taken_back(landed(LEDGER, clerk), clerk)
    number = "霍劳人仲案〔2021〕801号"
    case = Dispute._base_manager.get(void_reason__contains=number)
    assert (case.number, case.is_void) == (None, True)
    assert case.void_reason.endswith(f"，案号 {number} 退回，可以再次导入")
    told = Event._base_manager.get(case=case, move="void")
    assert told.data["number"] == [number, None]
    landed(LEDGER, clerk)
    with acting_as(clerk):
        assert Dispute.objects.valid().filter(closed_on__year=2021).count() == 2
        assert Dispute.objects.valid().get(number=number).title


def test_the_number_of_the_platform_goes_back_as_well(county: County, clerk: User) -> None:
    with acting_as_system("test"):
        make.mediation_body(county)
    batch = landed(MEDIATIONS, clerk, "X16")
    assert counted(batch) == (1, 0, 0, 0)
    taken_back(batch, clerk)
    assert counted(landed(MEDIATIONS, clerk, "X16")) == (1, 0, 0, 0)
    told = MediationCase._base_manager.order_by("pk")
    assert [(one.external_system, one.external_no) for one in told] == [
        ("", ""),
        ("互联网+调解", "PT20210801"),
    ]


def test_the_number_of_a_case_voided_by_hand_is_refused_in_words(
    county: County, clerk: User, arbitration_head: User
) -> None:
    landed(LEDGER, clerk)
    with acting_as_system("test"):
        case = Dispute.objects.get(number="霍劳人仲案〔2021〕801号")
        moves.void(case, by=arbitration_head, reason="重复登记", checked=True)
    batch = landed(LEDGER.replace("801号", "第801号"), clerk)
    assert counted(batch) == (0, 0, 1, 1)
    words = "霍劳人仲案〔2021〕801号 是一件已作废的案件，作废的编号不再使用，请核对编号"
    assert messages(batch) == [("number", words)]


def test_a_number_out_of_sight_is_refused_beside_its_row_and_the_others_land(
    county: County, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    landed(ROWS.format(HEAD, ROW.format(n=801, who="张示例")), clerk)
    monkeypatch.setattr(ledger_matching.Matches, "_by_number", lambda self, given: {})
    batch = landed(ROWS.format(LEDGER, ROW.format(n=803, who="赵示例")), clerk)
    assert counted(batch) == (2, 0, 0, 1)
    assert messages(batch) == [("number", "这个案号已经用过")]


def test_numbers_that_were_kept_before_are_given_back(county: County, clerk: User) -> None:
    batch = landed(LEDGER, clerk)
    migration = import_module("hrss_portal.casework.migrations.0027_give_back_numbers")
    with acting_as_system("test"):
        for case in Dispute.objects.order_by("pk"):
            moves.void(case, by=clerk, reason=f"撤销导入批次 {batch.pk}", checked=True)
        kept = landed(LEDGER, clerk)
        assert counted(kept) == (0, 0, 0, 2)
        migration.give_back(apps, None)
    assert counted(landed(LEDGER, clerk)) == (2, 0, 0, 0)
    first = Dispute._base_manager.order_by("pk")[0]
    told = f"撤销导入批次 {batch.pk}，案号 霍劳人仲案〔2021〕801号 退回，可以再次导入"
    assert (first.number, first.void_reason) == (None, told)
