"""作业与下载中心: one's own jobs, the administrator's view of all, retry and cancel."""

import pytest
from django.urls import reverse

from hrss_portal.jobs import runner
from hrss_portal.jobs.models import Job
from hrss_portal.jobs.queue import enqueue
from tests.cast import person


@pytest.fixture
def mine(kind, arbitrator):
    kind("refuse", label="导出台账")
    return enqueue("test.refuse", by=arbitrator)


def test_person_sees_the_own_jobs_only(client, mine, arbitrator, clerk, administrator):
    client.force_login(arbitrator)
    assert "导出台账" in client.get(reverse("jobs:list")).content.decode()
    assert client.get(reverse("jobs:job", args=[mine.pk])).status_code == 200
    client.force_login(clerk)
    assert "导出台账" not in client.get(reverse("jobs:list")).content.decode()
    assert client.get(reverse("jobs:job", args=[mine.pk])).status_code == 404
    client.force_login(administrator)
    assert "导出台账" in client.get(reverse("jobs:list")).content.decode()


def test_administrators_handle_their_bureaus_jobs_and_the_installations(
    client, kind, mine, other_county, administrator
):
    theirs = person("9801", "邻管理", other_county.bureau, "SYS")
    kind("round", label="定时作业")
    system = enqueue("test.round")
    for user, jobs in ((administrator, [system, mine]), (theirs, [system])):
        client.force_login(user)
        page = client.get(reverse("jobs:list"), {"show": "all"}).context["page"]
        assert [row.pk for row in page] == [row.pk for row in jobs]
    for name in ("retry", "cancel"):
        assert client.post(reverse(f"jobs:{name}", args=[mine.pk])).status_code == 404
    assert client.get(reverse("jobs:status", args=[mine.pk])).status_code == 404
    mine.refresh_from_db()
    assert mine.state == "waiting"


def test_status_refreshes_until_finished(client, mine, arbitrator):
    client.force_login(arbitrator)
    url = reverse("jobs:status", args=[mine.pk])
    assert "every 2s" in client.get(url).content.decode()
    runner.run_job(mine.pk)
    page = client.get(url).content.decode()
    assert "every 2s" not in page
    assert "第3行的日期不对" in page


def test_stopped_job_is_queued_again(client, mine, arbitrator):
    runner.run_job(mine.pk)
    client.force_login(arbitrator)
    for _ in range(2):
        client.post(reverse("jobs:retry", args=[mine.pk]))
    mine.refresh_from_db()
    assert (mine.state, mine.attempts) == ("waiting", 0)


def test_waiting_job_is_cancelled(client, mine, arbitrator):
    client.force_login(arbitrator)
    client.post(reverse("jobs:cancel", args=[mine.pk]))
    mine.refresh_from_db()
    assert (mine.state, mine.message) == ("dead", "已取消")
    assert runner.run_job(mine.pk) == "skipped"


def test_job_of_a_leaver_is_not_run(mine, arbitrator, acting):
    acting("test")
    arbitrator.is_active = False
    arbitrator.save()
    assert runner.run_job(mine.pk) == "dead"


def test_job_runs_with_the_rights_of_the_asker(kind, arbitrator, monkeypatch):
    kind("note")
    seen = []
    monkeypatch.setattr(
        "tests.kernel.jobs.work.note", lambda job: seen.append(runner_user()), raising=True
    )
    runner.run_job(enqueue("test.note", by=arbitrator).pk)
    runner.run_job(enqueue("test.note").pk)
    assert seen == [arbitrator, None]


def runner_user():
    from hrss_portal.access.scope import current

    return current().user


def test_unit_of_a_job_is_the_askers(mine, arbitrator):
    assert Job.objects.get(pk=mine.pk).unit == arbitrator.unit
