"""Five states of a deadline, told apart without colour."""

from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache

from hrss_portal.deadlines.terms import Term
from hrss_portal.desk import clockface, links
from hrss_portal.desk.clockface import GLYPHS, Face, face, face_of, minimum_face
from tests.factories.deadlines import shipped_rules

TODAY = date(2023, 11, 16)


def test_every_state_has_its_own_glyph() -> None:
    assert len(set(GLYPHS.values())) == len(GLYPHS) == 6


@pytest.mark.parametrize(
    ("due", "state", "words"),
    [
        (date(2023, 11, 14), "overdue", "超期2天"),
        (date(2023, 11, 16), "due", "今天到期"),
        (date(2023, 11, 18), "due", "剩2天"),
        (date(2023, 11, 19), "ok", "剩3天"),
        (None, "none", "未设时限"),
    ],
)
def test_a_running_clock_says_how_long(due: date | None, state: str, words: str) -> None:
    found = face(due, today=TODAY)
    assert (found.state, found.words) == (state, words)


def test_the_first_day_of_warning_turns_it_yellow() -> None:
    found = face(date(2023, 12, 20), today=TODAY, warn_on=date(2023, 11, 16))
    assert found.state == "due"


def test_working_days_are_called_so() -> None:
    found = face(date(2023, 11, 21), today=TODAY, working_days=lambda after, until: 3)
    assert (found.words, found.due) == ("剩3个工作日", "2023-11-21 到期")


def test_a_paused_and_an_ended_clock() -> None:
    assert face(TODAY, today=TODAY, state="paused").words == "中止计时"
    assert face(TODAY, today=TODAY, state="met", met_on=TODAY).words == "按期"
    assert face(TODAY, today=TODAY, state="met", met_on=date(2023, 11, 19)).words == "超期3天"
    assert face(TODAY, today=TODAY, state="cancelled") == Face("none", "不再计时")


def test_a_provisional_day_says_so() -> None:
    assert face(date(2027, 1, 1), today=TODAY, provisional=True).note != ""


class Row:
    """A case as the lists read it."""

    kind, state, is_paused, due_provisional = "activities.task", "open", False, False
    closed_on = voided_at = warn_on = due_on = due_at = own_day = None
    due_term = ""


def row(**given: object) -> Row:
    """A case with these columns."""
    made = Row()
    vars(made).update(given)
    return made


def own_day(due_on: str, **given: object) -> dict[str, object]:
    """A day that is no statutory one, as ``casework.own_days`` tells it."""
    told = {"term": "x.none", "label": "公示（五日）", "due_on": due_on, "nature": "statutory"}
    return {**told, "is_minimum": False, "provisional": False, **given}


@pytest.mark.parametrize(
    ("given", "state", "words"),
    [
        ({"closed_on": TODAY, "state": "closed"}, "done", "已销号"),
        ({"closed_on": TODAY, "state": "withdrawn"}, "none", "已撤销"),
        ({"closed_on": TODAY, "state": "closed", "voided_at": TODAY}, "none", "已作废"),
    ],
)
def test_only_what_was_done_has_its_tick(given: dict[str, object], state: str, words: str) -> None:
    found = face_of(row(**given), today=TODAY)
    assert (found.state, found.words) == (state, words)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "words"), [("ARB-01", "剩9个工作日"), ("PET-03", "剩15天"), ("none", "剩15天")]
)
def test_days_are_counted_as_the_rule_counts_them(
    rule: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PET-03 runs sixty calendar days, ARB-01 five working days."""
    shipped_rules()
    term = Term(code="x.term", label="试", rule=rule, of="x.y", starts=frozenset({"open"}))
    monkeypatch.setattr(links, "terms", lambda: (term,))
    cache.delete("desk:working_terms")
    case = row(due_on=date(2023, 12, 1), warn_on=date(2023, 11, 30), due_term="x.term")
    assert face_of(case, today=TODAY, working_days=lambda after, until: 9).words == words


def test_one_clock_overdue_and_another_suspended_says_which_is_which(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terms = [
        Term(code=code, label=label, rule="", of="activities.task", starts=frozenset())
        for code, label in (("t.notice", "开庭通知送达"), ("t.trial", "审理期限（结案）"))
    ]
    monkeypatch.setattr(clockface, "terms", lambda: terms)
    monkeypatch.setattr(clockface, "counts_working_days", lambda term: False)
    both = row(
        is_paused=True, due_on=date(2023, 11, 14), due_term="t.notice", paused_term="t.trial"
    )
    found = face_of(both, today=TODAY)
    assert (found.state, found.label, found.words) == ("overdue", "开庭通知送达", "超期2天")
    assert found.also == "审理期限中止"
    alone = face_of(row(is_paused=True), today=TODAY)
    assert (alone.state, alone.words, alone.also) == ("paused", "中止计时", "")


@pytest.mark.parametrize(
    ("given", "state", "words", "also"),
    [
        ({}, "due", "已到期6天", ""),
        ({"due_on": date(2023, 11, 30)}, "due", "已到期6天", "剩14天"),
        ({"due_on": date(2023, 11, 14)}, "overdue", "超期2天", ""),
        ({"is_paused": True, "paused_term": ""}, "due", "已到期6天", "时限中止"),
        ({"closed_on": TODAY, "state": "closed"}, "due", "已到期6天", ""),
        ({"voided_at": TODAY}, "none", "已作废", ""),
    ],
)
def test_an_own_day_that_has_come_stands_before_all_but_what_is_overdue(
    given: dict[str, object],
    state: str,
    words: str,
    also: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clockface, "terms", tuple)
    monkeypatch.setattr(clockface, "counts_working_days", lambda term: False)
    own = own_day("2023-11-10", nature="per_document")
    found = face_of(row(own_day=own, **given), today=TODAY)
    assert (found.state, found.words, found.also) == (state, words, also)


def test_an_own_day_that_no_law_sets_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clockface, "terms", tuple)
    monkeypatch.setattr(clockface, "counts_working_days", lambda term: False)
    own = own_day("2023-11-10", nature="internal")
    assert face_of(row(own_day=own), today=TODAY).words == "已到期6天（本地）"


@pytest.mark.parametrize(
    ("due", "met_on", "state", "words"),
    [
        (date(2023, 11, 19), None, "ok", "还有3天"),
        (TODAY, None, "ok", "今天期满"),
        (date(2023, 11, 15), None, "due", "期满，可以办"),
        (date(2023, 11, 15), TODAY, "done", "已期满"),
        (TODAY, TODAY, "done", "未期满"),
    ],
)
def test_a_minimum_period_is_never_late(
    due: date, met_on: date | None, state: str, words: str
) -> None:
    found = minimum_face(due, today=TODAY, met_on=met_on)
    assert (found.state, found.words) == (state, words)


def test_a_case_whose_minimum_period_is_over_may_be_gone_on_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clockface, "counts_working_days", lambda term: False)
    over = own_day("2023-11-15", is_minimum=True)
    found = face_of(row(own_day=over), today=TODAY)
    assert (found.state, found.words, found.due) == ("due", "期满，可以办", "2023-11-15 期满")


@pytest.mark.parametrize(
    ("given", "state", "words", "also"),
    [
        ({}, "ok", "还有3个工作日", ""),
        ({"is_paused": True, "paused_term": ""}, "ok", "还有3个工作日", "时限中止"),
        ({"due_on": date(2023, 11, 20)}, "ok", "剩3个工作日", ""),
        ({"due_on": date(2023, 11, 14)}, "overdue", "超期2天", ""),
        ({"closed_on": TODAY, "state": "closed"}, "done", "已销号", ""),
        ({"voided_at": TODAY}, "none", "已作废", ""),
    ],
)
def test_a_minimum_period_that_runs_is_told_where_no_statutory_day_is(
    given: dict[str, object],
    state: str,
    words: str,
    also: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clockface, "counts_working_days", lambda term: True)
    runs = own_day("2023-11-21", is_minimum=True, provisional=True)
    case = row(**{"own_day": runs, "warn_on": date(2023, 11, 17), **given})
    found = face_of(case, today=TODAY, working_days=lambda after, until: 3)
    assert (found.state, found.words, found.also) == (state, words, also)
    if found.words.startswith("还有"):
        assert (found.label, found.due) == ("公示", "2023-11-21 期满")
        assert found.note == "节假日安排未公布，日期为暂定"


def test_a_moment_before_eight_belongs_to_its_day_here() -> None:
    """A stored moment comes in UTC, where it is still the day before."""
    due = datetime(2023, 11, 16, 22, 0, tzinfo=UTC)  # the 17th, six in the morning
    assert face(due, today=TODAY).words == "剩1天"
    assert face(due, today=TODAY, met_on=date(2023, 11, 17), state="met").words == "按期"
