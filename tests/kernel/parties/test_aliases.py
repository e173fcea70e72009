"""A word written in another way is understood by forms, sheets and the interface alike."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from hrss_portal.access.models import User
from hrss_portal.parties import aliases
from hrss_portal.parties.fields import ChoiceLabelField, TownField
from hrss_portal.parties.models import Alias
from tests.cast import County


@pytest.fixture(autouse=True)
def _acting(acting: Callable[..., Any], db: None) -> None:
    acting("test")


def alias(written: str, means: str, listed: str = "") -> Alias:
    """A stored way of writing."""
    made = Alias(list=listed, written=written, means=means)
    made.full_clean()
    made.save()
    aliases.forget()
    return made


def test_a_choice_takes_the_other_way_of_writing_in_its_own_list_only() -> None:
    field = ChoiceLabelField([("pay", "劳动报酬")], label="案由")
    with pytest.raises(ValidationError):
        field.clean("讨薪")
    alias("讨 薪", "劳动报酬", "案由")
    assert field.clean("讨薪") == "pay"
    with pytest.raises(ValidationError):
        ChoiceLabelField([("pay", "劳动报酬")], label="别的").clean("讨薪")


def test_a_township_is_found_by_its_old_name(county: County) -> None:
    field = TownField()
    with pytest.raises(ValidationError):
        field.clean("老城关")
    alias("老城关", "城关镇", aliases.TOWNS)
    assert field.clean("老城关") == county.town("城关镇")


def test_the_shipped_rows_come_once_and_leave_the_bureaus_own_alone() -> None:
    alias("稳岗返", "失业保险稳岗返还")
    assert aliases.load() == 3
    assert aliases.load() == 0
    assert aliases.meaning("", "稳岗返") == "失业保险稳岗返还"


def test_the_page_notes_finds_and_drops(client: Client, administrator: User) -> None:
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"_key": "k1", "list": "案由", "written": "讨薪", "means": "劳动报酬", "note": ""}
    assert client.post("/dictionaries/", sent).status_code == 302
    assert client.post("/dictionaries/", sent | {"_key": "k2"}).status_code == 422
    made = Alias.objects.get()
    assert made.noted_by == administrator
    page = client.get("/dictionaries/?q=留置送达").text
    assert "送达方式" in page
    assert "讨薪" in page
    assert client.post(f"/dictionaries/{made.pk}/drop/", {"_key": "k3"}).status_code == 302
    assert not Alias.objects.exists()


def test_a_clerk_looks_up_and_changes_nothing(client: Client, clerk: User) -> None:
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/dictionaries/").status_code == 200
    sent = {"_key": "k1", "list": "", "written": "a", "means": "b", "note": ""}
    assert client.post("/dictionaries/", sent).status_code == 403
