"""``migrate``: Django's own, as the system, and without its quadratic parts."""

from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate

from hrss_portal.access.scope import acting_as_system
from hrss_portal.desk.first_migration import never_migrated, only_what_is_added
from hrss_portal.desk.way_back import WayBack


class Command(migrate.Command):
    """Test databases, first starts, upgrades and their rehearsals go through here as well.

    A migration that changes rows changes them as the system, forwards and back: the change log
    takes no change by nobody.
    """

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Migrate as Django does."""
        first = never_migrated(options["database"])
        with (
            acting_as_system("migration"),
            patch.object(migrate, "MigrationExecutor", WayBack),
            only_what_is_added() if first else nullcontext(),
        ):
            return super().handle(*args, **options)
