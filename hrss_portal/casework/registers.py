"""The form of a register: a record with its repeated rows and its files."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from hrss_portal.access.models import Unit, User
from hrss_portal.casework.forms import WithRows
from hrss_portal.documents.uploads import attach, store_upload


class RecordForm(WithRows, forms.ModelForm):
    """The form of a register's record: its fields, its repeated rows, its files.

    ``children`` maps a row set to the related name of the rows that it edits; ``uploads`` a file
    box of the form to the record's field that keeps the stored file.
    """

    fields: dict[str, Any]  # an area's form gives querysets to its own choices
    children: ClassVar[Mapping[str, str]] = {}
    uploads: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self, data: Any = None, files: Any = None, *, user: User, unit: Unit, **kwargs: Any
    ) -> None:
        self.user, self.unit = user, unit
        super().__init__(data, files, **kwargs)
        stored = {name: self.stored_rows(name) for name in self.children}
        self.build_rows(data, files, {**stored, **(kwargs.get("initial") or {})})

    def is_valid(self) -> bool:
        """The fields and every row."""
        return all([super().is_valid(), self.rows_valid()])

    def stored_rows(self, name: str) -> list[dict[str, Any]]:
        """The rows that the record has now, oldest first, as the row forms show them."""
        if self.instance.pk is None:
            return []
        rows = getattr(self.instance, self.children[name]).order_by("pk")
        return [forms.model_to_dict(row) | {"row_id": row.pk} for row in rows]

    def store(self) -> Any:
        """Save the record with its files and rows.  Call inside a transaction, once valid."""
        record = self.save(commit=False)
        for box, column in self.uploads.items():
            uploaded = self.cleaned_data.get(box)
            if uploaded:
                setattr(record, column, store_upload(uploaded, by=self.user, unit=self.unit))
        record.full_clean(exclude=["created_by", "updated_by"])
        record.save()
        for column in self.uploads.values():
            file = getattr(record, column)
            if file is not None and not file.owner_label:
                scope = record.scope
                attach(file, record, action=f"{scope.area}.{scope.noun}.view")
        self.save_m2m()
        for name in self.children:
            self.store_rows(record, name)
        return record

    def store_rows(self, record: Any, name: str) -> None:
        """Bring the stored rows to what the form holds: changed, crossed out, new."""
        manager = getattr(record, self.children[name])
        known = {row.pk: row for row in manager.all()}
        for form in self.rows[name].forms:
            given = dict(form.cleaned_data)
            crossed_out = given.pop("DELETE", False)
            row = known.get(form.initial.get("row_id"))
            if crossed_out:
                if row is not None:
                    self.drop_row(row)
            elif form.has_changed():
                row = row or manager.model(**{manager.field.name: record})
                for field, value in self.row_values(name, given).items():
                    setattr(row, field, value)
                row.full_clean()
                row.save()

    def row_values(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """What a row stores of what was typed; a form overrides it where the two differ."""
        return given

    def drop_row(self, row: Any) -> None:
        """Take a row out.  Raises ``ValidationError`` where something rests on it."""
        try:
            row.delete()
        except ProtectedError:
            raise ValidationError(f"“{row}”已有登记引用，不能去掉，可以停用") from None
