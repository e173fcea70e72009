"""A report from draft to hand-over: sentences follow the numbers, checks follow the figures."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from hrss_portal.access.models import Absence
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.indicators import snapshots
from hrss_portal.indicators.models import Snapshot
from hrss_portal.reports import freezing, writing
from hrss_portal.reports.compose import numeral
from hrss_portal.reports.composed import Composed, NotReady
from hrss_portal.reports.models import Report, Section
from tests.factories.access import UserFactory
from tests.kernel.reports.conftest import FIGURES

pytestmark = pytest.mark.django_db
DISPUTES = (
    "一是发挥县劳动人事争议调解中心作用，已化解劳动争议3起；"
    "二是召集协调劳动关系三方委员会会议3次，会同工会、工商联、企联推动企业和行业协会（商会）设立劳动人事争议"
    "调解委员会，全县已建企业劳动争议调解组织3家；"
)


def section(report: Report, code: str = "disputes") -> Section:
    return Section.objects.select_related("report__org").get(report=report, code=code)


def paragraph(report: Report, code: str = "disputes") -> str:
    composed = writing.composed_of(report)
    return next(
        found.text
        for found in composed.paragraphs
        if found.section == code and found.kind == "body"
    )


def finish(report: Report, by) -> None:
    """Everything filled, checked and locked; sections without data are left out and say so."""
    texts = {"measures": "《测试文件》", "lead_employer": "测试公司"}
    writing.fill_texts(report, texts, version=report.version)
    for one in writing.sections_of(report):
        if one.level == 1:
            continue
        if one.code != "disputes":
            writing.omit(one, reason="业务尚未接入", by=by, version=one.version)
            continue
        writing.check(one, by=by, version=one.version)
        writing.lock(one, by=by, version=one.version)


def test_the_text_is_our_own_with_the_figures_in_order(report, acting):
    acting("test")
    text = paragraph(report)
    assert text.startswith(DISPUTES)
    assert text.endswith("已办结平台案件3件，均无超期情况。")
    assert "现有专职仲裁员3人、工作人员3人、办案辅助人员3人" in text
    assert "仲裁案件全程线上办理；" in text


def test_a_claim_that_turns_false_is_not_made(report, county, acting):
    acting("test")
    late = UserFactory(unit=county.town("城关镇"), name="超期")
    Absence.objects.create(user=late, from_on=date(2023, 5, 1), to_on=date(2023, 5, 2))
    assert paragraph(report).endswith("已办结平台案件4件，其中1件超期。")


def test_a_claim_in_words_is_a_figure_that_opens_to_its_rows(report, acting):
    acting("test")
    uses = {use.printed: use for use in writing.composed_of(report).uses}
    assert uses["均无超期情况"].code == "arb.internet_overdue"
    assert uses["均无超期情况"].rows_url.startswith("/indicators/arb.internet_overdue/rows/?from=")


def test_gaps_stay_visible_and_are_listed(report, acting):
    acting("test")
    composed = writing.composed_of(report)
    labels = [found["label"] for found in composed.missing]
    assert labels[:2] == ["对照的文件全称（带书名号和文号）", "春风行动邀请结对帮扶市县企业数"]
    assert "送法上门的代表企业（一家全称）" in labels
    assert "【待填：送法上门的代表企业（一家全称）】" in paragraph(report)


def test_a_claim_without_anything_to_measure_is_asked_of_staff(report, county, acting):
    """No hearing in the period: no rate, so a sentence of the office stands there."""
    acting("test")
    Absence.objects.all().delete()
    assert "办案辅助人员0人，【待填：开庭着装的情况（期内没有着装登记）】；" in paragraph(report)
    assert "【待填：线上办理率】" in paragraph(report)
    Report.objects.update(texts={"uniform": "本期没有开庭"})
    assert "办案辅助人员0人，本期没有开庭；" in paragraph(Report.objects.get())


CLAIMS = {
    "arb.tripartite_meetings": "委员会会议3次，会同工会",
    "arb.fast_accepted": "受理速裁案件3件；",
    "arb.hearings": "，开庭3次，",
    "arb.systems_kept": "3个仲裁信息系统有专人管理维护，",
    "arb.platform_looks": "登记日查看3次，",
}


@pytest.mark.parametrize("code", CLAIMS)
def test_a_claim_of_practice_stands_on_rows_or_is_not_made(code, report, acting):
    acting("test")
    words = CLAIMS[code]
    assert words in paragraph(report)
    used = [use for use in writing.composed_of(report).uses if use.code == code]
    assert [use.rows_url.split("?")[0] for use in used] == [f"/indicators/{code}/rows/"]
    Absence.objects.all().delete()
    text = paragraph(report)
    for claim in ("委员会会议", "会同工会", "速裁", "开庭0次", "专人管理", "日查看", "日办结"):
        assert claim not in text


def test_a_figure_of_nobody_makes_no_sentence_and_asks_no_firm(report, county, acting):
    acting("test")
    assert "到【待填：送法上门的代表企业（一家全称）】等" in paragraph(report)
    Absence.objects.all().delete()
    composed = writing.composed_of(report)
    assert "送法上门" not in paragraph(report)
    assert "lead_employer" not in {found["code"] for found in composed.missing}
    assert not any("法上门" in line for line in freezing.obstacles(report, composed))


def test_an_undeclared_figure_is_a_gap(report, declare, acting):
    declare()
    acting("test")
    assert "【待填：arb.mediation_resolved】" in paragraph(report)


def test_checking_needs_everything_filled(report, acting, office_clerk):
    acting("test")
    with pytest.raises(NotReady, match="送法上门的代表企业"):
        writing.check(section(report), by=office_clerk, version=1)


def test_a_section_goes_from_blank_to_checked_to_locked(report, acting, office_clerk):
    acting("test")
    Report.objects.update(texts={"lead_employer": "测试公司"})
    one = section(report)
    with pytest.raises(NotReady, match="先核数"):
        writing.lock(one, by=office_clerk, version=one.version)
    writing.check(one, by=office_clerk, version=one.version)
    assert (one.state, one.checked_by) == ("checked", office_clerk)
    writing.lock(one, by=office_clerk, version=one.version)
    assert (one.state, one.locked_by) == ("locked", office_clerk)
    with pytest.raises(NotReady):
        writing.edit(one, body="x", awaiting=[], version=one.version, by=None)
    with pytest.raises(ValidationError):
        writing.reopen(one, reason=" ", version=one.version)
    writing.reopen(one, reason="数据补录", version=one.version)
    assert (one.state, one.reopened_reason) == ("blank", "数据补录")


def test_a_figure_that_changed_after_its_check_must_be_checked_again(
    report, county, acting, office_clerk
):
    acting("test")
    Report.objects.update(texts={"lead_employer": "测试公司"})
    one = section(report)
    writing.check(one, by=office_clerk, version=one.version)
    user = UserFactory(unit=county.town("城关镇"))
    Absence.objects.create(user=user, from_on=date(2023, 5, 1), to_on=date(2023, 5, 2))
    report.refresh_from_db()
    states = writing.figure_states(report, writing.composed_of(report))
    assert {state.word for state in states.values()} == {"有变", "已核"}
    with pytest.raises(NotReady, match="有数变了"):
        writing.lock(section(report), by=office_clerk, version=one.version)


def test_two_people_do_not_overwrite_each_other(report, acting, office_clerk):
    acting("test")
    writing.edit(section(report), body="甲", awaiting=[], version=1, by=office_clerk)
    with pytest.raises(writing.Stale):
        writing.edit(section(report), body="乙", awaiting=[], version=1, by=office_clerk)
    assert section(report).body == "甲"


def test_freezing_needs_everything_locked(report, acting, office_clerk):
    acting("test")
    with pytest.raises(NotReady, match="待填"):
        freezing.freeze(report, by=office_clerk)


def test_after_the_freeze_nothing_changes_but_the_difference_is_shown(
    report, county, acting, office_clerk
):
    acting("test")
    finish(report, office_clerk)
    frozen = freezing.freeze(report, by=office_clerk)
    before = writing.composed_of(frozen).as_json()
    assert freezing.differences(frozen) == []
    Absence.objects.filter(from_on=date(2023, 2, 1)).delete()
    assert writing.composed_of(frozen).as_json() == before
    figure, now = freezing.differences(frozen)[0]
    assert (figure.snapshot.printed, now.printed) == ("3起", "2起")
    assert len(now.parts[0].went) == 1
    assert {row.locked_by_name for row in Snapshot.objects.all()} == {office_clerk.name}
    with pytest.raises(NotReady):
        freezing.freeze(frozen, by=office_clerk)


def test_a_frozen_figure_that_is_no_longer_declared_says_so(
    report, acting, office_clerk, declare, client
):
    acting("test")
    finish(report, office_clerk)
    frozen = freezing.freeze(report, by=office_clerk)
    declare(*(one for one in FIGURES if one.code != "arb.committees_enterprise"))
    ((figure, now),) = freezing.differences(frozen)
    assert (figure.snapshot.code, now.retired, now.parts) == ("arb.committees_enterprise", True, [])
    client.force_login(office_clerk)
    shown = client.get(f"/reports/{frozen.pk}/difference/").content.decode()
    assert "指标已停用" in shown
    assert "3家" in shown


def test_sections_without_data_are_left_out_in_words(report, acting, office_clerk):
    acting("test")
    finish(report, office_clerk)
    composed = writing.composed_of(report)
    assert composed.missing == []
    texts = [line.text for line in composed.paragraphs if line.section == "loans"]
    assert texts == ["（六）创业担保贷款金额", "本节本期不编入：业务尚未接入。"]
    assert [one.code for one in freezing.omitted(report)] == [
        one.code for one in writing.sections_of(report) if one.code not in ("work", "disputes")
    ]
    with pytest.raises(NotReady, match="不编入"):
        writing.check(section(report, "loans"), by=office_clerk, version=2)
    again = section(report, "loans")
    writing.edit(again, body="本期无新增。", awaiting=[], version=again.version, by=None)
    assert (again.state, again.omitted_by, again.omitted_reason) == ("blank", None, "")
    assert freezing.obstacles(report, writing.composed_of(report)) == [
        "（六）创业担保贷款金额：未核数"
    ]


def test_a_report_without_any_section_is_not_frozen(report, acting, office_clerk):
    acting("test")
    writing.fill_texts(report, {"measures": "《测试文件》"}, version=report.version)
    for one in writing.sections_of(report):
        if writing.has_text(one):
            writing.omit(one, reason="未接入", by=office_clerk, version=one.version)
    with pytest.raises(NotReady, match="没有可以定格的内容"):
        freezing.freeze(report, by=office_clerk)


def test_words_that_change_after_the_lock_stand_in_the_way(report, acting, office_clerk):
    acting("test")
    finish(report, office_clerk)
    texts = report.texts | {"lead_employer": "另一家公司"}
    writing.fill_texts(report, texts, version=report.version)
    with pytest.raises(NotReady, match="锁定之后文字变了"):
        freezing.freeze(report, by=office_clerk)


def test_data_that_changes_during_the_freeze_stops_it(
    report, county, acting, office_clerk, monkeypatch
):
    acting("test")
    finish(report, office_clerk)
    keep = snapshots.freeze

    def meanwhile(*args):
        user = UserFactory(unit=county.town("城关镇"))
        Absence.objects.create(user=user, from_on=date(2023, 5, 1), to_on=date(2023, 5, 2))
        return keep(*args)

    monkeypatch.setattr(snapshots, "freeze", meanwhile)
    with pytest.raises(NotReady, match="定格的时候"):
        freezing.freeze(report, by=office_clerk)
    report.refresh_from_db()
    assert (report.state, Snapshot.objects.count()) == ("draft", 0)


def test_who_may_not_see_the_rows_still_gets_the_totals(report, employment_clerk):
    with acting_as(employment_clerk):
        assert "已化解劳动争议3起" in paragraph(Report.objects.get())


def test_another_county_sees_nothing(report, stranger):
    with acting_as(stranger):
        assert list(Report.objects.all()) == []


def test_starting_twice_gives_the_same_draft(report, told, office_clerk, acting):
    acting("test")
    again = writing.start(
        "county-2023", org=told.bureau, frm=report.from_on, to=report.to_on, by=office_clerk
    )
    assert again == report


def test_hand_over_needs_a_frozen_report(report, acting, office_clerk):
    acting("test")
    day = date(2023, 12, 1)
    with pytest.raises(NotReady):
        writing.hand_over(report, sent_to="市人社局", sent_on=day, by=office_clerk)
    finish(report, office_clerk)
    freezing.freeze(report, by=office_clerk)
    report.refresh_from_db()
    sent = writing.hand_over(report, sent_to="市人社局", sent_on=day, by=office_clerk)
    report.refresh_from_db()
    assert (report.state, sent.by) == ("sent", office_clerk)


def test_a_composed_report_survives_its_freeze_as_json(report, acting):
    acting("test")
    composed = writing.composed_of(report)
    assert Composed.from_json(composed.as_json()) == composed


def test_numerals_count_on_after_ten():
    assert [numeral(n) for n in (1, 10, 11, 20, 21)] == ["一", "十", "十一", "二十", "二十一"]


def test_last_years_words_carry_over(report, told, acting, office_clerk):
    with acting_as_system("test"):
        Report.objects.update(texts={"lead_employer": "测试公司"})
        following = writing.start(
            "county-2023",
            org=told.bureau,
            frm=date(2024, 1, 1),
            to=date(2024, 11, 15),
            by=office_clerk,
        )
    assert following.texts == {"lead_employer": "测试公司"}
