"""The pages of rules, calendar and calculation, as the posts see them."""

import re
from datetime import date
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps

from hrss_portal.access.models import Proposal
from hrss_portal.deadlines import changes
from hrss_portal.deadlines.forms import RuleForm
from hrss_portal.deadlines.models import (
    CalendarDay,
    CalendarYear,
    LegalRule,
    Parameter,
)
from hrss_portal.deadlines.notices import as_csv, library_days
from tests.cast import person
from tests.factories import deadlines as make
from tests.kernel.deadlines.test_notices import ARRANGED_2026

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(county):
    make.shipped_rules()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def version(rule: LegalRule, **changed) -> dict[str, str]:
    """The form of a new version as the browser sends it."""
    names = set(RuleForm.base_fields) - {"valid_from", "valid_to"}
    old = {name: "" if getattr(rule, name) is None else str(getattr(rule, name)) for name in names}
    return old | {"valid_from": "2027-01-01", "reason": "按新规定"} | changed


@pytest.mark.parametrize(
    "address",
    [
        "/deadlines/rules/",
        "/deadlines/rules/ARB-14/",
        "/deadlines/parameters/",
        "/deadlines/conditions/",
        "/deadlines/calendar/",
        "/deadlines/calendar/2024/",
        "/deadlines/calendar/2027/",
        "/deadlines/calculate/",
        "/deadlines/calculate/?code=ARB-14&date=2023-08-17",
        "/deadlines/calculate/sheet/?code=ARB-14&date=2023-08-17",
    ],
)
def test_everybody_reads_and_nobody_writes_by_reading(
    get, employment_clerk, auditor, town_officer, address
):
    before = Proposal.objects.count()
    for user in (employment_clerk, auditor, town_officer):
        assert "提议修改" not in get(user, address)
    assert Proposal.objects.count() == before


def test_a_local_value_is_never_called_statutory(get, employment_clerk):
    html = get(employment_clerk, "/deadlines/rules/")
    shown = dict(
        re.findall(r'href="/deadlines/rules/([^/"]+)/">.*?data-standing="([^"]+)"', html, re.DOTALL)
    )
    assert len(shown) == 195 + 5  # of the house
    for rule in LegalRule.objects.filter(valid_to=None):
        plain = rule.nature == "statutory" and rule.sureness not in {"K2", "K3", "L"}
        assert (shown[rule.code] == "法定") is plain


def test_the_list_is_filtered(get, employment_clerk):
    html = get(employment_clerk, "/deadlines/rules/?app=blacklist&sureness=V1")
    assert sorted(set(re.findall(r"rules/(BLK-\d+)/", html))) == [f"BLK-0{n}" for n in range(1, 8)]
    assert "没有符合条件的规则" in get(employment_clerk, "/deadlines/rules/?q=不存在的词")


def test_a_rule_shows_its_versions(get, employment_clerk):
    text = words(get(employment_clerk, "/deadlines/rules/ARB-22/"))
    assert text.index("2022-01-01 起") < text.index("2017-07-01 起，至 2021-12-31")
    get(employment_clerk, "/deadlines/rules/NO-1/", status=404)


def test_who_may_not_propose_is_refused(get, employment_clerk, office_clerk):
    pk = LegalRule.objects.get(code="ARB-23").pk
    for user in (employment_clerk, office_clerk):
        get(user, f"/deadlines/rules/{pk}/propose/", status=403)
        get(user, "/deadlines/calendar/2027/notice/", status=403)


def test_the_forms_of_a_change_are_filled_with_what_holds(get, administrator):
    rule = LegalRule.objects.get(code="ARB-14", region="CN", valid_to=None)
    html = get(administrator, f"/deadlines/rules/{rule.pk}/propose/")
    assert 'value="45"' in html
    assert re.search(r'<option value="calendar_day"\s+selected', html)
    parameter = Parameter.objects.get(code="BLK-YEARS")
    assert "失信联合惩戒期限" in get(
        administrator, f"/deadlines/parameters/{parameter.pk}/propose/"
    )
    for address in (
        "rules/new",
        "parameters/new",
        "conditions/new",
        "calendar/2027/notice",
        "calendar/closing",
    ):
        assert 'name="_key"' in get(administrator, f"/deadlines/{address}/")


def test_a_change_takes_two_people_and_stands_from_its_day(
    post, get, arbitration_head, lawyer, employment_clerk
):
    old = LegalRule.objects.get(code="ARB-23")
    address = f"/deadlines/rules/{old.pk}/propose/"
    answer = post(arbitration_head, address, **version(old, length="3", sureness="V2"))
    proposal = Proposal.objects.get()
    assert answer.redirect_chain[-1][0] == f"/deadlines/proposals/{proposal.pk}/"
    assert LegalRule.objects.filter(code="ARB-23").count() == 1

    again = post(arbitration_head, address, **version(old, length="3", sureness="V2"))
    assert (again.status_code, Proposal.objects.count()) == (200, 1)

    confirm = f"/deadlines/proposals/{proposal.pk}/confirm/"
    assert post(employment_clerk, confirm).status_code == 403
    assert post(arbitration_head, confirm).status_code == 403
    shown = words(get(lawyer, f"/deadlines/proposals/{proposal.pk}/"))
    assert "期限 5 3 改" in shown
    assert "已复核，修改生效" in words(post(lawyer, confirm).content.decode())
    assert post(lawyer, confirm).status_code == 400

    before, after = LegalRule.objects.filter(code="ARB-23").order_by("valid_from")
    if before.valid_from is not None:
        before, after = after, before
    assert (before.valid_to, before.length) == (date(2026, 12, 31), 5)
    assert (after.valid_from, after.length, after.origin) == (date(2027, 1, 1), 3, "bureau")
    assert after.proposal == proposal
    assert "程院提议、严法复核" in words(get(employment_clerk, "/deadlines/rules/ARB-23/"))


def test_the_same_first_day_is_a_correction(post, administrator, lawyer):
    old = LegalRule.objects.get(code="LIC-07")
    post(
        administrator,
        f"/deadlines/rules/{old.pk}/propose/",
        **version(old, note="更正备注", valid_from="2022-03-01"),
    )
    post(lawyer, f"/deadlines/proposals/{Proposal.objects.get().pk}/confirm/")
    corrected = LegalRule.objects.get(code="LIC-07")
    assert (corrected.pk, corrected.note, corrected.valid_from) == (
        old.pk,
        "更正备注",
        date(2022, 3, 1),
    )


def test_a_version_between_two_ends_before_the_later_one(post, administrator, lawyer):
    old = LegalRule.objects.get(code="ARB-22", valid_to=None)
    post(
        administrator,
        f"/deadlines/rules/{old.pk}/propose/",
        **version(old, length="45", valid_from="2020-01-01"),
    )
    post(lawyer, f"/deadlines/proposals/{Proposal.objects.get().pk}/confirm/")
    spans = LegalRule.objects.filter(code="ARB-22").order_by("valid_from")
    assert [(rule.length, rule.valid_from, rule.valid_to) for rule in spans] == [
        (60, date(2017, 7, 1), date(2019, 12, 31)),
        (45, date(2020, 1, 1), date(2021, 12, 31)),
        (30, date(2022, 1, 1), date(2023, 12, 31)),
        (30, date(2024, 1, 1), None),
    ]


def test_bad_versions_are_refused_with_words(post, administrator):
    old = LegalRule.objects.get(code="ARB-14", region="CN", valid_to=None)
    answer = post(
        administrator,
        f"/deadlines/rules/{old.pk}/propose/",
        **version(old, length="-1", warn_before="三天", ext_unit="month", valid_from="", reason=""),
    )
    text = words(answer.content.decode())
    assert answer.status_code == 400
    assert "填写施行日期" in text
    assert "cd 自然日，wd 工作日" in text
    assert "延长的单位应与期限的单位一致" in text
    assert Proposal.objects.count() == 0


def test_twenty_presses_make_one_proposal(post, client, administrator, arbitration_head):
    old = LegalRule.objects.get(code="ARB-23")
    address = f"/deadlines/rules/{old.pk}/propose/"
    closed = {"region": "341522", "first": "2023-12-05", "last": "2023-12-05", "reason": "台风"}
    for _ in range(20):
        post(arbitration_head, address, **version(old, length="3"), _key="a")
    assert Proposal.objects.count() == 1
    assert client.post(address, version(old, length="4")).status_code == 409
    client.force_login(administrator)
    assert client.post("/deadlines/calendar/closing/", closed).status_code == 409
    assert Proposal.objects.count() == 1


def test_a_proposal_is_sent_back_or_withdrawn(post, administrator, lawyer, arbitration_head):
    old = LegalRule.objects.get(code="ARB-23")
    address = f"/deadlines/rules/{old.pk}/propose/"
    post(arbitration_head, address, **version(old, length="3"))
    first = Proposal.objects.get()
    assert post(lawyer, f"/deadlines/proposals/{first.pk}/refuse/").status_code == 400
    post(lawyer, f"/deadlines/proposals/{first.pk}/refuse/", answer="没有依据")
    first.refresh_from_db()
    assert (first.state, first.answer) == ("refused", "没有依据")
    post(arbitration_head, address, **version(old, length="4"))
    second = Proposal.objects.get(state="waiting")
    assert post(lawyer, f"/deadlines/proposals/{second.pk}/withdraw/").status_code == 400
    post(arbitration_head, f"/deadlines/proposals/{second.pk}/withdraw/")
    second.refresh_from_db()
    assert second.state == "withdrawn"


def test_an_unknown_threshold_is_filled_in_by_two_people(post, administrator, lawyer):
    old = Parameter.objects.get(code="ARR-CRIME-AH")
    names = ["code", "region", "name", "unit", "legal_basis", "source", "note"]
    data = {name: getattr(old, name) for name in names}
    post(
        administrator,
        f"/deadlines/parameters/{old.pk}/propose/",
        **data,
        value="8000",
        sureness="V2",
        valid_from="2024-01-01",
        reason="皖高法文件",
    )
    post(lawyer, f"/deadlines/proposals/{Proposal.objects.get().pk}/confirm/")
    old.refresh_from_db()
    fresh = Parameter.objects.get(code="ARR-CRIME-AH", valid_from=date(2024, 1, 1))
    assert old.valid_to == date(2023, 12, 31)
    assert (fresh.number, fresh.standing) == (8000, "有依据")


def test_a_notice_is_read_compared_and_published(post, get, administrator, lawyer):
    address = "/deadlines/calendar/2026/notice/"
    asked = {"title": "关于2026年的通知", "url": "https://www.gov.cn/x", "text": ARRANGED_2026}
    read = words(post(administrator, address, **asked).content.decode())
    assert "与节假日库逐日核对一致" in read
    assert Proposal.objects.count() == 0
    post(administrator, address, **asked, propose="1")
    proposal = Proposal.objects.get()
    assert "2026-10-10 周六 调休上班 国庆节" in words(
        get(lawyer, f"/deadlines/proposals/{proposal.pk}/")
    )
    post(lawyer, f"/deadlines/proposals/{proposal.pk}/confirm/")
    year = CalendarYear.objects.get(year=2026)
    assert (year.status, year.origin, year.proposal) == ("published", "bureau", proposal)
    assert year.days.count() == 39
    assert "全年 248 个工作日" in words(get(lawyer, "/deadlines/calendar/2026/"))


def test_a_provisional_year_says_so_until_its_notice_is_in(post, get, administrator, lawyer):
    page = "/deadlines/calendar/2027/"
    assert "暂定，待放假通知" in get(administrator, page)
    assert "2027年放假通知还没有载入" in get(administrator, page)
    get(administrator, "/deadlines/calendar/?year=2027", status=302)
    asked = "/deadlines/calculate/?code=ARB-01&date=2027-03-01"
    assert "暂定，待放假通知" in get(administrator, asked)
    days = as_csv(library_days(2026)).replace("2026", "2027")
    post(administrator, f"{page}notice/", title="通知", text=days, propose="1")
    post(lawyer, f"/deadlines/proposals/{Proposal.objects.get().pk}/confirm/")
    assert "已公布" in get(administrator, page)
    assert "暂定" not in get(administrator, asked)


def test_the_library_fills_the_box(get, administrator):
    html = get(administrator, "/deadlines/calendar/2021/notice/?from=library")
    assert "2021-02-07,makeup_workday,春节" in html


def test_a_local_closing_moves_dates_of_its_region_only(post, get, administrator, lawyer):
    asked = {"first": "2024-07-26", "region": "霍邱县", "reason": "台风停工停业"}
    refused = post(administrator, "/deadlines/calendar/closing/", **(asked | {"region": "CN"}))
    assert refused.status_code == 400
    post(administrator, "/deadlines/calendar/closing/", **asked)
    post(lawyer, f"/deadlines/proposals/{Proposal.objects.get().pk}/confirm/")
    question = "/deadlines/calculate/?code=ARB-01&date=2024-07-22"
    assert "2024-07-29" in words(get(lawyer, question)).split("内部到期日")[0]
    here = words(get(lawyer, question + "&region=霍邱县"))
    assert "2024-07-30" in here.split("内部到期日")[0]
    assert "本地停止办公（台风停工停业），不计入" in here
    post(administrator, "/deadlines/calendar/closing/", **asked, remove="on")
    post(lawyer, f"/deadlines/proposals/{Proposal.objects.get(state='waiting').pk}/confirm/")
    assert not CalendarDay.objects.filter(kind="closed").exists()


def test_a_lonely_administrator_signs_twice_with_a_reason(post, get, administrator):
    asked = {"first": "2024-07-26", "region": "霍邱县", "reason": "台风"}
    post(administrator, "/deadlines/calendar/closing/", **asked)
    confirm = f"/deadlines/proposals/{Proposal.objects.get().pk}/confirm/"
    assert post(administrator, confirm).status_code == 400
    post(administrator, confirm, answer="目前只有一名管理员")
    assert Proposal.objects.get().is_single is True
    assert "单人确认" in get(administrator, f"/deadlines/proposals/{Proposal.objects.get().pk}/")


@pytest.fixture
def their_lawyer(other_county):
    """Who confirms in another county of the same database."""
    return person("9802", "邻法规", other_county.bureau, "LEG")


def test_another_countys_local_changes_are_neither_seen_nor_signed(
    client, post, get, administrator, lawyer, their_lawyer
):
    asked = {"first": "2024-07-26", "region": "霍邱县", "reason": "台风停工停业"}
    post(administrator, "/deadlines/calendar/closing/", **asked)
    page = f"/deadlines/proposals/{Proposal.objects.get().pk}/"
    assert "台风停工停业" not in get(their_lawyer, "/deadlines/calendar/2024/")
    assert "台风停工停业" in get(lawyer, "/deadlines/calendar/2024/")
    get(their_lawyer, page, status=404)
    for verb in ("confirm", "refuse", "withdraw"):
        assert (
            client.post(f"{page}{verb}/", {"_key": uuid4().hex, "answer": "不同意"}).status_code
            == 404
        )
    assert Proposal.objects.get().state == "waiting"
    post(lawyer, f"{page}confirm/")
    assert CalendarDay.objects.filter(kind="closed").count() == 1


def test_nobody_changes_what_holds_elsewhere(post, administrator, their_lawyer):
    asked = {"first": "2024-07-26", "region": "霍邱县", "reason": "台风"}
    refused = post(their_lawyer, "/deadlines/calendar/closing/", **asked)
    assert (refused.status_code, "不能改其他地区" in refused.content.decode()) == (400, True)
    rule = LegalRule.objects.filter(code="ARB-14", valid_to=None).first()
    there = f"/deadlines/rules/{rule.pk}/propose/"
    refused = post(their_lawyer, there, **version(rule, region="霍邱县"))
    assert "不能改其他地区" in refused.content.decode()
    assert not Proposal.objects.exists()


def test_a_national_rule_is_confirmed_in_any_county(post, administrator, their_lawyer):
    rule = LegalRule.objects.get(code="ARB-14", region="CN", valid_to=None)
    post(administrator, f"/deadlines/rules/{rule.pk}/propose/", **version(rule, region="CN"))
    made = Proposal.objects.get()
    assert made.unit is None
    post(their_lawyer, f"/deadlines/proposals/{made.pk}/confirm/")
    assert Proposal.objects.get().state == "applied"


def test_local_proposals_of_before_become_their_bureaus(county, administrator, acting):
    local = changes.propose_closing(
        date(2024, 7, 26), date(2024, 7, 26), region="霍邱县", reason="台风", by=administrator
    )
    year = changes.propose_year(2027, title="通知", url="", days=[], by=administrator)
    acting("test")
    Proposal.objects.update(unit=None)
    step = import_module("hrss_portal.deadlines.migrations.0002_proposals_of_a_bureau")
    step.settle(apps, None)
    units = dict(Proposal.objects.values_list("pk", "unit"))
    assert units == {local.pk: county.bureau.pk, year.pk: None}
    step.forget(apps, None)
    assert set(Proposal.objects.values_list("unit", flat=True)) == {None}


def test_the_calculation_shows_each_day_and_prints(get, employment_clerk):
    question = "code=ARB-14&date=20230817&extend=max&pause1=2023-08-20&resume1=2023-08-25"
    html = get(employment_clerk, f"/deadlines/calculate/?{question}")
    assert "期限中止，不计入" in html
    paper = words(get(employment_clerk, f"/deadlines/calculate/sheet/?{question}"))
    for said in (
        "期限计算书",
        "到期日 2023-10-23",
        "第60日",
        "含延长 15 自然日",
        "2023-08-25 恢复，扣除 5 日",
        "第45、46、47、80条",
        "2017-07-01 起施行",
    ):
        assert said in paper


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("code=ARB-14&date=2023-02-30", "日期"),
        ("code=ARB-14&date=2023-08-17&extend=20", "最多延长 15 自然日"),
        ("code=ARB-14&date=2023-08-17&extend=很多", "不是延长的数量"),
        ("code=ARB-14&date=2023-08-17&pause1=2023-08-20", "一起填写"),
        ("code=MED-09&date=2023-08-17", "没有期限天数"),
        ("code=WIN-02&date=2023-08-17", "事项清单"),
        ("code=LIC-07&date=2023-08-17&region=贵州", "不借用外地的规定"),
        ("code=BLK-08&date=2023-08-17", "没有施行的版本"),
        ("code=ZZ&date=2023-08-17", "ZZ"),
    ],
)
def test_what_has_no_answer_says_why(get, employment_clerk, question, said):
    text = words(get(employment_clerk, f"/deadlines/calculate/?{question}"))
    assert said in text
    assert "逐日计算" not in text
    get(employment_clerk, f"/deadlines/calculate/sheet/?{question}", status=400)


def test_a_date_on_a_paper_and_a_restart(get, employment_clerk):
    html = get(
        employment_clerk, "/deadlines/calculate/?code=INS-16&date=2024-05-06&given=2024-05-18"
    )
    assert "文书载明的日期" in html
    html = get(
        employment_clerk, "/deadlines/calculate/?code=ARB-14&date=2024-03-01&restart=2024-03-11"
    )
    assert "发生重新计算的事由，自该日重新计算" in html
    assert "2024-04-25" in html


def test_years_are_jumped_to(client, employment_clerk):
    client.force_login(employment_clerk)
    assert client.get("/deadlines/calendar/jump/?year=2024").url == "/deadlines/calendar/2024/"
    assert client.get("/deadlines/calendar/jump/?year=x").url == "/deadlines/calendar/"
    assert client.get("/deadlines/calendar/1875/").status_code == 404
