"""``migrate``: Django's own; on an empty database without its quadratic part."""

from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate

from hrss_portal.desk.first_migration import never_migrated, only_what_is_added


class Command(migrate.Command):
    """Test databases and first starts go through here as well."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Migrate as Django does."""
        first = never_migrated(options["database"])
        with only_what_is_added() if first else nullcontext():
            return super().handle(*args, **options)
