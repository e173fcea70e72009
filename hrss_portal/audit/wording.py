"""Names of tables and columns in the words of the screens, for those who read the change log."""

import re
from functools import cache

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

CHINESE = re.compile("[\u3400-\u9fff]")


@cache
def _models() -> dict[str, type[Model]]:
    """The models by the names of their tables, tables between two models included."""
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def table_words(table: str) -> str:
    """``casework_case`` as ``案件``; a table that has no Chinese name keeps its own."""
    model = _models().get(table)
    words = str(model._meta.verbose_name) if model else table
    return words if CHINESE.search(words) else table


def column_words(table: str, column: str) -> str:
    """``due_on`` of a table as ``到期日``; a column that has no Chinese name keeps its own."""
    model = _models().get(table)
    if model is None:
        return column
    for name in (column, column.removesuffix("_id")):
        try:
            words = str(getattr(model._meta.get_field(name), "verbose_name", ""))
        except FieldDoesNotExist:
            continue
        if CHINESE.search(words):
            return words
    return column
