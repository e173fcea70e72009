"""A slip from the issuer to the signing-off, with the day that stands on it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.activities.documents import slip_context
from hrss_portal.activities.forms import ReopenForm
from hrss_portal.activities.models import Task
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import Attachment, CasePaper, Clock, ClockStep, Event
from hrss_portal.casework.moves import MoveRefused
from tests.cast import County, person
from tests.factories import activities as make

GIVEN, DUE = date(2023, 11, 13), date(2023, 11, 20)


@pytest.fixture
def window_head(county: County) -> User:
    """首席代表."""
    return person("2102", "卫首", county.office("政务服务股"), "WIN-C")


@pytest.fixture
def slip(county: County, director: User) -> Task:
    """Given by the director on Monday, due a week later."""
    with acting_as(director):
        return make.task(county, director, GIVEN, DUE)


def clock_of(task: Task) -> Clock:
    """The newest clock of a task."""
    return Clock._base_manager.filter(case=task.pk).latest("pk")


def step(task: Task, code: str, by: User, **data: Any) -> Task:
    """One move by a person today."""
    with acting_as(by):
        moves.move(task, code, by=by, data=data)
    return Task._base_manager.get(pk=task.pk)


def picture() -> SimpleUploadedFile:
    """A text file that proves something."""
    return SimpleUploadedFile("情况.txt", "已修好".encode(), content_type="text/plain")


def test_a_slip_is_numbered_and_runs_to_the_day_written_on_it(slip: Task) -> None:
    assert slip.intake_no == "霍人社交办〔2023〕1号"
    assert slip.title == "交办单：取号机故障"
    clock = clock_of(slip)
    assert (clock.started_on, clock.due_on, clock.rule.standing) == (
        GIVEN,
        DUE,
        "本地默认·待确认",
    )


def test_the_way_of_a_slip(slip: Task, director: User, window_clerk: User) -> None:
    task = step(slip, "accept", window_clerk, handler=window_clerk)
    assert (task.state, task.handler) == ("accepted", window_clerk)
    task = step(task, "report", window_clerk, report="已修好", evidence=[picture()])
    assert Attachment._base_manager.get(case=task.pk).kind == "佐证材料"
    assert (clock_of(task).state, clock_of(task).met_on) == ("met", date(2023, 11, 16))
    task = step(task, "check", director, checker=director, check_note="属实")
    task = step(task, "close", director, outcome="done")
    assert (task.state, task.closed_on, task.outcome) == ("closed", date(2023, 11, 16), "done")
    labels = list(Event._base_manager.filter(case=task.pk).values_list("label", flat=True))
    assert sorted(labels) == sorted(["下达交办", "签收", "报告办结", "核验通过", "销号"])


def test_whoever_did_it_does_not_sign_it_off(slip: Task, window_head: User) -> None:
    task = step(slip, "accept", window_head, handler=window_head)
    task = step(task, "report", window_head, report="已修好", evidence=[picture()])
    with pytest.raises(MoveRefused, match="核验人不能是办理人本人"):
        step(task, "check", window_head, checker=window_head, check_note="属实")


def test_whoever_reported_it_for_another_does_not_sign_it_off(
    slip: Task, director: User, window_clerk: User
) -> None:
    task = step(slip, "accept", window_clerk, handler=window_clerk)
    task = step(task, "report", director, report="已修好", evidence=[picture()])
    with pytest.raises(MoveRefused, match="核验人不能是办理人本人"):
        step(task, "check", director, checker=director, check_note="属实")


def test_a_failed_check_starts_the_clock_again_with_the_same_day(
    slip: Task, director: User, window_clerk: User
) -> None:
    task = step(slip, "accept", window_clerk, handler=window_clerk)
    task = step(task, "report", window_clerk, report="已修好", evidence=[picture()])
    task = step(task, "fail", director, check_note="没有照片")
    assert (task.state, clock_of(task).state, clock_of(task).due_on) == ("accepted", "running", DUE)
    assert task.due_on == DUE


def test_a_new_day_is_set_by_the_issuer_only_and_the_old_one_is_kept(
    slip: Task, director: User, window_clerk: User
) -> None:
    later = date(2023, 11, 30)
    with pytest.raises(PermissionDenied):
        step(slip, "postpone", window_clerk, due_given=later)
    with pytest.raises(MoveRefused, match="不能早于交办日期"):
        step(slip, "postpone", director, due_given=date(2023, 11, 1))
    task = step(slip, "postpone", director, due_given=later)
    last = ClockStep._base_manager.filter(clock=clock_of(task)).latest("pk")
    assert (last.old_due_on, last.new_due_on, task.due_on) == (DUE, later, later)


def test_the_unit_that_does_it_neither_moves_its_day_nor_signs_it_off(
    slip: Task, director: User, window_head: User, window_clerk: User, client: Client
) -> None:
    later = date(2023, 12, 31)
    with pytest.raises(MoveRefused, match="由交办人定"):
        step(slip, "postpone", window_head, due_given=later)
    task = step(slip, "accept", window_clerk, handler=window_clerk)
    for by in (window_clerk, window_head):
        with acting_as(by), pytest.raises(MoveRefused, match="由交办人定"):
            moves.amend(task, by=by, changes={"due_given": later}, reason="来不及")
    client.force_login(window_clerk)
    edit = reverse("activities:task_edit", args=[task.pk])
    assert "由交办人定" in client.get(edit).content.decode()
    assert edit not in client.get(task.get_absolute_url()).content.decode()
    with acting_as(director):
        moves.amend(task, by=director, changes={"subject": "取号机坏了"}, reason="写错了")
    task = step(task, "report", window_clerk, report="已修好", evidence=[picture()])
    with pytest.raises(MoveRefused, match="由交办人定"):
        step(task, "check", window_head, checker=window_head, check_note="属实")
    assert {one.code for one in moves.available(task, window_head)} == {"file_up"}


def test_to_assist_is_not_to_follow_for_the_issuer(
    slip: Task, window_head: User, window_clerk: User
) -> None:
    task = step(slip, "accept", window_clerk, handler=window_clerk)
    with acting_as(window_head):
        moves.assign(task, by=window_head, handler=window_clerk, deputy=window_head)
    with pytest.raises(MoveRefused, match="由交办人定"):
        step(task, "postpone", window_head, due_given=date(2023, 12, 31))


def test_a_task_within_an_office_is_signed_off_by_its_head_whoever_that_is_then(
    county: County, window_head: User, window_clerk: User
) -> None:
    with acting_as(window_clerk):
        task = make.task(county, window_clerk, GIVEN, DUE)
    task = step(task, "accept", window_clerk, handler=window_clerk)
    task = step(task, "report", window_clerk, report="已修好", evidence=[picture()])
    task = step(task, "check", window_head, checker=window_head, check_note="属实")
    successor = person("2109", "卫新", county.office("政务服务股"), "WIN-C")
    task = step(task, "close", successor, outcome="done")
    assert task.state == "closed"


def test_what_was_signed_off_goes_back_without_the_signature(
    slip: Task, director: User, window_clerk: User
) -> None:
    task = step(slip, "accept", window_clerk, handler=window_clerk)
    task = step(task, "report", window_clerk, report="已修好", evidence=[picture()])
    task = step(task, "check", director, checker=director, check_note="属实")
    task = step(task, "close", director, outcome="done")
    form = ReopenForm({"on": "2023-11-16", "check_note": "又坏了"}, case=task, user=director)
    assert form.is_valid(), form.errors
    task = step(task, "reopen", director, **form.move_data())
    assert (task.state, task.outcome, task.checker, task.closed_on) == ("accepted", "", None, None)
    assert clock_of(task).state == "running"


def test_a_slip_that_belongs_elsewhere_comes_back_and_is_given_anew(
    slip: Task, county: County, director: User, window_clerk: User, office_clerk: User
) -> None:
    task = step(slip, "send_back", window_clerk)
    assert task.state == "returned"
    office = county.office("办公室")
    task = step(task, "reissue", director, unit=office, handler=None, due_given=date(2023, 11, 24))
    assert (task.state, task.unit, task.due_on) == ("open", office, date(2023, 11, 24))
    task = step(task, "accept", office_clerk, handler=office_clerk)
    assert task.state == "accepted"


def test_withdrawing_a_slip_ends_its_clock(slip: Task, director: User) -> None:
    task = step(slip, "withdraw", director, outcome="withdrawn")
    assert (task.closed_on, task.due_on, clock_of(task).state) == (
        date(2023, 11, 16),
        None,
        "cancelled",
    )


def test_a_day_before_the_slip_is_refused(county: County, director: User) -> None:
    with acting_as(director), pytest.raises(MoveRefused, match="办理期限不能早于交办日期"):
        make.task(county, director, GIVEN, date(2023, 11, 12))


def test_who_sees_a_slip(
    slip: Task,
    director: User,
    office_clerk: User,
    window_clerk: User,
    inspector: User,
    stranger: User,
) -> None:
    expected = {director: 1, office_clerk: 1, window_clerk: 1, inspector: 0, stranger: 0}
    for user, seen in expected.items():
        with acting_as(user):
            assert Task.objects.filter(pk=slip.pk).count() == seen


def test_an_office_that_reads_the_common_log_moves_no_tasks_of_others(
    slip: Task, inspector: User, acting: Callable[..., Any]
) -> None:
    with pytest.raises(PermissionDenied):
        step(slip, "accept", inspector, handler=inspector)


def test_a_chief_gives_work_to_another_office_but_not_to_another_county(
    county: County, other_county: County, employment_head: User, employment_clerk: User
) -> None:
    with acting_as(employment_head):
        assert make.task(county, employment_head, GIVEN, DUE).state == "open"
        with pytest.raises(PermissionDenied):
            make.task(county, employment_head, GIVEN, DUE, unit=other_county.bureau)
    with acting_as(employment_clerk), pytest.raises(PermissionDenied):
        make.task(county, employment_clerk, GIVEN, DUE)


def test_the_slip_is_printed_with_its_number_and_day(slip: Task, director: User) -> None:
    waiting = CasePaper._base_manager.get(case=slip.pk)
    assert slip_context(waiting)["task"]["due_on"] == "2023年11月20日"
    with acting_as(director):
        issued = papers.issue(waiting, by=director)
    assert issued.state == "issued"
