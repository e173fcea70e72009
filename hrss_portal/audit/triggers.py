"""The triggers that write the change log and that keep logs append-only.

They are declared with django-pgtrigger in ``Meta.triggers`` so that migrations install them.  The
common work is the SQL function ``audit_record_change`` of the first audit migration; a trigger only
says which columns of its table to leave out and which to mask.
"""

from collections.abc import Iterable

import pgtrigger
from django.db import models

TEXTS = (models.CharField, models.TextField)
#: Columns of words that are no free text: codes, and numbers under which a file is found again.
CODES = frozenset(
    {"kind", "number", "intake_no", "state", "back_to", "channel", "outcome", "external_system"}
    | {"external_no", "due_term", "void_reason", "source", "move", "label", "from_state"}
    | {"to_state", "by_name", "role", "mode", "part", "doc_name", "term"}
)


def _text_array(names: Iterable[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{name}'" for name in sorted(names)) + "]::text[]"


class ChangeLog(pgtrigger.Trigger):
    """Writes one ChangeEntry per changed row, for the ORM, bulk statements and raw SQL alike."""

    when = pgtrigger.After
    operation = pgtrigger.Update | pgtrigger.Delete
    level = pgtrigger.Row

    def __init__(
        self,
        *,
        skip: tuple[str, ...] = (),
        personal: tuple[str, ...] = (),
        masks_words: bool = False,
    ) -> None:
        self.skip = skip
        self.personal = personal
        self.masks_words = masks_words
        super().__init__(name="change_log")

    def _columns(self, model: type[models.Model], names: tuple[str, ...]) -> list[str]:
        return [str(model._meta.get_field(name).column) for name in names]  # type: ignore[union-attr]

    def get_func(self, model: type[models.Model]) -> str:
        """The body: one call, with this table's key column and its columns to skip and to mask."""
        key = model._meta.pk.column
        skip = _text_array(self._columns(model, self.skip))
        masked = {*self.personal, *(words_of(model) if self.masks_words else ())}
        personal = _text_array(self._columns(model, tuple(masked)))
        return (
            "PERFORM audit_record_change(TG_TABLE_NAME::text, TG_OP, "
            f"'{key}', to_jsonb(OLD), CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) END, "
            f"{skip}, {personal}); RETURN NULL;"
        )


def change_log(
    *,
    skip: tuple[str, ...] = (),
    personal: tuple[str, ...] = (),
    masks_words: bool = False,
) -> list[pgtrigger.Trigger]:
    """Triggers for ``class Meta: triggers = [*change_log()]``.

    ``skip`` names fields whose change alone is not worth an entry (counters, search columns);
    ``personal`` names fields of which only a mask is kept.  ``masks_words``: of all free text only
    a mask is kept, for tables whose rows are emptied when the file they belong to is destroyed
    (what stood there is in the Events of the case, which are emptied with it).  A change without an
    actor raises ``InternalError`` ("audit: no actor").
    """
    return [ChangeLog(skip=skip, personal=personal, masks_words=masks_words)]


def words_of(model: type[models.Model]) -> list[str]:
    """The columns of a table that hold free text, by the name of the field."""
    return [
        field.name
        for field in model._meta.local_concrete_fields
        if isinstance(field, TEXTS) and not field.choices and field.name not in CODES
    ]


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
