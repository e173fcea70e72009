"""What ships as data loads, and loading it again changes nothing."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.cast import County

pytestmark = pytest.mark.django_db


def run(name: str) -> Any:
    """The data of a command's --json envelope."""
    out = StringIO()
    call_command(name, "--json", stdout=out)
    return json.loads(out.getvalue())["data"]


@pytest.mark.parametrize("name", ["load_rules", "load_aliases", "load_retention"])
def test_a_second_load_changes_nothing(name: str) -> None:
    run(name)
    again = run(name)
    changed = again.get("changed", 0) if isinstance(again, dict) else 0
    assert changed == 0


def test_nothing_is_over_its_time_in_a_new_archive(county: County) -> None:
    run("load_retention")
    assert run("retention_run") == []
