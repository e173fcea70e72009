"""The actor travels with the statement, whatever connection the pooler gives it."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.utils import DataError, InternalError

from hrss_portal.access.models import Unit
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit import context, log
from hrss_portal.audit.commands import BadInput, Fault, PortalCommand
from hrss_portal.audit.logs import mask_identifiers
from hrss_portal.audit.models import AccessEntry, ChangeEntry


def setting() -> str:
    """What the connection would tell the next trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.actor', true), '')")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_the_actor_is_sent_in_the_statement_and_stays_nowhere():
    Unit.objects.create(kind="bureau", name="测试县人社局")
    with context.actor(None, "百分%号'引号", "test"):
        Unit.objects.filter(name__contains="100%").update(phone="1")
        assert Unit.objects.update(phone="50%") == 1
        assert setting() == ""
    assert setting() == ""
    assert ChangeEntry.objects.get().actor_name == "百分%号'引号"
    with pytest.raises(InternalError, match="no actor"):
        Unit.objects.update(phone="2")


@pytest.mark.django_db
def test_copy_is_stamped_by_hand(county):
    with acting_as_system("import"), connection.cursor() as cursor:
        context.stamp(cursor)
        assert '"for": "import"' in setting()
    with pytest.raises(context.ActorMissing), connection.cursor() as cursor:
        context.stamp(cursor)


@pytest.mark.django_db
def test_reads_are_sent_as_they_are(county, django_assert_num_queries):
    with context.actor(None, "系统", "test"), django_assert_num_queries(1) as queries:
        list(Unit.objects.filter(name="update"))
    assert "set_config" not in queries.captured_queries[0]["sql"]


@pytest.mark.django_db
def test_a_broken_transaction_is_not_made_worse(county):
    def fail() -> None:
        with transaction.atomic(), context.actor(None, "系统", "test"):
            unit.update(phone="1")
            with connection.cursor() as cursor:
                cursor.execute("UPDATE access_unit SET kind = repeat('x', 99)")

    unit = Unit.objects.filter(pk=county.bureau.pk)
    with pytest.raises(DataError):
        fail()
    assert context.current() is None
    assert unit.get().phone == ""


@pytest.mark.django_db
def test_accesses_name_the_person_and_need_one(clerk, acting):
    with pytest.raises(context.ActorMissing):
        log.record_access("reveal", subject_type="x.y", subject_id=1)
    acting(clerk)
    log.record_access(
        "reveal", subject_type="x.y", subject_id=1, reason="核对", fields=["phone"], case_id=7
    )
    [entry] = log.viewers("x.y", 1)
    assert (entry.actor_id, entry.reason, entry.fields, entry.case_id) == (
        clerk.pk,
        "核对",
        ["phone"],
        7,
    )
    with pytest.raises(ValueError, match="peek"):
        log.record_access("peek", subject_type="x.y", subject_id=1)
    assert AccessEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("id 34152219900101123X end", "id ***3X end"),
        ("电话13900001234。", "电话***34。"),
        ("卡 6222021234567890123", "卡 ***23"),
        ("编号 20261122 与 1234567890", "编号 20261122 与 1234567890"),
    ],
)
def test_log_lines_are_masked(text: str, masked: str):
    assert mask_identifiers(text) == masked


class Sample(PortalCommand):
    """A command that does what it is told."""

    def arguments(self, parser):
        """What to do."""
        parser.add_argument("act")

    def run(self, **options):
        """Answers, or fails in one of three ways."""
        match options["act"]:
            case "bad":
                raise BadInput("no_such", "没有", "换一个")
            case "fault":
                raise Fault("broken", "坏了")
            case "crash":
                raise RuntimeError("unexpected")
            case "argument":
                raise CommandError("argument")
        return {"act": options["act"]}

    def exit_code(self, data):
        """Partial success."""
        return 3 if data["act"] == "part" else 0


@pytest.mark.parametrize(
    ("act", "code", "out", "err"),
    [
        ("good", 0, '{"ok": true, "data": {"act": "good"}}', ""),
        ("part", 3, '{"ok": true, "data": {"act": "part"}}', ""),
        (
            "bad",
            2,
            "",
            '{"ok": false, "error": {"code": "no_such", "message": "没有", "hint": "换一个"}}',
        ),
        (
            "fault",
            1,
            "",
            '{"ok": false, "error": {"code": "broken", "message": "坏了", "hint": ""}}',
        ),
        ("argument", 2, "", '"code": "bad_argument"'),
        ("crash", 1, "", '"code": "fault"'),
    ],
)
def test_commands_answer_in_the_envelope(capsys, act: str, code: int, out: str, err: str):
    status = 0
    try:
        call_command(Sample(), act, "--json")
    except SystemExit as error:
        status = int(error.code or 0)
    captured = capsys.readouterr()
    assert status == code
    assert captured.out.strip() == out
    assert err in captured.err
