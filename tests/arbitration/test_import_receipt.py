"""The receipt of a ledger of disputes: its rows are for who may see the cases, and the read is
noted."""

from typing import Any

import pytest
from django.test import Client

from hrss_portal.access.models import User
from hrss_portal.access.policy import Refused
from hrss_portal.access.scope import acting_as
from hrss_portal.audit.models import AccessEntry
from hrss_portal.imports import batches
from hrss_portal.imports.models import Batch
from tests.factories import ledger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county", "rules", "today")]


@pytest.fixture
def landed(clerk: User) -> Batch:
    """Four rows that the clerk imported, the last one refused."""
    content = ledger.dirty(2022, 4, unknown_town=False, spoil_every=4)
    with acting_as(clerk):
        tried = batches.dry_run("X10", content, name="台账.xlsx", by=clerk)
        return batches.commit(tried, by=clerk)


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def noted(user: User) -> list[str]:
    """What the access log holds of this person's reading of batches."""
    mine = AccessEntry.objects.filter(actor_id=user.pk, subject_type="imports.batch")
    return list(mine.values_list("kind", flat=True))


def test_a_colleague_with_own_cases_only_reads_the_counts_and_no_row(
    landed: Batch, arbitrator: User
) -> None:
    browser, url = browser_of(arbitrator), f"/imports/{landed.pk}/"
    for rows in ("created", "rejected"):
        html = browser.get(f"{url}result/?rows={rows}").content.decode()
        assert 'data-test="receipt"' in html
        assert 'data-test="rows-held-back"' in html
        assert 'data-test="counted-rows"' not in html
        assert "undo/" not in html
        assert "errors/" not in html
    assert browser.get(f"{url}errors/").status_code == 403
    assert browser.get(f"{url}undo/").status_code == 403
    assert (
        browser.post(f"{url}undo/", {"version": landed.version, "_key": "undo-1"}).status_code
        == 403
    )
    with pytest.raises(Refused):
        batches.undo(landed, by=arbitrator)
    assert Batch._base_manager.get(pk=landed.pk).state == Batch.State.PARTIAL
    assert noted(arbitrator) == []


@pytest.mark.parametrize("name", ["clerk", "arbitration_head"])
def test_who_imported_it_and_who_sees_the_whole_court_read_the_rows_and_it_is_noted(
    landed: Batch, name: str, request: Any
) -> None:
    user = request.getfixturevalue(name)
    browser, url = browser_of(user), f"/imports/{landed.pk}/"
    plain = browser.get(f"{url}result/").content.decode()
    assert ("?rows=created" in plain, "undo/" in plain) == (True, True)
    assert noted(user) == []
    html = browser.get(f"{url}result/?rows=created").content.decode()
    assert 'data-test="counted-rows"' in html
    assert noted(user) == ["search"]
    assert browser.get(f"{url}errors/").status_code == 200
    browser.post(f"{url}undo/", {"version": landed.version, "_key": "undo-1"})
    assert Batch._base_manager.get(pk=landed.pk).state == Batch.State.UNDONE
