"""The sheets UNITS and USERS: created, updated, unchanged, rejected, taken back."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from hrss_portal.access import bulk, bulk_users, custody, proposals
from hrss_portal.access.imports import UNITS, USERS
from hrss_portal.access.models import Proposal, Unit, User
from hrss_portal.access.scope import acting_as
from tests.cast import County, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def land(administrator: User, acting):
    """Lands rows of a sheet as the administrator; missing columns are empty."""
    acting(administrator)
    context = SimpleNamespace(user=administrator, unit=administrator.unit, batch=None, trial=False)

    def go(sheet, *rows: dict[str, str]):
        names = [column.name for column in sheet.columns]
        clean = [
            SimpleNamespace(number=at, cleaned=dict.fromkeys(names, "") | row, raw={})
            for at, row in enumerate(rows, 2)
        ]
        return sheet.call("commit")(clean, context=context)

    go.context = context
    return go


def actions(answers) -> list[str]:
    """The actions of the answers."""
    return [answer["action"] for answer in answers]


def test_units_land_below_their_parents(land, county: County):
    town = {"name": "新镇", "kind": "乡镇", "code": "341522199", "synonyms": "新市、新集"}
    village = {"name": "甲村", "kind": "村", "parent": "新镇"}
    assert actions(land(UNITS, town, village)) == ["created", "created"]
    assert Unit.objects.get(name="甲村").parent.name == "新镇"
    assert actions(land(UNITS, town, village)) == ["unchanged", "unchanged"]
    [answer] = land(UNITS, {**town, "phone": "0564"})
    assert (answer["action"], answer["row"]) == ("updated", 2)
    [back] = UNITS.call("undo")([answer], context=land.context)
    assert back["undone"]
    assert Unit.objects.get(name="新镇").phone == ""


def test_units_that_fit_nowhere_are_rejected_in_words(land, county):
    rows = (
        {"name": "甲", "kind": "什么"},
        {"name": "甲", "kind": "村"},
        {"name": "甲", "kind": "村", "parent": "没有镇"},
        {"name": "甲", "kind": "股室", "led_by": "0000"},
    )
    answers = land(UNITS, *rows)
    assert actions(answers) == ["rejected"] * 4
    assert [answer["messages"][0][0] for answer in answers] == [
        "kind",
        "parent",
        "parent",
        "led_by",
    ]
    assert "没有镇" in answers[2]["messages"][0][1]


def test_a_unit_stands_only_below_its_kind(land, county: County):
    rows = (
        {"name": "乙镇", "kind": "乡镇", "parent": "城关镇"},
        {"name": "丙股", "kind": "股室", "parent": "城关镇"},
        {"name": "丁局", "kind": "外部单位", "parent": "就业股"},
        {"name": "戊村", "kind": "村", "parent": "就业股"},
    )
    answers = land(UNITS, *rows)
    assert [answer["messages"][0][0] for answer in answers] == ["parent"] * 4
    assert "上级是本局" in answers[0]["messages"][0][1]
    below = {"name": "丙股", "kind": "股室", "parent": "劳动人事争议仲裁院"}
    assert actions(land(UNITS, below)) == ["created"]


def test_a_town_without_a_parent_is_not_put_under_the_line_above(
    county: County, administrator: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The line above is a village of another town: its parent is not the town's."""
    rows = "名称,类别,上级单位\n甲村,村,城关镇\n乙镇,乡镇,\n"
    (tmp_path / "u.csv").write_text(rows, encoding="utf-8")
    call_command("import_sheet", "UNITS", str(tmp_path / "u.csv"), "--user", "9101", "--commit")
    assert "新增 2" in capsys.readouterr().out
    assert Unit.objects.get(name="乙镇").parent == county.bureau
    assert Unit.objects.get(name="甲村").parent == county.town("城关镇")


def test_users_land_with_posts_proposed(land, county: County):
    row = {"staff_no": "n88", "name": "新人", "unit": "就业股", "posts": "就业经办、仲裁员"}
    [answer] = land(USERS, row)
    assert answer["action"] == "created"
    user = User.objects.get(staff_no="N88")
    assert (user.unit.name, user.has_usable_password(), user.grants.count()) == ("就业股", False, 0)
    assert Proposal.objects.filter(state="waiting").count() == 2
    assert actions(land(USERS, row)) == ["unchanged"]
    assert Proposal.objects.filter(state="waiting").count() == 2
    [back] = USERS.call("undo")([answer], context=land.context)
    assert back["undone"]
    assert not User.objects.filter(staff_no="N88").exists()
    assert Proposal.objects.filter(state="withdrawn").count() == 2


@pytest.mark.parametrize("end", ["withdrawn", "refused"])
def test_a_post_neither_held_nor_waiting_is_proposed_again(
    land, county: County, security_admin: User, end: str
):
    row = {"staff_no": "N88", "name": "新人", "unit": "就业股", "posts": "就业经办、仲裁员"}
    land(USERS, row)
    first, second = Proposal.objects.order_by("pk")
    if end == "withdrawn":
        proposals.withdraw(first, by=land.context.user)
    else:
        proposals.refuse(first, by=security_admin, answer="写错")
    assert actions(land(USERS, row)) == ["updated"]
    posts = Proposal.objects.filter(state="waiting").values_list("payload__post", flat=True)
    assert sorted(posts) == sorted([first.payload["post"], second.payload["post"]])
    assert actions(land(USERS, row)) == ["unchanged"]
    proposals.confirm(Proposal.objects.order_by("pk").last(), by=security_admin)
    assert actions(land(USERS, row)) == ["unchanged"]


def test_a_check_by_nobody_looks_at_the_guards_and_proposes_nothing(land, county: County):
    row = {"staff_no": "7001", "name": "甲", "unit": "就业股", "posts": "就业经办"}
    land.context.user = None
    assert actions(land(USERS, row)) == ["created"]
    assert not Proposal.objects.exists()


def test_a_rejected_user_leaves_nothing(land, county, administrator, stranger):
    rows = (
        {"staff_no": "X1", "name": "甲", "unit": "没有股"},
        {"staff_no": "X2", "name": "甲", "unit": "就业股", "posts": "国王"},
        {"staff_no": "X3", "name": "甲", "unit": "就业股", "deputy": "0000"},
        {"staff_no": stranger.staff_no, "name": "甲", "unit": "就业股"},
        {"staff_no": "工号", "name": "甲", "unit": "就业股"},
        {"staff_no": administrator.staff_no, "name": "改名", "unit": "就业股", "posts": "局长"},
    )
    assert actions(land(USERS, *rows)) == ["rejected"] * 6
    assert not User.objects.filter(staff_no__startswith="X").exists()
    administrator.refresh_from_db()
    assert administrator.name == "管理"


def test_a_and_b_of_one_roster_name_each_other(land, county):
    rows = (
        {"staff_no": "m1", "name": "甲", "unit": "就业股", "deputy": "M2"},
        {"staff_no": "M2", "name": "乙", "unit": "就业股", "deputy": "Ｍ1"},
        {"staff_no": "M3", "name": "丙", "unit": "就业股", "deputy": "M4"},
        {"staff_no": "M4", "name": "丁", "unit": "没有股"},
        {"staff_no": "M5", "name": "戊", "unit": "就业股", "deputy": "M5"},
    )
    answers = land(USERS, *rows)
    assert actions(answers) == ["created", "created", "created", "rejected", "rejected"]
    named = dict(User.objects.filter(staff_no__startswith="M").values_list("name", "deputy__name"))
    assert named == {"甲": "乙", "乙": "甲", "丙": None}
    assert "M4 那一行没有导入" in answers[2]["messages"][0][1]
    assert answers[4]["messages"] == [("deputy", "B 岗须为另一人")]
    assert actions(land(USERS, *rows[:2])) == ["unchanged", "unchanged"]
    done = USERS.call("undo")(answers[1::-1], context=land.context)
    assert [one["undone"] for one in done] == [True, True]


def test_a_pair_of_which_one_is_used_stays_as_it_was(land, county):
    pair = (("P1", "P2"), ("P2", "P1"))
    answers = land(
        USERS, *({"staff_no": a, "name": a, "unit": "就业股", "deputy": b} for a, b in pair)
    )
    for user in User.objects.filter(staff_no__startswith="P"):
        user.grants.create(post="EMP", unit=user.unit)
    done = USERS.call("undo")(answers[::-1], context=land.context)
    assert [one["undone"] for one in done] == [False, False]
    assert User.objects.get(staff_no="P1").deputy.staff_no == "P2"


def test_an_account_that_stays_keeps_its_b(land, county):
    rows = (
        {"staff_no": "Q1", "name": "甲", "unit": "就业股", "deputy": "Q2"},
        {"staff_no": "Q2", "name": "乙", "unit": "就业股"},
    )
    answers = land(USERS, *rows)
    used = User.objects.get(staff_no="Q1")
    used.grants.create(post="EMP", unit=used.unit)
    done = USERS.call("undo")(answers[::-1], context=land.context)
    assert [one["undone"] for one in done] == [False, False]
    assert User.objects.get(staff_no="Q1").deputy.staff_no == "Q2"


def test_a_used_account_is_not_taken_back(land, county):
    [answer] = land(USERS, {"staff_no": "n88", "name": "新人", "unit": "就业股"})
    user = User.objects.get(staff_no="N88")
    user.grants.create(post="EMP", unit=user.unit)
    [back] = USERS.call("undo")([answer], context=land.context)
    assert (back["undone"], "保留" in back["message"]) == (False, True)


def test_exports_show_the_own_bureau_only(administrator, clerk, stranger, other_county):
    with acting_as(administrator):
        numbers = {bulk_users.user_cells(user)["staff_no"] for user in bulk_users.export_users({})}
        assert (clerk.staff_no in numbers, stranger.staff_no in numbers) == (True, False)
        towns = [bulk.unit_cells(unit)["name"] for unit in bulk.export_units({"kind": ["town"]})]
        assert towns == ["城关镇", "河口镇", "周集镇"]
        with pytest.raises(ValueError, match="colour"):
            bulk_users.export_users({"colour": ["red"]})
    other = person("9801", "别管", other_county.bureau, "SYS")
    with acting_as(other):
        assert [unit.name for unit in bulk.export_units({"kind": ["town"]})] == ["邻城镇"]


@pytest.mark.parametrize("cell", ["name", "phone"])
def test_what_a_page_changed_while_the_accounts_land_stays(land, county: County, monkeypatch, cell):
    told = {"staff_no": "8001", "name": "赵甲", "unit": "就业股", "phone": "1"}
    land(USERS, told)
    check = custody.check_deputy

    def meanwhile(user, deputy):
        change = {"name": "赵乙"} if cell == "name" else {"phone": "2"}
        User.objects.filter(staff_no="8001").update(**change, version=2)
        check(user, deputy)

    monkeypatch.setattr(custody, "check_deputy", meanwhile)
    [answer] = land(USERS, {**told, "name": "", "phone": "3"})
    user = User.objects.get(staff_no="8001")
    if cell == "name":
        assert (answer["action"], user.name, user.phone) == ("updated", "赵乙", "3")
        assert answer["before"] == {"phone": "1", "version": 3}
    else:
        assert answer["action"] == "rejected"
        assert user.phone != "3"  # what the page stored went with the row's savepoint here
        assert answer["messages"] == [("phone", "导入期间有人改过这一项，请核对后再导入")]
