"""Keys: canaries, export, rotation."""

import base64
import json
import stat

import pytest
from django.core.management import call_command
from django.db import connection

from hrss_portal.audit.models import ChangeEntry
from hrss_portal.parties import crypto, keys
from hrss_portal.parties.models import KeyCanary, Person
from tests.factories.parties import EmployerFactory, PersonFactory
from tools import secrets_file


def key(name, number):
    return f"{name}:{base64.b64encode(bytes([number]) * 32).decode()}"


def run(command, capsys, *args):
    """Exit code, standard output, standard error."""
    try:
        call_command(command, *args)
        code = 0
    except SystemExit as stopped:
        code = stopped.code
    said = capsys.readouterr()
    return code, said.out, said.err


def test_right_keys_are_right_and_get_canaries(db, acting, settings):
    settings.FIELD_KEYS = [key("k1", 1), key("k2", 2)]
    acting("test")
    PersonFactory()
    report = keys.key_check()
    assert (report.current, report.configured, report.problems) == ("k1", ["k1", "k2"], [])
    assert report.rows["k1"] >= 2
    assert set(KeyCanary.objects.values_list("key_id", flat=True)) == {"(index)", "k1", "k2"}


def test_another_key_under_the_same_name_is_noticed(db, acting, settings):
    settings.FIELD_KEYS = [key("k1", 1)]
    acting("test")
    PersonFactory()
    keys.key_check()
    settings.FIELD_KEYS = [key("k1", 9)]
    problems = keys.key_check().problems
    assert problems[0] == "密钥 k1 不是原来的那一把，用它打不开已有的号码"
    assert "人员的证件号码打不开，密钥不对或数据被改动" in problems


def test_a_missing_key_and_another_index_key_are_noticed(db, acting, settings):
    settings.FIELD_KEYS = [key("k1", 1)]
    acting("test")
    PersonFactory()
    keys.key_check()
    settings.FIELD_KEYS = [key("k2", 2)]
    settings.INDEX_KEY = base64.b64encode(b"x" * 32).decode()
    problems = keys.key_check().problems
    assert "INDEX_KEY 不是原来的那一把，按号码查找会查不到已有的人员" in problems
    assert any(words.endswith("用密钥 k1 加密，但 FIELD_KEYS 里没有它") for words in problems)


def test_wrong_keys_get_no_canary(db, acting, settings):
    settings.FIELD_KEYS = [key("k1", 1)]
    acting("test")
    PersonFactory()
    settings.FIELD_KEYS = [key("k1", 9)]
    assert keys.key_check().problems
    assert KeyCanary.objects.count() == 0


def test_rotation_seals_everything_under_the_first_key(db, acting, settings, capsys):
    settings.FIELD_KEYS = [key("k1", 1)]
    acting("test")
    people = [PersonFactory() for _ in range(5)]
    employer = EmployerFactory()
    before = ChangeEntry.objects.count()
    settings.FIELD_KEYS = [key("k2", 2), key("k1", 1)]
    code, out, _ = run("field_key_rotate", capsys, "--batch", "2", "--json")
    assert code == 0
    sealed = json.loads(out)["data"]["sealed"]
    assert sealed["parties_person.id_number"] == 5
    assert sealed["parties_employer.contact_phone"] == 1
    assert ChangeEntry.objects.count() == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM parties_person")
        assert {crypto.key_id(bytes(row[0])) for row in cursor.fetchall()} == {"k2"}
    settings.FIELD_KEYS = [key("k2", 2)]
    assert [Person.objects.get(pk=p.pk).id_number for p in people] == [p.id_number for p in people]
    employer.refresh_from_db()
    assert employer.contact_phone
    assert keys.key_check().problems == []


def test_export_writes_a_private_file_and_says_what_loss_means(db, tmp_path, capsys, settings):
    settings.BACKUP_KEY = base64.b64encode(b"b" * 32).decode()
    path = tmp_path / "keys.txt"
    code, out, _ = run("field_key_export", capsys, "--to", str(path))
    assert code == 0
    assert keys.LOST in out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text(encoding="utf-8")
    stored = secrets_file.parse(text)
    assert stored == {
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
        "INDEX_KEY": settings.INDEX_KEY,
        "AUDIT_KEY": settings.AUDIT_KEY,
        "BACKUP_KEY": settings.BACKUP_KEY,
    }
    assert keys.LOST in text
    code, _, err = run("field_key_export", capsys, "--to", str(path))
    assert (code, "文件已存在" in err) == (2, True)


@pytest.mark.parametrize("wrong", [False, True])
def test_the_check_says_it_plainly(db, acting, settings, capsys, wrong):
    settings.FIELD_KEYS = [key("k1", 1)]
    acting("test")
    PersonFactory()
    if wrong:
        settings.FIELD_KEYS = [key("k1", 9)]
    code, out, err = run("field_key_check", capsys)
    assert code == (1 if wrong else 0)
    assert ("密钥正确。" in out) is not wrong
    assert keys.LOST in (err if wrong else out)
    if wrong:
        _, out, err = run("field_key_check", capsys, "--json")
        assert (out, json.loads(err)["ok"]) == ("", False)
