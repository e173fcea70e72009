"""Messages to the outside: once per key, the guarantee of each kind, signed webhooks, no SSRF."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from hrss_portal.access.models import Unit
from hrss_portal.jobs import runner
from hrss_portal.jobs.models import Job
from hrss_portal.notifications import gateways, outbox
from hrss_portal.notifications.gateways import Gateway, Refused, Unanswered, check_endpoint
from hrss_portal.notifications.models import Endpoint, MessageKind, OutboxMessage
from tests.cast import County
from tests.factories.access import UnitFactory


def send(channel, to, text, **values):
    """A message of the first bureau, which is made where there is none."""
    unit = Unit.objects.roots().order_by("pk").first() or UnitFactory()
    return outbox.send(channel, to, text, unit=unit, **values)


class Scripted(Gateway):
    """Answers as the test says."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def deliver(self, message):
        self.asked.append(message.pk)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def gateway(monkeypatch):
    def use(*answers):
        made = Scripted(*answers)
        monkeypatch.setattr(outbox, "gateway_for", lambda channel: made)
        return made

    return use


def run_until_quiet(times=20):
    """Run the deliveries as if all back-offs had passed."""
    for _ in range(times):
        Job.objects.filter(state="failed").update(run_at="2020-01-01T00:00:00Z")
        if not runner.run_due(kinds=[outbox.DELIVER]):
            break


def state_of(message):
    return OutboxMessage.objects.values_list("state", flat=True).get(pk=message.pk)


def test_same_key_is_one_message(db, gateway):
    used = gateway("r1", "r2")
    first = send("sms", "13800138000", "开庭通知", key="hearing-1")
    assert send("sms", "13800138000", "开庭通知", key="hearing-1") == first
    run_until_quiet()
    assert used.asked == [first.pk]
    assert state_of(first) == "sent"


def test_recipient_and_text_are_encrypted_and_masked(db):
    message = send("sms", "13800138000", "张某某开庭", key="k")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_outboxmessage")
        stored = repr([bytes(c) if isinstance(c, memoryview) else c for c in cursor.fetchone()])
    assert "13800138000" not in stored
    assert message.to_masked == "138****8000"
    assert OutboxMessage.objects.get(pk=message.pk).text == "张某某开庭"


def test_without_a_gateway_a_message_is_noted_not_sent(db):
    message = send("sms", "13800138000", "x", key="k")
    run_until_quiet()
    assert state_of(message) == "noted"


def test_refused_message_is_tried_again_until_it_fails(db, gateway):
    used = gateway(*[Refused("欠费")] * outbox.ATTEMPTS)
    message = send("sms", "13800138000", "x", key="k")
    run_until_quiet()
    assert (state_of(message), len(used.asked)) == ("failed", outbox.ATTEMPTS)


def test_at_least_once_sends_again_when_nobody_knows(db, gateway):
    used = gateway(Unanswered("超时"), "r")
    message = send("sms", "13800138000", "开庭", key="k", kind="hearing")
    run_until_quiet()
    assert (state_of(message), len(used.asked)) == ("sent", 2)


def test_at_most_once_never_sends_again(db, gateway):
    used = gateway(Unanswered("超时"), "r")
    message = send("sms", "13800138000", "评价", key="k", kind="rating", at_most_once=True)
    run_until_quiet()
    assert (state_of(message), len(used.asked)) == ("unknown", 1)


@pytest.mark.parametrize(
    ("at_most_once", "state", "asked"), [(True, "unknown", 0), (False, "sent", 1)]
)
def test_worker_killed_while_sending(db, gateway, at_most_once, state, asked):
    used = gateway("r")
    message = send("sms", "13800138000", "x", key="k", kind="k", at_most_once=at_most_once)
    OutboxMessage.objects.filter(pk=message.pk).update(state="sending", attempts=1)
    run_until_quiet()
    assert (state_of(message), len(used.asked)) == (state, asked)


def test_person_decides_to_send_again(client, administrator, gateway):
    gateway(Unanswered("超时"), "r")
    message = send("sms", "13800138000", "x", key="k", kind="rating", at_most_once=True)
    run_until_quiet()
    client.force_login(administrator)
    assert "不确定是否送达" in client.get(reverse("notifications:outbox")).content.decode()
    client.post(reverse("notifications:resend", args=[message.pk]))
    run_until_quiet()
    assert state_of(message) == "sent"


def test_bureau_changes_the_guarantee(client, administrator, db):
    send("sms", "13800138000", "x", key="k", kind="rating", at_most_once=True)
    kind = MessageKind.objects.get(code="rating")
    client.force_login(administrator)
    client.post(reverse("notifications:kind", args=[kind.pk]), {"guarantee": "at_least_once"})
    send("sms", "13800138000", "x", key="k2", kind="rating", at_most_once=True)
    assert MessageKind.objects.get(code="rating").guarantee == "at_least_once"


def test_unknown_way_is_an_error(db):
    for channel, to in [("fax", "1"), ("webhook", "https://example.org/")]:
        with pytest.raises(ValueError, match="no such way"):
            send(channel, to, "x", key="k")


@pytest.fixture
def receiver(monkeypatch):
    """A system on this machine that takes webhooks; the address check lets this one through."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        status = 204

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((dict(self.headers), body))
            self.send_response(self.server.status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.status, server.taken = 204, taken
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    port = server.server_address[1]
    monkeypatch.setattr(gateways, "check_endpoint", lambda url: ("127.0.0.1", "127.0.0.1", port))
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def endpoint(db):
    values = {"name": "省平台", "url": "http://hook.test/in?x=1", "secret": "geheim"}
    return Endpoint.objects.create(bureau=UnitFactory(), **values)


def test_webhook_is_signed(receiver, endpoint):
    message = send("webhook", endpoint, '{"case": 7}', key="k", kind="push")
    run_until_quiet()
    headers, body = receiver.taken[0]
    signed = headers["X-Portal-Timestamp"].encode() + b"." + body
    expected = hmac.new(b"geheim", signed, hashlib.sha256).hexdigest()
    assert headers["X-Portal-Signature"] == f"sha256={expected}"
    assert headers["X-Portal-Id"] == str(message.pk)
    assert json.loads(body)["data"] == {"case": 7}
    assert state_of(message) == "sent"


@pytest.mark.parametrize(("status", "state"), [(302, "unknown"), (500, "unknown"), (422, "failed")])
def test_webhook_follows_no_redirect_and_believes_no_error(receiver, endpoint, status, state):
    receiver.status = status
    message = send("webhook", endpoint, "x", key="k", kind="push", at_most_once=True)
    run_until_quiet()
    assert state_of(message) == state


def test_switched_off_endpoint_is_not_called(receiver, endpoint, acting):
    acting("test")
    endpoint.is_active = False
    endpoint.save()
    message = send("webhook", endpoint, "x", key="k", kind="push")
    run_until_quiet()
    assert (state_of(message), receiver.taken) == ("failed", [])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:6379/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:a9fe:a9fe::]/",
        "http://[2001:0:0a00:1::80ff:fffe]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::a9fe:a9fe]/",
        "ftp://10.0.0.1/",
        "file:///etc/passwd",
        "http://user:secret@10.0.0.1/",
        "http:///",
        "gopher://10.0.0.1/",
    ],
)
def test_addresses_that_are_never_called(url):
    with pytest.raises(ValidationError):
        check_endpoint(url)


def test_intranet_address_may_be_registered(client, administrator):
    client.force_login(administrator)
    url = reverse("notifications:endpoint_add")
    page = client.post(url, {"name": "省平台", "url": "http://10.1.2.3:8080/in"})
    endpoint = Endpoint.objects.get()
    assert endpoint.secret in page.content.decode()
    assert endpoint.secret not in client.get(reverse("notifications:outbox")).content.decode()
    client.post(url, {"name": "本机", "url": "http://127.0.0.1/"})
    assert Endpoint.objects.count() == 1
    client.post(reverse("notifications:endpoint", args=[endpoint.pk]), {"active": "0"})
    assert not Endpoint.objects.get().is_active


def test_a_message_of_nobody_is_an_error(db):
    with pytest.raises(ValueError, match="which unit"):
        outbox.send("sms", "13800138000", "x", key="k")


def test_each_bureau_has_its_own_outbox_kinds_and_addresses(
    client, administrator, stranger, other_county: County, gateway
):
    gateway(Unanswered("超时"), Unanswered("超时"))
    sent = {
        unit: outbox.send(
            "sms",
            "13800138000",
            "x",
            key=f"k{unit.pk}",
            kind="rating",
            at_most_once=True,
            unit=unit,
        )
        for unit in (administrator.unit, stranger.unit)
    }
    run_until_quiet()
    ours, theirs = sent[administrator.unit], sent[stranger.unit]
    assert (ours.kind.code, ours.kind != theirs.kind) == (theirs.kind.code, True)
    client.force_login(administrator)
    there = {"name": "省平台", "url": "http://10.1.2.3/in"}
    client.post(reverse("notifications:endpoint_add"), there)
    address = Endpoint.objects.create(bureau=other_county.bureau, secret="s", **there)
    page = client.get(reverse("notifications:outbox"))
    assert [row.pk for row in page.context["page"]] == [ours.pk]
    assert [kind.pk for kind, _ in page.context["kinds"]] == [ours.kind_id]
    assert [row.bureau_id for row in page.context["endpoints"]] == [administrator.unit.root_id]
    for name, row, data in (
        ("resend", theirs, {}),
        ("kind", theirs.kind, {"guarantee": "at_least_once"}),
        ("endpoint", address, {"active": "0"}),
    ):
        answer = client.post(reverse(f"notifications:{name}", args=[row.pk]), data)
        assert answer.status_code == 404, name
    assert state_of(theirs) == "unknown"
    assert MessageKind.objects.get(pk=theirs.kind_id).guarantee == "at_most_once"
    assert Endpoint.objects.get(pk=address.pk).is_active
    again = client.post(reverse("notifications:endpoint_add"), there)
    assert (again.status_code, Endpoint.objects.count()) == (302, 2)
