"""Cells into values: each column's form field, the shared cross-field rule, and cell messages."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hrss_portal.areas import Column, Sheet
from hrss_portal.audit.logs import mask_identifiers
from hrss_portal.imports.cells import EXACT_LIMIT, Cell, Special, as_text, serial_date, tidy
from hrss_portal.imports.headings import in_unit
from hrss_portal.imports.layout import Layout, place
from hrss_portal.parties import identifiers
from hrss_portal.parties.crypto import blind_index
from hrss_portal.parties.fields import (
    BankCardField,
    DateField,
    DocumentField,
    IdNumberField,
    MoneyField,
    NameField,
    NamesField,
    OrganisationField,
    PhoneField,
    PhonesField,
)

CACHE_LIMIT = 5000
CACHED_LENGTH = 40
ALIKE = "~"  # no hexadecimal digit
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Message:
    """What is wrong, or worth a look, in one cell: Excel's column letter, our column, words."""

    column: str
    letter: str
    heading: str
    code: str
    message: str
    level: str = "wrong"
    value: str = ""

    def as_json(self) -> dict[str, str]:
        """For staging; the value is masked already."""
        return asdict(self)


@dataclass(frozen=True)
class CleanRow:
    """A row that may land: Excel's row number, cleaned values and cells as they came, by name."""

    number: int
    cleaned: dict[str, Any]
    raw: dict[str, Cell]


Outcome = tuple[Any, tuple[tuple[str, str, str], ...]]


class Cleaner:
    """Cleans the rows of one batch.  Fields are built once; repeated values are cleaned once."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet = sheet
        self.layout = layout
        self.columns = {column.name: column for column in sheet.columns}
        self.mapped = {name for name, _ in layout.columns.values()} | set(layout.given)
        self.fields = {column.name: build_field(column) for column in sheet.columns}
        self.converted: dict[str, str] = {}  # column of money → the sender's unit, where not ours
        self._take_units()
        self.keys = tuple(column.name for column in sheet.columns if column.key)
        self._check: Callable[..., Any] | None = sheet.call("check")
        self._likeness: Callable[..., Any] | None = sheet.call("likeness")
        self._seen: dict[str, dict[tuple[type, Any], Outcome]] = {name: {} for name in self.fields}

    def _take_units(self) -> None:
        """Columns of money count in the unit of the sender's heading, and are headed with it."""
        for name, field in self.fields.items():
            unit = self.layout.unit_of(name) if isinstance(field, MoneyField) else ""
            if isinstance(field, MoneyField) and unit and unit != field.unit:
                field.unit = self.converted[name] = unit
                column = self.columns[name]
                self.columns[name] = replace(column, heading=in_unit(column.heading, unit))

    def clean(
        self,
        cells: dict[str, Cell],
        filled: dict[str, str],
        merged: Mapping[str, Sequence[Any]] | None = None,
    ) -> tuple[dict[str, Any], list[Message]]:
        """Cleaned values by column name, and every message of the row at once.

        ``filled`` and ``merged`` as in ``DataRow``: cells that stand in a cell merged from above.
        """
        cleaned: dict[str, Any] = {}
        messages: list[Message] = []
        for name, field in self.fields.items():
            if name not in self.mapped:
                cleaned[name] = self._absent(field)
                continue
            value, found = self.value(name, cells.get(name))
            cleaned[name] = list(value) if isinstance(value, list) else value
            for code, words, level in found:
                messages.append(self.message(name, code, words, level, cells.get(name)))
        for name, words in filled.items():
            text = f"本格为空，沿用上面的“{words}”，请看是否正确"
            messages.append(self.message(name, "filled", text, "look", cells.get(name)))
        messages = self._told_merged(messages, merged or {})
        messages += self._cross_check(cleaned, messages)
        return cleaned, messages

    def _told_merged(
        self, messages: list[Message], merged: Mapping[str, Sequence[Any]]
    ) -> list[Message]:
        """The messages with what is said of cells merged downwards: nothing is filled in, for only
        a person knows whether the rows are one case or have one value each."""
        found = [one for one in messages if one.column not in merged]
        for name, (area, top, words) in merged.items():
            shown = masked(self.fields[name], self.columns[name], words)
            told = f"{area} 是合并单元格，“{shown}”只算在第 {top} 行；"
            if name in self.keys:
                told += f"同一件的并到第 {top} 行（几个人的名字用、隔开），跳过本行"
            else:
                told += "本行也是的，填上"
            told += "；不是的，填本行的"
            wrong = name in self.keys or self.fields[name].required
            found.append(self.message(name, "merged", told, "wrong" if wrong else "look", None))
        return found

    def _absent(self, field: forms.Field) -> Any:
        """The value of a column that the sender's table does not have."""
        return field.to_python(None) if not isinstance(field, forms.FileField) else None

    def value(self, name: str, cell: Cell) -> Outcome:
        """The cleaned value of one cell and its (code, words, level)."""
        field = self.fields[name]
        if not isinstance(cell, str) or len(cell) > CACHED_LENGTH:
            return self._fresh(field, cell)
        seen = self._seen[name]
        known = seen.get((str, cell))
        if known is None:
            known = self._fresh(field, cell)
            if len(seen) < CACHE_LIMIT:
                seen[(str, cell)] = known
        return known

    def _fresh(self, field: forms.Field, cell: Cell) -> Outcome:
        refused = _unusable(cell, field)
        if refused:
            return None, (refused,)
        try:
            value = field.clean(self._native(field, cell))
        except ValidationError as error:
            found = tuple((one.code or "invalid", _words(one), "wrong") for one in _each(error))
            return None, found
        return value, _warnings(field, cell, value)

    def _native(self, field: forms.Field, cell: Cell) -> Any:
        """The value a field expects: the shared fields take cells as they are, others text."""
        number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
        if self.layout.date1904 and number and isinstance(field, (DateField, forms.DateField)):
            return serial_date(cell, date1904=True) or cell  # type: ignore[arg-type]
        if field.__class__.__module__.startswith("django."):
            return _for_django(field, cell)
        return "" if cell is None else cell

    def _cross_check(self, cleaned: dict[str, Any], messages: list[Message]) -> list[Message]:
        if self._check is None:
            return []
        wrong = {message.column for message in messages if message.level == "wrong"}
        return [
            self.message(name, "check", words, "wrong", cleaned.get(name))
            for name, words in self._check(cleaned)
            if name not in wrong
        ]

    def message(self, name: str, code: str, words: str, level: str, cell: Any) -> Message:
        """A message about one cell, with Excel's letter and a masked value."""
        column = self.columns.get(name)
        return Message(
            column=name if column else "",
            letter=place(self.layout, name),
            heading=column.heading if column else "",
            code=code,
            message=words,
            level=level,
            value=masked(self.fields.get(name), column, as_text(cell)),
        )

    def cause(self, message: Message, cells: dict[str, Cell]) -> str:
        """The group of a message; with the text, where many rows may share one fix."""
        column = self.columns.get(message.column)
        start = f"{message.column}|{message.code}"
        cell = cells.get(message.column)
        if column is None or is_personal(self.fields[column.name], column):
            return start[:120]
        if message.code in SINGLE_CODES or not isinstance(cell, str) or len(cell) > CACHED_LENGTH:
            return start[:120]
        return f"{start}|{cell}"[:120]

    def key(self, cleaned: dict[str, Any]) -> str:
        """The key columns as one text, or the empty string when one of them is missing."""
        values = [cleaned.get(name) for name in self.keys]
        if not values or any(value in (None, "") for value in values):
            return ""
        return "|".join(map(self._compared, self.keys, values))

    def _compared(self, name: str, value: Any) -> str:
        """A value of a key as it is compared: a field with ``same`` knows what is written in
        several ways."""
        same = getattr(self.fields[name], "same", None)
        return str(same(value) if same else getattr(value, "pk", value))

    def index(self, cleaned: dict[str, Any]) -> str:
        """The fingerprint in which rows of a file agree that are the same: of the key, or of what
        else tells a row without one (then it begins with ``ALIKE``)."""
        if key := self.key(cleaned):
            return blind_index(f"row:{self.sheet.code}", key)
        likeness = self._likeness(cleaned) if self._likeness and self.keys else ""
        fingerprint = blind_index(f"alike:{self.sheet.code}", likeness)
        return ALIKE + fingerprint[len(ALIKE) :] if fingerprint else ""

    def missing_required(self) -> list[Column]:
        """Required columns that the sender's table does not have."""
        return [
            column
            for name, column in self.columns.items()
            if self.fields[name].required and name not in self.mapped
        ]


SINGLE_CODES = {
    "required",
    "duplicate",
    "twin",
    "alike",
    "merged",
    "check",
    "error_cell",
    "formula",
    "landing",
    "converted",
    "number_for_name",
}
PERSONAL_FIELDS = (NameField, IdNumberField, DocumentField, BankCardField, PhoneField, PhonesField)


OF_NAMES = (NamesField, OrganisationField)  # a number here is somebody's, from a shifted row


def build_field(column: Column) -> forms.Field:
    """The form field of a column, labelled by its heading where the declaration has no label."""
    field: forms.Field = column.field()
    if not field.label:
        field.label = column.heading
    if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
        field.error_messages["required"] = f"填写{field.label}"
    return field


def is_personal(field: forms.Field | None, column: Column) -> bool:
    """Whether values of a column are shown masked."""
    return bool(column.personal) or isinstance(field, PERSONAL_FIELDS)


def _each(error: ValidationError) -> list[ValidationError]:
    return list(error.error_list)


def _words(error: ValidationError) -> str:
    return "；".join(error.messages)


def _unusable(cell: Cell, field: forms.Field) -> tuple[str, str, str] | None:
    """Cells without a value to clean, and numbers that have lost digits."""
    if isinstance(cell, Special):
        if cell.kind == "error":
            return "error_cell", f"单元格是公式错误 {cell.words}，请在原表改好后重传", "wrong"
        return "formula", "公式还没有算出结果，请用 Excel 或 WPS 打开并保存一次再上传", "wrong"
    if isinstance(cell, str) and REPLACEMENT in cell:
        return "characters", "这里有乱码，请把文件另存为 xlsx 后重传", "wrong"
    is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    if is_number and abs(cell) >= EXACT_LIMIT and not isinstance(field, IdNumberField):  # type: ignore[arg-type]
        words = "长数字已被 Excel 变成近似值，无法还原。请在原表把该列设为文本后重填"
        return "excel", words, "wrong"
    return None


def _warnings(field: forms.Field, cell: Cell, value: Any) -> tuple[tuple[str, str, str], ...]:
    """What passes but deserves a look."""
    if isinstance(field, IdNumberField) and value:
        if len(value) == 15:
            return (("old", "15 位旧号，请对照证件", "look"),)
        if not value.endswith("000") and identifiers.region_hint(value):
            return ()
        warnings = identifiers.check_id_number(value).warnings
        return tuple(("warning", words, "look") for words in warnings)
    if isinstance(field, MoneyField) and (words := field.told(cell, value)):
        return (("converted", words, "look"),)
    is_moment = isinstance(cell, datetime.datetime) and cell.time() != datetime.time()
    if is_moment and isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return (("time", "单元格带有钟点，只取日期", "look"),)
    return ()


def _for_django(field: forms.Field, cell: Cell) -> Any:
    """A cell for Django's own fields, which expect what a browser sends."""
    if isinstance(field, (forms.DateField, forms.DateTimeField)):
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return serial_date(cell) or as_text(cell)
        return cell if cell is not None else ""
    if isinstance(field, (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)):
        return [part for part in as_text(cell).replace("，", "、").split("、") if part]
    return as_text(cell)


def masked(field: forms.Field | None, column: Column | None, text: str) -> str:
    """A value as messages may show it: personal columns are masked by the kind of their text."""
    if isinstance(field, OF_NAMES):
        text = mask_identifiers(text)
    if column is None or not text or not is_personal(field, column):
        return text[:60]
    if isinstance(field, NameField):
        return identifiers.mask_name(text[:20])
    compact = identifiers.normalise_code(text)
    if len(compact) >= 15:
        return f"{compact[:6]}…{compact[-4:]}"
    return identifiers.mask_phone(compact) if len(compact) >= 7 else "*" * len(compact)


def typed(text: str) -> Cell:
    """What a person typed into a cell of the browser's table."""
    return tidy(text) or None
