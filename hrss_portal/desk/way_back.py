"""Migrations taken back without building the classes of every state in between.

Before it takes a migration back, Django works out the state of the models before it.  From the
first such state on it carries all model classes along and builds them anew after each operation of
every migration that follows, those included that stay applied: with models that are nearly all
related to users and units that is most of the time.  ``WayBack`` works the same states out from
descriptions alone, and builds the classes of one state when its migration is taken back.
``tests/kernel/desk/test_way_back.py`` holds that the states are Django's.
"""

from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

Plan = list[tuple[Migration, bool]]


class WayBack(MigrationExecutor):
    """Django's executor with its own way of preparing what is taken back."""

    def _migrate_all_backwards(self, plan: Plan, full_plan: Plan, fake: bool) -> ProjectState:
        """Take the migrations of ``plan`` back, the newest first; the state that is left."""
        before = self._states_before({migration for migration, _ in plan}, full_plan)
        for migration, _ in plan:
            state = before.pop(migration)
            _ = state.apps  # built once for all operations of this migration
            self.unapply_migration(state, migration, fake=fake)
        return self._left_after({migration for migration, _ in plan}, full_plan)

    def _states_before(
        self, taken_back: set[Migration], full_plan: Plan
    ) -> dict[Migration, ProjectState]:
        """The state before each migration that is taken back, without any class."""
        found: dict[Migration, ProjectState] = {}
        state, applied = self._nothing(), self._applied()
        for migration, _ in full_plan:
            if migration in taken_back:
                found[migration] = state.clone()
            if migration in taken_back or migration in applied:
                migration.mutate_state(state, preserve=False)
        return found

    def _left_after(self, taken_back: set[Migration], full_plan: Plan) -> ProjectState:
        """The state that all migrations make that stay applied."""
        state, applied = self._nothing(), self._applied() - taken_back
        for migration, _ in full_plan:
            if migration in applied:
                migration.mutate_state(state, preserve=False)
        return state

    def _nothing(self) -> ProjectState:
        """The state before the first migration."""
        return ProjectState(real_apps=self.loader.unmigrated_apps)

    def _applied(self) -> set[Any]:
        """The applied migrations that are known."""
        nodes = self.loader.graph.nodes
        return {nodes[key] for key in self.loader.applied_migrations if key in nodes}
