"""``migrate``: Django's own without its quadratic parts, at the first time and on the way back."""

from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate

from hrss_portal.desk.first_migration import never_migrated, only_what_is_added
from hrss_portal.desk.way_back import WayBack


class Command(migrate.Command):
    """Test databases and first starts go through here as well."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Migrate as Django does."""
        first = never_migrated(options["database"])
        with (
            patch.object(migrate, "MigrationExecutor", WayBack),
            only_what_is_added() if first else nullcontext(),
        ):
            return super().handle(*args, **options)
