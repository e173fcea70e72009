"""What the database refuses, in the words of the constraint that some model declares."""

from django.apps import apps
from django.db.models.constraints import BaseConstraint


def constraint_of(error: Exception) -> tuple[str, BaseConstraint | None]:
    """The name of the constraint that a statement broke, "" where it broke none, and its
    declaration, where a model has it."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    declared = (rule for model in apps.get_models() for rule in model._meta.constraints)
    return name, next((rule for rule in declared if rule.name == name), None)


def broken_rule(error: Exception) -> str:
    """The words of the constraint that a statement broke.

    Empty for a constraint that nobody worded: then it is a fault of the programme.
    """
    _, found = constraint_of(error)
    plain = BaseConstraint.default_violation_error_message
    words = found.violation_error_message if found else plain
    return "" if words == plain else str(words)
