"""Links for outside bodies: hard to guess, answered once, nothing told to guessers."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access.scope import acting_as_system
from hrss_portal.notifications import tasklinks
from hrss_portal.notifications.models import TaskLink
from hrss_portal.notifications.tasklinks import (
    answer,
    fingerprint,
    issue_task_link,
    links_of,
    revoke,
)
from tests.factories.access import OfficeFactory, UserFactory

PDF = b"%PDF-1.4\n<<>>\n%%EOF\n"
GIVEN = {"text": "经核实，已于11月10日付清。", "name": "李某", "phone": "0564-1234567"}
called = []


def told(link):
    """What the asking app does with an answer."""
    called.append((link.pk, link.answer))


@pytest.fixture
def ask(arbitrator, acting):
    """A question about a record; the record here is another link, as any scoped model will do."""
    called.clear()

    def issue(**changes):
        acting("test")
        subject = TaskLink.objects.create(
            token_hash="x" * 64
            if not TaskLink.objects.exists()
            else fingerprint(str(timezone.now())),
            owner_label="notifications.tasklink",
            owner_id=0,
            owner_action="notifications.task_link.view",
            body_name="本院",
            title="被核实的事项",
            unit=arbitrator.unit,
            created_by=arbitrator,
            expires_at=timezone.now() + timedelta(days=1),
        )
        values = {
            "title": "核实工资支付情况",
            "question": "请核实该项目11月工资是否付清。",
            "body_name": "住建局",
            "expires_at": timezone.now() + timedelta(days=3),
            "by": arbitrator,
            "unit": arbitrator.unit,
            "owner_action": "notifications.task_link.view",
            "on_answer": "tests.kernel.notifications.test_tasklinks.told",
            **changes,
        }
        return issue_task_link(subject, **values)

    return issue


def reread(link):
    with acting_as_system("test"):
        return TaskLink.objects.get(pk=link.pk)


def test_only_the_hash_of_the_token_is_kept(ask):
    link, path = ask()
    token = path.strip("/").rsplit("/", 1)[-1]
    assert len(token) == 22  # 128 bits
    assert link.token_hash == fingerprint(token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_tasklink WHERE id = %s", [link.pk])
        stored = repr([bytes(c) if isinstance(c, memoryview) else c for c in cursor.fetchone()])
    assert token not in stored
    assert "请核实" not in stored


def test_answer_without_an_account(client, ask):
    link, path = ask()
    page = client.get(path)
    assert page.status_code == 200
    assert "请核实该项目11月工资是否付清" in page.content.decode()
    done = client.post(path, {**GIVEN, "proofs": [SimpleUploadedFile("回函.pdf", PDF)]})
    assert "答复已收到" in done.content.decode()
    found = reread(link)
    assert (found.answer, found.answered_name) == (GIVEN["text"], "李某")
    assert found.files.get().owner_id == link.owner_id
    assert called == [(link.pk, GIVEN["text"])]


def test_answer_is_taken_once(client, ask):
    link, path = ask()
    client.post(path, GIVEN)
    again = client.post(path, {**GIVEN, "text": "改口"})
    assert "答复已收到" in again.content.decode()
    assert reread(link).answer == GIVEN["text"]
    with pytest.raises(ValidationError, match="已经答复过"):
        answer(link, text="改口", name="李某")


def test_bad_file_saves_nothing(client, ask):
    link, path = ask()
    bad = SimpleUploadedFile("回函.pdf", b"<html><script>alert(1)</script>")
    page = client.post(path, {**GIVEN, "proofs": [bad]})
    assert page.status_code == 422
    assert reread(link).answered_at is None
    assert called == []


def test_six_files_are_too_many(client, ask):
    _, path = ask()
    files = [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(6)]
    assert client.post(path, {**GIVEN, "proofs": files}).status_code == 422


def test_absent_expired_and_revoked_links_look_the_same(client, ask):
    expired, expired_path = ask()
    revoked, revoked_path = ask()
    with acting_as_system("test"):
        TaskLink.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
        revoke(revoked)
    pages = [client.get(path) for path in ("/t/nosuchtoken/", expired_path, revoked_path)]
    assert [page.status_code for page in pages] == [404, 404, 404]
    assert len({page.content for page in pages}) == 1


def test_guessing_is_slowed_down(client, db):
    answers = [client.get(f"/t/guess{n}/").status_code for n in range(21)]
    assert answers == [404] * 20 + [429]


def test_brake_without_cache_lets_people_through(client, ask, monkeypatch):
    _, path = ask()
    monkeypatch.setattr("django.core.cache.cache.add", lambda *args: 1 / 0)
    assert client.get(path).status_code == 200


def test_link_in_the_past_is_refused(ask):
    with pytest.raises(ValidationError, match="有效期"):
        ask(expires_at=timezone.now())


def test_clerk_enters_a_reply_with_proof(client, ask, arbitrator, stranger):
    link, _ = ask()
    url = reverse("notifications:task_link", args=[link.pk])
    client.force_login(stranger)
    assert client.get(url).status_code == 404
    client.force_login(arbitrator)
    assert client.get(url).status_code == 200
    assert client.post(url, GIVEN).status_code == 422
    client.post(url, {**GIVEN, "proofs": [SimpleUploadedFile("来函.pdf", PDF)]})
    found = reread(link)
    assert (found.entered_by, found.answer) == (arbitrator, GIVEN["text"])
    assert "由孟仲代录" in client.get(url).content.decode()


def test_a_link_about_a_record_out_of_sight_is_out_of_sight(client, ask, arbitrator, county):
    """The link stands in the person's own unit; what it is about does not."""
    link, _ = ask()
    elsewhere = county.office("劳动监察大队")
    TaskLink.objects.filter(pk=link.owner_id).update(unit=elsewhere)
    client.force_login(arbitrator)
    assert client.get(reverse("notifications:task_link", args=[link.pk])).status_code == 404
    url = reverse("notifications:task_link_revoke", args=[link.pk])
    assert client.post(url).status_code == 404
    assert reread(link).revoked_at is None


def test_who_only_reads_enters_no_reply(client, ask, auditor):
    link, _ = ask()
    url = reverse("notifications:task_link", args=[link.pk])
    client.force_login(auditor)
    assert client.get(url).status_code == 200
    proofs = [SimpleUploadedFile("来函.pdf", PDF)]
    assert client.post(url, {**GIVEN, "proofs": proofs}).status_code == 403
    assert reread(link).answer == ""


def test_revoked_by_page(client, ask, arbitrator):
    link, path = ask()
    client.force_login(arbitrator)
    client.post(reverse("notifications:task_link_revoke", args=[link.pk]))
    assert client.get(path).status_code == 404


def test_links_of_a_record(ask):
    link, _ = ask()
    with acting_as_system("test"):
        assert list(links_of(tasklinks.owner_of(link))) == [link]


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one():
    user = UserFactory(unit=OfficeFactory())
    with acting_as_system("test"):
        link, _ = issue_task_link(
            user,
            title="核实",
            question="？",
            body_name="住建局",
            expires_at=timezone.now() + timedelta(days=1),
            by=user,
            unit=user.unit,
            owner_action="notifications.task_link.view",
        )
    start, results = threading.Barrier(4), []

    def reply():
        with acting_as_system("public"):
            start.wait()
            try:
                answer(link, text="答复", name="李某")
                results.append("taken")
            except ValidationError as error:
                results.append(error.code)
        connection.close()

    threads = [threading.Thread(target=reply) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(results) == ["answered", "answered", "answered", "taken"]
