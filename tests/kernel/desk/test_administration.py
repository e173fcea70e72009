"""Administration: the landing page by rights, the running state, handing over a leaver's queue."""

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from arbitration.models import Dispute
from hrss_portal import areas
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import Case, Event
from hrss_portal.desk.administration import landing, state
from hrss_portal.jobs.models import Job
from hrss_portal.notifications.models import Notice
from tests.cast import County, person
from tests.factories import arbitration as make

DAY = date(2023, 11, 14)
BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.usefixtures("rules", "today")


def test_a_page_has_the_name_that_the_menu_gives_it() -> None:
    menu = {item.url: item.label for app in areas.portal_apps() for item in app.menu}
    titles = {page.route: page.label for _, pages in landing.GROUPS for page in pages}
    both = menu.keys() & titles.keys()
    assert {"access:unit_list", "jobs:list"} <= both
    assert {name: titles[name] for name in both} == {name: menu[name] for name in both}


@pytest.fixture
def enter(client: Client) -> Callable[[User], Client]:
    """The client, logged in as a user."""

    def log_in(user: User) -> Client:
        client.force_login(user, backend=BACKEND)
        return client

    return log_in


@pytest.fixture
def queue(county: County, arbitrator: User, acting: Callable[..., Any]) -> list[Dispute]:
    """Two disputes in the arbitrator's hands."""
    acting("test")
    made = [make.dispute(county, None, DAY) for _ in range(2)]
    for case in made:
        moves.amend(case, by=None, changes={"handler": arbitrator}, reason="分派", topic="assign")
    return made


def test_the_landing_page_shows_what_one_may_open(
    enter: Callable[[User], Client], administrator: User, arbitration_head: User, arbitrator: User
) -> None:
    page = enter(administrator).get("/administration/").text
    assert "服务状态" in page
    assert "个人信息报告" not in page
    page = enter(arbitration_head).get("/administration/").text
    assert "移交" in page
    assert "/administration/state/" not in page
    assert enter(arbitrator).get("/administration/").status_code == 403


def by_code() -> dict[str, state.Check]:
    """The checks by their code."""
    return {check.code: check for check in state.checks()}


def test_a_silent_worker_and_a_stopped_job_are_told(
    settings: Any, tmp_path: Path, administrator: User, acting: Callable[..., Any]
) -> None:
    settings.VAR_DIR = tmp_path
    acting("test")
    found = by_code()
    assert (found["database"].level, found["calendar"].level) == ("good", "good")
    assert (found["worker"].level, found["beat"].level) == ("bad", "bad")
    assert (found["backup"].words, found["drill"].words) == ("还没有记录", "还没有记录")
    now = timezone.now()
    Job.objects.create(kind="jobs.canary", state="done", finished_at=now)
    Job.objects.create(kind="jobs.prune", state="dead", message="坏了", finished_at=now)
    found = by_code()
    assert (found["worker"].level, found["beat"].level) == ("good", "good")
    assert (found["dead_jobs"].level, found["dead_jobs"].words) == ("bad", "1 项")


def test_backup_and_drill_are_read_from_their_ledgers(
    settings: Any, tmp_path: Path, administrator: User, acting: Callable[..., Any]
) -> None:
    settings.VAR_DIR = tmp_path
    acting("test")
    at = timezone.localtime().isoformat()
    backup = {"at": at, "name": "portal-1.hrssbackup", "size": 1024**3}
    (tmp_path / "backups.jsonl").write_text(json.dumps(backup) + "\n")
    drill = {"at": at, "ok": False, "error": "打不开"}
    (tmp_path / "drills.jsonl").write_text(json.dumps(drill) + "\n")
    found = by_code()
    assert found["backup"].level == "good"
    assert "portal-1.hrssbackup" in found["backup"].words
    assert (found["drill"].level, "打不开" in found["drill"].words) == ("bad", True)


def test_the_state_is_a_page_data_and_a_command(
    enter: Callable[[User], Client], administrator: User, director: User
) -> None:
    client = enter(administrator)
    assert client.get("/administration/state/").status_code == 200
    answer = client.get("/administration/state.json")
    assert answer.status_code == 503
    assert {check["code"] for check in answer.json()["checks"]} >= {"database", "disk", "worker"}
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("running_state", stdout=out)
    assert "✗ 后台作业进程" in out.getvalue()
    assert enter(director).get("/administration/state/").status_code == 403


def test_a_head_hands_the_whole_queue_over_once(
    enter: Callable[[User], Client],
    queue: list[Dispute],
    arbitration_head: User,
    arbitrator: User,
) -> None:
    heir = person("2988", "接手人", arbitrator.unit, "ARB")
    client = enter(arbitration_head)
    assert arbitrator.name in client.get("/administration/hand-over/").text
    url = f"/administration/hand-over/?leaver={arbitrator.pk}"
    assert all(case.reference in client.get(url).text for case in queue)
    sent = {"_key": "k1", "to": heir.pk, "reason": "退休"}
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    rows = Case._base_manager.filter(pk__in=[case.pk for case in queue])
    assert set(rows.values_list("handler", flat=True)) == {heir.pk}
    assert Event._base_manager.filter(label="移交承办人").count() == 2
    assert Notice.objects.filter(user=heir, title__contains="移交承办人").count() == 2


def test_the_administrator_sees_numbers_and_no_cases(
    enter: Callable[[User], Client], queue: list[Dispute], administrator: User, arbitrator: User
) -> None:
    client = enter(administrator)
    url = f"/administration/hand-over/?leaver={arbitrator.pk}"
    page = client.get(url).text
    assert "有 2 件由其所在股室的负责人移交" in page
    assert queue[0].reference not in page


def test_ending_an_account_lists_what_is_open_first(
    enter: Callable[[User], Client], queue: list[Dispute], administrator: User, arbitrator: User
) -> None:
    client = enter(administrator)
    url = f"/organisation/users/{arbitrator.pk}/disable/"
    page = client.post(url, {"act": "disable", "_key": "k1"})
    assert "在办件 2 件" in page.text
    arbitrator.refresh_from_db()
    assert arbitrator.is_active
    assert client.post(url, {"act": "disable", "knowing": "1", "_key": "k2"}).status_code == 302
    arbitrator.refresh_from_db()
    assert not arbitrator.is_active
