"""Change triggers: every way to change a row leaves an entry, and none works without an actor."""

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError

from hrss_portal.access.models import Unit, User
from hrss_portal.access.scope import acting_as
from hrss_portal.audit.models import AccessEntry, ChangeEntry, RefusalEntry
from tests.cast import County


def entries(model: type, pk: int) -> list[ChangeEntry]:
    """The entries of one row, oldest first."""
    found = ChangeEntry.objects.filter(table=model._meta.db_table, row_id=str(pk))
    return list(found.order_by("id"))


def test_a_save_is_logged_with_actor_and_changed_columns_only(county: County, acting, clerk: User):
    acting(clerk)
    town = county.town("城关镇")
    town.phone = "0564-1"
    town.save()
    [entry] = entries(Unit, town.pk)
    assert (entry.op, entry.old, entry.new) == ("U", {"phone": ""}, {"phone": "0564-1"})
    assert (entry.actor_id, entry.actor_name, entry.purpose) == (clerk.pk, clerk.name, "request")


def test_a_save_without_change_leaves_no_entry(county: County, acting):
    acting("test")
    county.town("城关镇").save()
    assert entries(Unit, county.town("城关镇").pk) == []


def test_queryset_update_bulk_update_raw_and_delete_are_logged(county: County, acting):
    acting("test")
    town = county.town("周集镇")
    Unit.objects.filter(pk=town.pk).update(phone="1")
    town.phone = "2"
    Unit.objects.bulk_update([town], ["phone"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_unit SET phone = %s WHERE id = %s", ["3%", town.pk])
    Unit.objects.filter(pk=town.pk).delete()
    changes = [(entry.op, entry.old["phone"]) for entry in entries(Unit, town.pk)]
    assert changes == [("U", ""), ("U", "1"), ("U", "2"), ("D", "3%")]
    assert entries(Unit, town.pk)[-1].new is None


def test_a_change_without_actor_is_refused(county: County):
    town = county.town("城关镇")
    with pytest.raises(InternalError, match="audit: no actor"), transaction.atomic():
        Unit.objects.filter(pk=town.pk).update(phone="1")
    with pytest.raises(InternalError, match="audit: no actor"), transaction.atomic():
        Unit.objects.filter(pk=town.pk).delete()


def test_leaving_the_scope_inside_a_transaction_forgets_the_actor(county: County, clerk: User):
    with acting_as(clerk):
        Unit.objects.filter(pk=county.bureau.pk).update(phone="1")
    with pytest.raises(InternalError, match="audit: no actor"), transaction.atomic():
        Unit.objects.filter(pk=county.bureau.pk).update(phone="2")


def test_the_inner_actor_counts_and_the_outer_one_comes_back(
    county: County, clerk: User, arbitrator: User
):
    unit = Unit.objects.filter(pk=county.bureau.pk)
    with acting_as(clerk):
        with acting_as(arbitrator):
            unit.update(phone="1")
        unit.update(phone="2")
    names = [entry.actor_name for entry in entries(Unit, county.bureau.pk)]
    assert names == [arbitrator.name, clerk.name]


def test_personal_columns_are_masked(clerk: User, acting):
    acting("test")
    User.objects.filter(pk=clerk.pk).update(phone="13900001234")
    clerk.refresh_from_db()
    clerk.set_password("Anders-2026-x")
    clerk.save()
    phone, password = entries(User, clerk.pk)
    assert phone.new == {"phone": "***34"}
    assert (password.old["password"], password.new["password"]) == ("***", "***")


def test_skipped_columns_need_no_actor(clerk: User):
    User.objects.filter(pk=clerk.pk).update(version=7)
    assert entries(User, clerk.pk) == []


@pytest.mark.parametrize("model", [ChangeEntry, AccessEntry, RefusalEntry])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET actor_name = 'x'", "DELETE FROM {0}"])
def test_logs_are_append_only(model: type, statement: str, acting, county: County):
    acting("test")
    Unit.objects.filter(pk=county.bureau.pk).update(phone="1")
    common = {"actor_name": "a", "purpose": "test"}
    AccessEntry.objects.create(kind="view", subject_type="x", subject_id="1", **common)
    RefusalEntry.objects.create(route="x", method="GET", rule="x", **common)
    sql = statement.format(model._meta.db_table)
    with (
        pytest.raises(InternalError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_truncate_of_a_log_is_refused(db):
    with (
        pytest.raises(InternalError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE audit_changeentry")
