"""Registers as sheets: landed once, changed by what a row tells, refused with reasons, undone."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arbitration.imports.registers import bodies, staff
from arbitration.models import MediationOrganisation, StaffMember
from hrss_portal.access.models import Unit, User
from hrss_portal.areas import Column
from hrss_portal.casework import register_ledgers
from hrss_portal.casework.register_ledgers import RegisterLedger
from hrss_portal.parties.fields import TextCell
from tests.cast import County
from tests.factories import arbitration as make

MEMBER = {
    "name": "王示例",
    "role": "full_time",
    "cert_no": "皖仲0001",
    "expires_on": date(2028, 12, 31),
    "from_body": "",
    "started_on": date(2020, 1, 1),
    "ended_on": None,
}
BODY = {
    "name": "城关镇调委会",
    "level": "town",
    "town": None,
    "head": "",
    "mediators": "",
    "phone": "",
    "state": "founded",
    "founded_on": date(2022, 6, 1),
    "dissolved_on": None,
}


@pytest.fixture
def context(county: County, arbitration_head: User, acting: Any) -> SimpleNamespace:
    """What the pipeline tells the sheet: who lands it, for which unit, in which batch."""
    acting("test")
    batch = SimpleNamespace(pk=7)
    return SimpleNamespace(user=arbitration_head, unit=make.court(county), batch=batch, trial=False)


def land(ledger: RegisterLedger, context: Any, *told: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers to rows of these cleaned cells."""
    rows = [SimpleNamespace(number=number, cleaned=one) for number, one in enumerate(told, 1)]
    return ledger.commit(rows, context=context)


def actions(answers: list[dict[str, Any]]) -> list[str]:
    """What became of the rows."""
    return [answer["action"] for answer in answers]


def test_the_key_tells_a_record_and_an_empty_cell_changes_nothing(context: Any) -> None:
    other = MEMBER | {"name": "李示例"}
    assert actions(land(staff, context, MEMBER, other)) == ["created", "created"]
    later = MEMBER | {"cert_no": "", "from_body": "县工商联"}
    again = land(staff, context, later, other, MEMBER | {"role": "part_time"})
    assert actions(again) == ["updated", "unchanged", "created"]
    member = StaffMember.objects.get(name="王示例", role="full_time")
    assert (member.cert_no, member.from_body, member.version) == ("皖仲0001", "县工商联", 2)
    assert (member.source, member.unit, member.created_by) == ("sheet", context.unit, context.user)
    assert again[0]["before"] == {"from_body": "", "version": 2}


def test_looking_for_the_records_costs_the_same_for_five_rows_and_for_fifty(context: Any) -> None:
    rows = [MEMBER | {"name": f"王示例{number}"} for number in range(50)]
    assert actions(land(staff, context, *rows)) == ["created"] * 50
    asked = []
    for size in (5, 50):
        with CaptureQueriesContext(connection) as seen:
            assert actions(land(staff, context, *rows[:size])) == ["unchanged"] * size
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_what_the_model_refuses_stays_out_and_says_why(context: Any) -> None:
    wrong = MEMBER | {"name": "赵示例", "ended_on": date(2019, 1, 1)}
    good, bad = land(staff, context, MEMBER, wrong)
    assert (good["action"], bad["action"]) == ("created", "rejected")
    assert bad["messages"] == [("name", "离任日期不能早于任职日期")]
    [bad] = land(staff, context, MEMBER | {"ended_on": date(2019, 1, 1)})
    assert (bad["action"], bad["messages"]) == ("rejected", [("name", "离任日期不能早于任职日期")])
    assert StaffMember.objects.get().ended_on is None


def test_a_batch_is_taken_back(context: Any, county: County) -> None:
    [made] = land(bodies, context, BODY)
    town = county.town("城关镇")
    told = BODY | {"town": town, "founded_on": date(2022, 6, 30), "head": "孟示例"}
    [changed] = land(bodies, context, told)
    assert actions([made, changed]) == ["created", "updated"]
    assert bodies.undo([changed], context=context) == [{"row": 1, "undone": True, "message": ""}]
    body = MediationOrganisation.objects.get()
    assert (body.town, body.founded_on, body.head) == (None, date(2022, 6, 1), "")
    [stays] = bodies.undo([made], context=context)
    words = f"城关镇调委会 导入后又改过（{context.user.name}），没有撤销"
    assert stays == {"row": 1, "undone": False, "message": words}
    second = land(bodies, context, BODY | {"name": "孟集镇调委会"}, BODY)
    assert actions(second) == ["created", "unchanged"]
    assert [one["undone"] for one in bodies.undo(second[::-1], context=context)] == [True, True]
    gone = MediationOrganisation.objects.get(name="孟集镇调委会")
    assert (gone.is_void, gone.void_reason) == (True, "撤销导入批次 7")
    assert not MediationOrganisation.objects.get(name="城关镇调委会").is_void


def test_what_is_exported_is_what_was_told(context: Any, county: County) -> None:
    town = county.town("城关镇")
    dissolved = {"name": "示例商会调委会", "level": "chamber", "state": "dissolved"}
    land(
        bodies,
        context,
        BODY | {"town": town},
        BODY | dissolved | {"dissolved_on": date(2023, 1, 1)},
    )
    [body] = bodies.export({"level": ["town"]})
    cells = bodies.row_of(body)
    assert list(cells) == [column.name for column in bodies.columns]
    assert (cells["level"], cells["town"], cells["state"]) == ("乡镇调委会", town.name, "已建立")
    assert [one.name for one in bodies.export({"state": ["dissolved"]})] == ["示例商会调委会"]
    with pytest.raises(ValueError, match="没有“head”这个筛选项"):
        bodies.export({"head": ["孟示例"]})


def change(by: User, **told: Any) -> None:
    """Somebody changes the one body on its page."""
    body = MediationOrganisation.objects.get()
    for name, value in told.items():
        setattr(body, name, value)
    body.version += 1
    body.updated_by = by
    body.save()


@pytest.mark.parametrize("cell", ["phone", "head"])
def test_what_somebody_changed_since_the_batch_was_read_stays(
    context: Any, clerk: User, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    land(bodies, context, BODY)
    read = bodies._stored

    def stored(told: Any) -> Any:
        found = read(told)
        change(clerk, **{cell: "李示例"})
        return found

    monkeypatch.setattr(bodies, "_stored", stored)
    (answer,) = land(bodies, context, BODY | {"head": "孟示例"})
    body = MediationOrganisation.objects.get()
    if cell == "phone":
        assert (answer["action"], body.phone, body.head) == ("updated", "李示例", "孟示例")
        assert answer["before"] == {"head": "", "version": 3}
    else:
        assert (answer["action"], body.head) == ("rejected", "李示例")
        ((column, words),) = answer["messages"]
        assert (column, clerk.name in words) == ("head", True)


def test_what_somebody_changes_while_a_batch_is_taken_back_stays(
    context: Any, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(bodies, context, BODY)
    answers = land(bodies, context, BODY | {"head": "孟示例"})
    taken = register_ledgers._taken_back

    def late(*given: Any) -> Any:
        change(clerk, phone="123")
        return taken(*given)

    monkeypatch.setattr(register_ledgers, "_taken_back", late)
    (done,) = bodies.undo(answers, context=context)
    assert (done["undone"], clerk.name in done["message"]) == (False, True)
    body = MediationOrganisation.objects.get()
    assert (body.phone, body.head) == ("123", "孟示例")


class BodyByTown(RegisterLedger):
    """A body is told by its town, which the sheet names in words of its own, and its name."""

    model = MediationOrganisation
    told_by = ("town", "name")
    columns = (
        Column(name="place", heading="所在地", field=TextCell, key=True),
        Column(name="name", heading="名称", field=TextCell, key=True),
    )

    def lookups(self, rows: Any, user: Any) -> dict[str, Unit]:
        names = {row.cleaned["place"] for row in rows}
        return {unit.name: unit for unit in Unit.objects.filter(name__in=names)}

    def problems(self, cleaned: Any, known: Any) -> Any:
        if cleaned["place"] not in known:
            yield "place", f"没有“{cleaned['place']}”"

    def found(self, cleaned: Any, known: Any) -> dict[str, Any]:
        return {"town": known[cleaned["place"]]}

    def values(self, cleaned: Any) -> dict[str, Any]:
        return {"name": cleaned["name"], "level": "town", "founded_on": date(2022, 6, 1)}

    def row_of(self, record: Any) -> dict[str, Any]:
        return {"place": record.town.name, "name": record.name}


def test_rows_of_other_tables_are_found_once_for_all_rows(context: Any, county: County) -> None:
    ledger = BodyByTown()
    here, there = county.town("城关镇"), county.town("河口镇")
    told = [{"place": unit.name, "name": f"调委会{n}"} for n in range(20) for unit in (here, there)]
    assert actions(land(ledger, context, *told)) == ["created"] * 40
    assert MediationOrganisation.objects.filter(town=there).count() == 20
    asked = []
    for size in (5, 40):
        with CaptureQueriesContext(connection) as seen:
            assert actions(land(ledger, context, *told[:size])) == ["unchanged"] * size
        asked.append(len(seen))
    assert asked[0] == asked[1]
    wrong, right = land(ledger, context, {"place": "别处", "name": "调委会1"}, told[0])
    assert (wrong["action"], wrong["messages"]) == ("rejected", [("place", "没有“别处”")])
    assert right["action"] == "unchanged"


def test_a_cell_that_was_told_as_it_stood_does_not_undo_what_somebody_changed_meanwhile(
    context: Any, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = BODY | {"phone": "0564-1"}
    land(bodies, context, told)
    read = bodies._stored

    def stored(rows: Any) -> Any:
        found = read(rows)
        change(clerk, phone="0564-2")
        return found

    monkeypatch.setattr(bodies, "_stored", stored)
    (answer,) = land(bodies, context, told | {"head": "孟示例"})
    assert (answer["action"], dict(answer["messages"]).keys()) == ("rejected", {"phone"})
    body = MediationOrganisation.objects.get()
    assert (body.phone, body.head) == ("0564-2", "")
