"""django-import-export for code tables and small registers, over the same column declarations.

The library's known faults are taken away here: cells keep their kind and formulas stay text (our
reader and writer replace its formats), one wrong row rolls everything back, an import never brings
a primary key and never rewinds a sequence (its issue 2166), and nothing waits in a temporary file
of this host (issues 807 and 1170).  Large sheets go through batches, not through this.
"""

from typing import IO, Any

import tablib
from django.core.exceptions import ValidationError
from django.db import models
from import_export import fields, resources, widgets
from import_export.results import Result
from import_export.tmp_storages import CacheStorage

from hrss_portal.areas import Sheet
from hrss_portal.imports.cleaning import Cleaner
from hrss_portal.imports.exporting import kind
from hrss_portal.imports.headings import problem_words
from hrss_portal.imports.landing import NotPossible
from hrss_portal.imports.layout import Layout, Rows, find_layout
from hrss_portal.imports.reading import open_book
from hrss_portal.imports.xlsx import Table, Writer
from hrss_portal.parties.crypto import keyring

REGISTER_ROWS = 5000
PLACE = b"imports|register"


class ColumnWidget(widgets.Widget):
    """Cleans a cell with the form field of a column; leaves values as they are on the way out."""

    def __init__(self, cleaner: Cleaner, name: str) -> None:
        super().__init__()
        self.cleaner = cleaner
        self.name = name

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """The cleaned value.  Raises ``ValueError`` with the words of the field."""
        cleaned, messages = self.cleaner.value(self.name, value)
        wrong = [words for _, words, level in messages if level == "wrong"]
        if wrong:
            raise ValueError("；".join(wrong))
        return cleaned

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """The value itself: the writer knows numbers and dates."""
        return value


class RegisterResource(resources.ModelResource):
    """The base of ``register_resource``: all or nothing, no keys from outside."""

    sheet: Sheet

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Nothing: the library would set sequences back while others insert."""

    def validate_instance(
        self,
        instance: Any,
        import_validation_errors: dict[str, Any] | None = None,
        validate_unique: bool = True,
    ) -> None:
        """The model's own rules and the cross-field rule of the sheet, all messages at once."""
        errors = dict(import_validation_errors or {})
        check = self.sheet.call("check")
        if check is not None:
            cleaned = {
                column.name: getattr(instance, column.name, None) for column in self.sheet.columns
            }
            for name, words in check(cleaned):
                errors.setdefault(name, []).append(ValidationError(words, code="check"))
        super().validate_instance(instance, errors, validate_unique)


def register_resource(sheet: Sheet, model: type[models.Model]) -> type[RegisterResource]:
    """The resource of a small register: the columns of ``sheet`` that are fields of ``model``.

    Key columns find the row; there must be one.  Raises ``ValueError`` without.
    """
    own = {field.name for field in model._meta.fields if not field.primary_key}
    names = [column.name for column in sheet.columns if column.name in own]
    keys = [column.name for column in sheet.columns if column.key and column.name in own]
    if not keys:
        raise ValueError(f"{sheet.code}: a register needs a key column")
    layout = Layout(0, "", [1], {}, {n: (name, 0) for n, name in enumerate(names, 1)})
    cleaner = Cleaner(sheet, layout)
    declared: dict[str, Any] = {
        column.name: fields.Field(
            attribute=column.name,
            column_name=column.heading,
            widget=ColumnWidget(cleaner, column.name),
        )
        for column in sheet.columns
        if column.name in names
    }
    meta = type(
        "Meta",
        (),
        {
            "model": model,
            "fields": tuple(names),
            "import_id_fields": tuple(keys),
            "use_transactions": True,
            "clean_model_instances": True,
            "skip_unchanged": True,
            "report_skipped": True,
            "use_bulk": False,
        },
    )
    body = {**declared, "Meta": meta, "sheet": sheet}
    return type(f"{model.__name__}Resource", (RegisterResource,), body)


def read_register(sheet: Sheet, content: bytes, name: str) -> tablib.Dataset:
    """A small file as a dataset under our own headings, cells of their kind.

    Raises ``FileRefused``, and ``NotPossible`` for open headings or more than 5,000 rows.
    """
    with open_book(content, name) as book:
        visible = [info for info in book.sheets if info.visible]
        layout = find_layout(
            sheet, [(one.index, one.name, book.head(one.index)) for one in visible]
        )
        if layout.problems:
            words = "".join(problem_words(problem, sheet) for problem in layout.problems)
            raise NotPossible("headings", words)
        found = {own for own, _ in layout.columns.values()}
        columns = [column for column in sheet.columns if column.name in found]
        data = tablib.Dataset(headers=[column.heading for column in columns])
        walker = Rows(sheet, layout)
        merged = book.merged(layout.sheet_index)
        for row in walker.walk(book.rows(layout.sheet_index), merged):
            data.append([row.cells[column.name] for column in columns])
            if len(data) > REGISTER_ROWS:
                raise NotPossible("rows", f"代码表一次最多 {REGISTER_ROWS} 行，请拆开再传。")
    return data


def load_register(
    resource: type[RegisterResource], data: tablib.Dataset, *, dry_run: bool
) -> Result:
    """Imports a dataset in one transaction; one wrong row and nothing is written."""
    return resource().import_data(
        data,
        dry_run=dry_run,
        use_transactions=True,
        rollback_on_validation_errors=True,
        raise_errors=False,
    )


def write_register(resource: type[RegisterResource], queryset: Any, stream: IO[bytes]) -> int:
    """Exports a register with our own writer: codes as text, nothing is ever a formula."""
    data = resource().export(queryset)
    kinds = {column.heading: kind(column) for column in resource.sheet.columns}
    writer = Writer(stream)
    table = Table(
        name=resource.sheet.title[:28],
        headings=data.headers,
        rows=list(data),
        kinds=[kinds[heading] for heading in data.headers],
    )
    count = writer.write(table)
    writer.close()
    return count


class SealedStorage(CacheStorage):
    """Where the admin's confirm step keeps a file: the shared cache, sealed, an hour at most."""

    CACHE_LIFETIME = 3600

    def save(self, data: Any) -> None:
        """Seals and keeps."""
        self.is_text = isinstance(data, str)
        text = data if self.is_text else data.hex()
        super().save((self.is_text, keyring().seal(text, PLACE)))

    def read(self) -> Any:
        """Opens what was kept; raises ``NotPossible`` when it is gone."""
        kept = super().read()
        if kept is None:
            raise NotPossible("gone", "上传的文件已过期，请重新上传。")
        is_text, sealed = kept
        text = keyring().open(sealed, PLACE)
        return text if is_text else bytes.fromhex(text)
