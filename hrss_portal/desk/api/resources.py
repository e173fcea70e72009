"""What an area declares of a kind of case for the API: ``CaseResource``.

The workflow already says which form opens a case, which moves it has and what each asks; the
resource adds only what a system outside may read of it and what it may change afterwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.checks import Error, register
from django.core.exceptions import FieldDoesNotExist
from django.utils.module_loading import import_string

from hrss_portal import areas
from hrss_portal.casework.forms import OpenForm
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import Move, Workflow, workflow_of


@dataclass(frozen=True, kw_only=True)
class CaseResource:
    """A kind of case that other systems may exchange.

    ``of`` is the workflow's kind.  ``fields`` are the area's own fields that a reader gets beside
    those that every case has.  ``amend`` are the fields of the intake form that the sender may
    still change by sending another body; any other difference is a conflict.  ``number_field`` is
    the form's own field for the outside number, if it asks for it.
    """

    of: str
    fields: tuple[str, ...] = ()
    amend: tuple[str, ...] = ()
    number_field: str = ""

    @property
    def workflow(self) -> Workflow:
        """The workflow of the kind."""
        return workflow_of(self.of)

    @property
    def model(self) -> type[Case]:
        """The area's case class."""
        return self.workflow.model

    @property
    def open_form(self) -> type[OpenForm]:
        """The intake form of the page, which the API fills as well."""
        found: type[OpenForm] = import_string(self.workflow.form)
        return found

    @property
    def moves(self) -> tuple[Move, ...]:
        """The moves a system may make: never one that a second person signs (制单≠审核)."""
        return tuple(move for move in self.workflow.moves if not move.approval)


@lru_cache(maxsize=1)
def resources() -> dict[str, CaseResource]:
    """Every declared resource, by kind."""
    return {one.of: one for one in areas.declared("api")}


def choices() -> list[tuple[str, str]]:
    """The kinds that may be exchanged, with their words."""
    return [(kind, one.workflow.label) for kind, one in resources().items()]


@register()
def check_resources(app_configs: Any, **kwargs: Any) -> list[Error]:
    """desk.E002: a resource names a known kind, known fields, and amends fields of its form."""
    return [
        Error(f"api of {one.of}: {text}", id="desk.E002")
        for one in areas.declared("api")
        for text in _problems(one)
    ]


def _problems(one: CaseResource) -> Iterable[str]:
    try:
        model, form = one.model, one.open_form
    except LookupError as error:
        yield str(error)
        return
    for name in one.fields:
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            yield f"the case has no field {name!r}"
    asked: Any = form.base_fields
    for name in (*one.amend, *filter(None, [one.number_field])):
        if name not in asked:
            yield f"the intake form has no field {name!r}"
