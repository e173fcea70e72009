"""The first migration of an empty database, in seconds instead of minutes.

After each operation Django builds anew the classes of all models that are related to the changed
one.  Here nearly everything is related to users and units, so the time grows with the square of
the number of models.  On an empty database nearly all operations only add, and what is added needs
only its own class.  ``only_what_is_added`` therefore narrows the rebuilding to that class, and has
everything rebuilt before an operation that looks further (Django's own ``is_delayed`` does the
same for data migrations).  ``tests/kernel/desk/test_first_migration.py`` holds that both ways make
the same schema.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

ModelKey = tuple[str, str]


def never_migrated(database: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether no migration was ever applied to the database."""
    return not MigrationRecorder(connections[database]).applied_migrations()


@contextmanager
def only_what_is_added() -> Iterator[None]:
    """Within it, an operation that adds rebuilds the class it adds to and no other."""
    adding: list[bool] = []

    def additive(method: Callable[..., None]) -> Callable[..., None]:
        def add(state: ProjectState, *args: Any, **kwargs: Any) -> None:
            adding.append(True)
            try:
                method(state, *args, **kwargs)
            finally:
                adding.pop()

        return add

    def to_rebuild(
        state: ProjectState, app_label: str, model_name: str, delay: bool = False
    ) -> set[ModelKey]:
        if adding or delay:
            state.is_delayed = True
            return {(app_label, model_name)}
        real = {(model.app_label, model.name_lower) for model in state.apps.real_models}
        return {*state.models, *real}

    with ExitStack() as patches:
        patches.enter_context(patch.object(ProjectState, "_find_reload_model", to_rebuild))
        for name in ("add_model", "add_field"):
            method = additive(getattr(ProjectState, name))
            patches.enter_context(patch.object(ProjectState, name, method))
        yield
