"""The triggers that write the change log and that keep logs append-only.

They are declared with django-pgtrigger in ``Meta.triggers`` so that migrations install them.  The
common work is the SQL function ``audit_record_change`` of the first audit migration; a trigger only
says which columns of its table to leave out and which to mask.
"""

from collections.abc import Iterable

import pgtrigger
from django.db import models


def _text_array(names: Iterable[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{name}'" for name in sorted(names)) + "]::text[]"


class ChangeLog(pgtrigger.Trigger):
    """Writes one ChangeEntry per changed row, for the ORM, bulk statements and raw SQL alike."""

    when = pgtrigger.After
    operation = pgtrigger.Update | pgtrigger.Delete
    level = pgtrigger.Row

    def __init__(self, *, skip: tuple[str, ...] = (), personal: tuple[str, ...] = ()) -> None:
        self.skip = skip
        self.personal = personal
        super().__init__(name="change_log")

    def _columns(self, model: type[models.Model], names: tuple[str, ...]) -> list[str]:
        return [str(model._meta.get_field(name).column) for name in names]  # type: ignore[union-attr]

    def get_func(self, model: type[models.Model]) -> str:
        """The body: one call, with this table's key column and its columns to skip and to mask."""
        key = model._meta.pk.column
        skip = _text_array(self._columns(model, self.skip))
        personal = _text_array(self._columns(model, self.personal))
        return (
            "PERFORM audit_record_change(TG_TABLE_NAME::text, TG_OP, "
            f"'{key}', to_jsonb(OLD), CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) END, "
            f"{skip}, {personal}); RETURN NULL;"
        )


def change_log(
    *, skip: tuple[str, ...] = (), personal: tuple[str, ...] = ()
) -> list[pgtrigger.Trigger]:
    """Triggers for ``class Meta: triggers = [*change_log()]``.

    ``skip`` names fields whose change alone is not worth an entry (counters, search columns);
    ``personal`` names fields of which only a mask is kept.  A change without an actor raises
    ``InternalError`` ("audit: no actor").
    """
    return [ChangeLog(skip=skip, personal=personal)]


def append_only() -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE, for whoever owns the table as well."""
    refusal = "RAISE EXCEPTION 'audit: % is append-only', TG_TABLE_NAME;"
    return [
        pgtrigger.Trigger(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=refusal,
        ),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=refusal,
        ),
    ]
