"""The sealed chain: whoever edits a sealed row, with whatever rights, is found."""

import time

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import import_string

from hrss_portal.access.models import Unit
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit import log, seal
from hrss_portal.audit.models import ChangeEntry, SealedBlock

pytestmark = [
    pytest.mark.alone,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("server_alone"),
    pytest.mark.xdist_group("server"),
]


def change(phone: str) -> None:
    """One change, committed."""
    with acting_as_system("test"):
        Unit.objects.update(phone=phone)


def seal_now() -> SealedBlock:
    """Seals as soon as nothing older runs: other databases of the server count as well, and so
    these tests are for a server on which nothing else runs."""
    for _ in range(200):
        if block := seal.seal_due():
            return block
        time.sleep(0.1)
    raise AssertionError("an old transaction keeps the sealer from sealing")


@pytest.fixture
def blocks() -> list[SealedBlock]:
    """Three blocks of one change each."""
    with acting_as_system("test"):
        Unit.objects.create(kind="bureau", name="测试县人社局")
    made = []
    for phone in "123":
        change(phone)
        made.append(seal_now())
    return made


def as_owner(sql: str) -> None:
    """Does what a database administrator can: switches the triggers off and edits."""
    table = "audit_sealedblock" if "sealedblock" in sql else "audit_changeentry"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_every_finished_row_is_sealed_once(blocks):
    assert [block.number for block in blocks] == [1, 2, 3]
    assert sum(part["rows"] for block in blocks for part in block.contents.values()) == 3
    assert seal.seal_due() is None
    report = seal.verify()
    assert (report.blocks, report.rows, report.unsealed, report.bad) == (3, 3, 0, None)
    assert (report.head, report.head_seal) == (3, blocks[2].seal)


def test_rows_after_the_last_block_are_counted_as_unsealed(blocks):
    change("4")
    assert seal.verify().unsealed == 1


@pytest.mark.parametrize(
    ("sql", "block"),
    [
        ("UPDATE audit_changeentry SET actor_name = '别人' WHERE new->>'phone' = '2'", 2),
        ("""UPDATE audit_changeentry SET new = '{"phone": "9"}' WHERE new->>'phone' = '1'""", 1),
        ("DELETE FROM audit_changeentry WHERE new->>'phone' = '3'", 3),
        (
            """INSERT INTO audit_changeentry
            (table_name, row_id, op, old, actor_name, purpose, request_id, xid)
            SELECT 'x', '1', 'U', '{}', 'x', 'x', '', xid
            FROM audit_changeentry WHERE new->>'phone' = '2'""",
            2,
        ),
        ("UPDATE audit_sealedblock SET sealed_at = now() WHERE number = 2", 2),
        ("UPDATE audit_sealedblock SET xid_to = xid_to - 1 WHERE number = 1", 1),
        ("DELETE FROM audit_sealedblock WHERE number = 2", 3),
        ("DELETE FROM audit_sealedblock WHERE number = 1", 2),
    ],
)
def test_the_first_bad_block_is_named(blocks, sql: str, block: int):
    as_owner(sql)
    bad = seal.verify().bad
    assert bad is not None
    assert bad.block == block


def test_a_forged_digest_does_not_help_without_the_key(blocks):
    as_owner("UPDATE audit_changeentry SET actor_name = '别人' WHERE new->>'phone' = '3'")
    block = blocks[2]
    contents = seal._contents(
        "audit_changeentry",
        block.contents["audit_changeentry"]["columns"],
        (block.epoch, block.xid_from, block.xid_to),
    )
    block.contents = {**block.contents, "audit_changeentry": contents}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_sealedblock DISABLE TRIGGER USER")
        SealedBlock.objects.filter(number=3).update(contents=block.contents)
        cursor.execute("ALTER TABLE audit_sealedblock ENABLE TRIGGER USER")
    assert seal.verify().bad == seal.Bad(3, "audit_sealedblock", "封印与内容不符")


def test_cut_off_blocks_are_found_by_a_head_kept_outside(blocks):
    head = (3, blocks[2].seal)
    assert seal.verify(head=head).bad is None
    as_owner("DELETE FROM audit_sealedblock WHERE number = 3")
    assert seal.verify().bad is None
    assert seal.verify(head=head).bad is not None


def test_a_running_transaction_is_not_sealed_over(blocks, second_connection):
    with second_connection() as other:
        other.execute("BEGIN")
        other.execute(
            "INSERT INTO audit_changeentry (table_name, row_id, op, old, actor_name, purpose,"
            " request_id) VALUES ('late', '1', 'U', '{}', 'x', 'x', '')"
        )
        change("4")
        assert seal.seal_due() is None
        other.execute("COMMIT")
    block = seal_now()
    assert block.contents["audit_changeentry"]["rows"] == 2
    assert ChangeEntry.objects.filter(table="late").exists()


def test_a_restore_begins_a_new_epoch_and_the_chain_goes_on(blocks):
    seal.begin_epoch()
    change("5")
    block = seal_now()
    assert (block.epoch, block.xid_from, block.previous) == (
        blocks[2].epoch + 1,
        0,
        blocks[2].seal,
    )
    assert seal.verify().bad is None


def test_all_three_logs_are_sealed(blocks):
    with acting_as_system("test"):
        log.record_access("view", subject_type="x.y", subject_id=1)
        log.record_refusal(route="r", method="GET", rule="none")
    block = seal_now()
    rows = {table: part["rows"] for table, part in block.contents.items()}
    expected = {"audit_accessentry": 1, "audit_changeentry": 0, "audit_refusalentry": 1}
    assert {table: rows[table] for table in expected} == expected


def test_the_command_names_the_bad_block(blocks, capsys):
    as_owner("DELETE FROM audit_changeentry WHERE new->>'phone' = '2'")
    with pytest.raises(SystemExit) as error:
        call_command("audit_verify", "--json")
    assert error.value.code == 1
    assert '"code": "bad_block"' in capsys.readouterr().err


def test_the_job_is_declared_and_runs(blocks):
    from hrss_portal.audit.jobs import jobs

    [kind] = [kind for kind in jobs if kind.code == "audit.seal"]
    assert kind.every == 60
    assert import_string(kind.run)(None) == {}
