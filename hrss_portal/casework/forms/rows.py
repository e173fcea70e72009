"""Rows that a form repeats (claims, parties), and the headings that its fields stand under."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory


@dataclass(frozen=True, kw_only=True)
class Section:
    """Fields that stand together under one heading; ``folded`` ones open on demand."""

    title: str
    fields: tuple[str, ...]
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class RowSet:
    """Repeated rows of a form, such as claims: the row's form, how few and how many.

    ``first`` rows stand before the form's own fields: a window asks who it is before anything.
    ``fixed`` rows are there already, such as the claims of a case: none is added or crossed out.
    """

    name: str
    label: str
    form: type[forms.Form]
    least: int = 0
    most: int = 50
    folded: bool = False
    first: bool = False
    fixed: bool = False


class RowsBase(BaseFormSet):
    """Rows of a form; an empty row does not count, and too few is said at the rows' heading."""

    least = 0
    label = ""
    hint: Any = ""  # what to do first where no row can be filled

    def filled(self) -> list[forms.Form]:
        """The rows that hold something, typed or offered, and are not crossed out."""
        return [
            form
            for form in self.forms
            if (form.has_changed() or not form.empty_permitted)
            and not form.cleaned_data.get("DELETE")
        ]

    def clean(self) -> None:
        """Refuse fewer rows than needed."""
        if any(self.errors):
            return
        if len(self.filled()) < self.least:
            raise ValidationError(f"至少填一行{self.label}", code="too_few")


class WithRows:
    """What a form with row sets adds: their formsets, and validity over all of them."""

    row_sets: ClassVar[tuple[RowSet, ...]] = ()
    sections: ClassVar[tuple[Section, ...]] = ()

    def build_rows(self, data: Any, files: Any, initial: Mapping[str, Any] | None) -> None:
        """Make one formset per row set; prefixes are the row sets' names."""
        self.rows: dict[str, RowsBase] = {}
        for one in self.row_sets:
            kind: Any = formset_factory(
                one.form,
                formset=RowsBase,
                extra=0 if (initial or {}).get(one.name) else one.least or int(not one.folded),
                max_num=one.most,
                validate_max=True,
                can_delete=not one.fixed,
            )
            kind.least, kind.label = one.least, one.label
            self.rows[one.name] = kind(
                data,
                files,
                prefix=one.name,
                initial=(initial or {}).get(one.name),
                form_kwargs={"context": self},
            )

    def rows_valid(self) -> bool:
        """Whether every row set is valid."""
        return not [name for name, rows in self.rows.items() if not rows.is_valid()]

    def row_data(self, name: str) -> list[dict[str, Any]]:
        """The cleaned rows of one row set."""
        return [
            {key: value for key, value in form.cleaned_data.items() if key != "DELETE"}
            for form in self.rows[name].filled()
        ]

    def row_errors(self) -> list[tuple[str, str]]:
        """(id of the input, message) of every row error, for the summary at the top."""
        found: list[tuple[str, str]] = []
        for one in self.row_sets:
            rows = self.rows[one.name]
            found.extend((_first_box(rows), str(text)) for text in rows.non_form_errors())
            for number, form in enumerate(rows.forms, start=1):
                for field, texts in form.errors.items():
                    target = form[field].id_for_label if field in form.fields else ""
                    found.extend((target, f"{one.label}第 {number} 行：{text}") for text in texts)
        return found


def _first_box(rows: RowsBase) -> str:
    """The id of the first box of the rows; of the button that adds one while there is no row."""
    for form in rows.forms:
        if not form.cleaned_data.get("DELETE"):
            return form.visible_fields()[0].id_for_label
    return f"id_{rows.prefix}-add"


class RowForm(forms.Form):
    """One repeated row; ``context`` is the form it stands in.

    ``heading`` says what the row is about; empty: the name of the row set and the row's number.
    """

    fields: dict[str, Any]  # an area's form gives querysets to its own choices

    def __init__(self, *args: Any, context: Any = None, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    @property
    def heading(self) -> str:
        """Nothing of its own."""
        return ""
