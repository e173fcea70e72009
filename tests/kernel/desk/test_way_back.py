"""Migrations are taken back over the same states as by Django itself, in a fraction of its work."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState, StateApps

from hrss_portal.desk.way_back import WayBack

Described = dict[tuple[str, str], Any]


def described(state: ProjectState) -> Described:
    """The models of a state in the words of migrations."""
    words = MigrationAutodetector(state, state).deep_deconstruct
    return {
        key: (words(model.fields), words(model.options), model.bases, len(model.managers))
        for key, model in state.models.items()
    }


def taken_back(
    executor: type[MigrationExecutor], monkeypatch: pytest.MonkeyPatch, *targets: tuple[str, str]
) -> list[tuple[str, Described]]:
    """What is taken back on the way to ``targets`` and from where; the database stays as it is."""
    found: list[tuple[str, Described]] = []

    def unapply(
        self: Any, state: ProjectState, migration: Migration, fake: bool = False
    ) -> ProjectState:
        assert isinstance(state.__dict__["apps"], StateApps)
        found.append((f"{migration.app_label}.{migration.name}", described(state)))
        return state

    monkeypatch.setattr(executor, "unapply_migration", unapply)
    made = executor(connection)
    left = made.migrate(list(targets))
    return [*found, ("left", described(left))]


@pytest.mark.django_db
def test_the_states_are_those_of_django(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two areas, several migrations, others that stay between them and after them."""
    targets = ("arbitration", "0023_keep_agreed_terms"), ("casework", "0027_give_back_numbers")
    theirs = taken_back(MigrationExecutor, monkeypatch, *targets)
    ours = taken_back(WayBack, monkeypatch, *targets)
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    assert len(ours) >= 3
    for mine, django in zip(ours, theirs, strict=True):
        assert mine == django


def test_the_command_takes_that_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves Django's command as it was."""
    used: list[Any] = []
    monkeypatch.setattr(
        migrate.Command, "handle", lambda *_, **__: used.append(migrate.MigrationExecutor)
    )
    monkeypatch.setattr(
        "hrss_portal.desk.management.commands.migrate.never_migrated", lambda _: False
    )
    call_command("migrate")
    assert used == [WayBack]
    assert migrate.MigrationExecutor is MigrationExecutor
