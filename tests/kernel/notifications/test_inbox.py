"""The inbox: told once, badge equals list, read by POST only."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from hrss_portal.jobs.models import Job
from hrss_portal.notifications import digest
from hrss_portal.notifications.announcements import announcements_for
from hrss_portal.notifications.inbox import mark_read, notices, notify, unread
from hrss_portal.notifications.models import Announcement, Notice
from tests.cast import person
from tests.factories.access import UserFactory


def test_same_key_is_told_once_per_person(director, clerk):
    assert notify([director, clerk], title="超期", key="case-1-overdue") == 2
    assert notify([director, clerk], title="超期", key="case-1-overdue") == 0
    assert (unread(director), unread(clerk)) == (1, 1)


def test_read_notice_is_not_told_again(director):
    notify([director], title="超期", key="k")
    mark_read(director)
    notify([director], title="超期", key="k")
    assert unread(director) == 0


def test_without_key_every_call_is_a_line(director):
    notify([director], title="一")
    notify([director], title="一")
    assert unread(director) == 2


def test_disabled_account_is_skipped(director, acting):
    acting("test")
    director.is_active = False
    director.save()
    assert notify([director], title="超期") == 0


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example", "/\\evil", "javascript:1"]
)
def test_notice_opens_pages_of_this_portal_only(director, url):
    with pytest.raises(ValueError, match="opens a page"):
        notify([director], title="x", url=url)


@pytest.mark.django_db(transaction=True)
def test_four_at_once_tell_once():
    user = UserFactory()
    start = threading.Barrier(4)

    def tell():
        start.wait()
        notify([user], title="超期", key="once")
        connection.close()

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert Notice.objects.count() == 1


def test_badge_is_the_length_of_the_list(client, director):
    for number in range(3):
        notify([director], title=f"第{number}件")
    client.force_login(director)
    page = client.get(reverse("notifications:inbox"))
    assert page.context["page"].paginator.count == unread(director) == 3


def test_opening_marks_as_read_and_leads_on(client, director, clerk):
    notify([director], title="看作业", url="/jobs/")
    line = notices(director).get()
    url = reverse("notifications:read", args=[line.pk])
    client.force_login(clerk)
    assert client.post(url).status_code == 404
    client.force_login(director)
    assert client.get(url).status_code == 405
    assert client.post(url).url == "/jobs/"
    assert unread(director) == 0


def test_reading_the_list_changes_nothing(client, director):
    notify([director], title="一")
    client.force_login(director)
    client.get(reverse("notifications:inbox") + "?show=all")
    assert unread(director) == 1
    client.post(reverse("notifications:read_all"))
    assert unread(director) == 0


def test_digest_tells_each_person_once_a_day(director, clerk):
    notify([director], title="一")
    notify([director], title="二")
    morning = Job(payload={"due": "2023-11-16T00:00:00+00:00"})
    assert digest.morning(morning) == {"told": 1}
    assert digest.morning(morning) == {"told": 0}
    line = notices(director).filter(kind="digest").get()
    assert (line.title, line.key) == ("今日提醒：未读消息 2 项", "digest-2023-11-16")


def test_stopped_job_is_told_to_its_asker_and_the_administrator(
    arbitrator, administrator, clerk, other_county
):
    person("9803", "邻管理", other_county.bureau, "SYS")
    Job.objects.create(
        kind="jobs.canary", state="dead", message="第3行的日期不对", requested_by=arbitrator
    )
    assert digest.tell_of_stopped_jobs(Job()) == {"told": 2}  # not the other county's
    assert digest.tell_of_stopped_jobs(Job()) == {"told": 0}
    assert notices(arbitrator).get().body == "第3行的日期不对"


def test_announcement_holds_for_its_bureau_and_time(director, stranger, county):
    now = timezone.now()
    values = {"until_at": now + timedelta(days=1), "created_by": director}
    Announcement.objects.create(title="给本局", unit=county.bureau, **values)
    Announcement.objects.create(title="给大家", **values)
    Announcement.objects.create(title="还没到", from_at=now + timedelta(hours=1), **values)
    assert sorted(row.title for row in announcements_for(director)) == ["给大家", "给本局"]
    assert [row.title for row in announcements_for(stranger)] == ["给大家"]


def test_announcement_by_page(client, administrator, clerk):
    client.force_login(clerk)
    assert client.get(reverse("notifications:announcements")).status_code == 403
    client.force_login(administrator)
    url = reverse("notifications:announcements")
    now = timezone.localtime()
    form = {
        "title": "停机维护",
        "body": "",
        "level": "warning",
        "from_at": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "until_at": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }
    assert client.post(url, {**form, "until_at": form["from_at"]}).status_code == 422
    assert client.post(url, form).status_code == 302
    assert client.get(url).status_code == 200
    found = Announcement.objects.get()
    client.post(reverse("notifications:announcement_end", args=[found.pk]))
    assert announcements_for(administrator).count() == 0
