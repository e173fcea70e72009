"""Which database a query goes to."""


class ReplicaRouter:
    """Everything to the primary unless a queryset asks for the replica by name."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool | None:
        """Migrations run on the primary only."""
        return None if db == "default" else False
