"""Form fields that forms, sheets and the API share, so that the three doors clean with one rule.

A cell of a spreadsheet reaches a field as the type it has in the file (text, number, date).  Fields
accept what is exact and refuse the rest; the message says what to do.  Only text typed into a form
(marked ``Typed`` by the widget) may leave out the year of a date, because the person who types sees
what was understood.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from hrss_portal.audit.logs import mask_identifiers
from hrss_portal.parties import cells, identifiers, money, names
from hrss_portal.parties.picks import ChoiceLabelField, LabelsField, TownField, YesNoField

__all__ = [
    "BankCardField",
    "ChoiceLabelField",
    "CountField",
    "DateField",
    "DateInput",
    "DocumentField",
    "IdNumberField",
    "LabelsField",
    "ListedTextField",
    "MoneyField",
    "NameField",
    "NamesField",
    "OrganisationField",
    "PhoneField",
    "PhonesField",
    "TextCell",
    "TimeField",
    "TownField",
    "Typed",
    "UsccField",
    "YesNoField",
]


class TextCell(forms.CharField):
    """Text; a whole number in a cell is read as its digits, an error cell is refused."""

    def to_python(self, value: Any) -> str:
        """The text of a value, tidied by ``tidy``."""
        if value in self.empty_values:
            return ""
        return self.tidy(cells.text_of(value))

    def tidy(self, text: str) -> str:
        """Outer white space goes."""
        return text.strip()


class ListedTextField(TextCell):
    """Text that names a row of a register; ``listed`` gives the names that may be suggested.

    A field asks for them once, in the scope of whoever asks.  Whether a text names one is for the
    sheet to decide when its rows land: it knows what looks alike.
    """

    def __init__(self, listed: Callable[[], Iterable[str]], **kwargs: Any) -> None:
        self.listed = listed
        super().__init__(**kwargs)

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """The names as a drop-down wants them."""
        return [(name, name) for name in self.listed()]


class NameField(TextCell):
    """A personal name of 2 to 50 characters; one kind of middle dot, nothing else is changed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "姓名")
        kwargs.setdefault("max_length", 50)
        super().__init__(**kwargs)

    def tidy(self, text: str) -> str:
        """The name as stored."""
        return names.tidy_name(text)

    def validate(self, value: str) -> None:
        """Length, and no trace of a broken encoding."""
        if not value and self.required:
            raise ValidationError(f"填写{self.label}", code="required")
        if value and len(value) < 2:
            raise ValidationError(f"{self.label}要 2 至 50 个字", code="length")
        if "\ufffd" in value or any(ord(character) < 32 for character in value):
            raise ValidationError(f"{self.label}里有乱码，请重新录入", code="characters")
        if any(character.isdecimal() for character in value):
            raise ValidationError(f"{self.label}里有数字，请检查是不是填错了栏", code="characters")


def refuse_number(name: str, label: Any) -> None:
    """Refuse a number where a name belongs (``names.number_for_name``); the words hide it."""
    if what := names.number_for_name(name):
        shown = mask_identifiers(identifiers.normalise_code(name))
        hidden = f"***{shown[-2:]}" if len(shown) > 2 else shown
        raise ValidationError(
            f"{label or '姓名'}填的是{what}（{hidden}），不是姓名或单位名称；看是不是填错了栏，"
            "表格里看这一行是不是错开了一列，改填姓名或单位名称",
            code="number_for_name",
        )


class NamesField(TextCell):
    """One or several names of people or organisations, parted by 、; none of them a number."""

    def validate(self, value: str) -> None:
        """Each name by itself."""
        super().validate(value)
        for name in names.PARTING.split(value):
            refuse_number(name, self.label)


class OrganisationField(TextCell):
    """The name of an organisation, at most 120 characters, brackets full width."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "单位名称")
        kwargs.setdefault("max_length", 120)
        super().__init__(**kwargs)

    def tidy(self, text: str) -> str:
        """The name as stored."""
        return names.tidy_organisation(text)

    def validate(self, value: str) -> None:
        """A name, no number."""
        super().validate(value)
        refuse_number(value, self.label)


class _CodeField(forms.CharField):
    """A number that Excel ruins when the cell is not text."""

    number_refused = identifiers.EXCEL_NUMBER
    what = "身份证号"

    def to_python(self, value: Any) -> str:
        """Refuse numbers, keep text."""
        if value in self.empty_values:
            return ""
        if isinstance(value, bool) or not isinstance(value, str):
            raise ValidationError(self.number_refused, code="excel")
        return self.check(cells.text_of(value)) if value.strip() else ""

    def validate(self, value: str) -> None:
        """Say what to fill in."""
        if not value and self.required:
            raise ValidationError(f"填写{self.label or self.what}", code="required")

    def check(self, text: str) -> str:
        """The number as stored."""
        raise NotImplementedError


class IdNumberField(_CodeField):
    """A resident ID number.  Numeric cells are refused, never repaired.

    With ``allow_old`` a 15-digit number is kept as it is; it counts as an old number to confirm.
    """

    def __init__(self, *, allow_old: bool = False, **kwargs: Any) -> None:
        self.allow_old = allow_old
        kwargs.setdefault("label", "身份证号")
        super().__init__(**kwargs)

    def check(self, text: str) -> str:
        """The number as stored."""
        try:
            return identifiers.check_id_number(text).number
        except ValidationError as error:
            if self.allow_old and error.code == "old":
                return identifiers.normalise_id_number(text)
            raise

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Long enough for spaces; the browser must not remember it."""
        return {"autocomplete": "off", "data-kind": "id-number", "maxlength": "30"}


class DocumentField(_CodeField):
    """The number of any identity document; the form checks it against the chosen kind."""

    number_refused = "证件号码在表里是数字，可能已被 Excel 改过。请在原表把该列设为文本后重填"
    what = "证件号码"

    def check(self, text: str) -> str:
        """Without spaces, in capitals."""
        return identifiers.normalise_id_number(text)


class UsccField(_CodeField):
    """A unified social credit code."""

    number_refused = "统一社会信用代码在表里是数字，已无法还原。请在原表把该列设为文本后重填"
    what = "统一社会信用代码"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", self.what)
        super().__init__(**kwargs)

    def check(self, text: str) -> str:
        """The code as stored."""
        return identifiers.check_uscc(text)


class BankCardField(_CodeField):
    """A bank card number; the Luhn digit only warns (``identifiers.check_bank_card``)."""

    number_refused = "银行卡号在表里是数字，已无法还原。请在原表把该列设为文本后重填"
    what = "银行卡号"

    def check(self, text: str) -> str:
        """The number as stored."""
        return identifiers.check_bank_card(text)[0]


class PhoneField(TextCell):
    """One telephone number; a whole number in a cell is exact and accepted."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "联系电话")
        super().__init__(**kwargs)
        self.error_messages["required"] = f"填写{self.label}"

    def tidy(self, text: str) -> str:
        """The number as stored."""
        return identifiers.check_phone(text) if text.strip() else ""


class PhonesField(TextCell):
    """A cell with one or several numbers, cleaned to ``main/other/…``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "联系电话")
        super().__init__(**kwargs)
        self.error_messages["required"] = f"填写{self.label}"

    def tidy(self, text: str) -> str:
        """The numbers as stored, the main one first."""
        return "/".join(identifiers.split_phones(text)) if text.strip() else ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """What the scripts look for."""
        return {"data-kind": "phone", "inputmode": "tel"}


class Typed(str):
    """Text that a person typed into a form, as opposed to the text of a cell or of an API call."""

    __slots__ = ()


class DateInput(forms.DateInput):
    """A typed date; a calendar may help but is never the only way."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        base = {"inputmode": "numeric", "placeholder": "20231116", "data-kind": "date"}
        super().__init__(attrs={**base, **(attrs or {})}, format="%Y-%m-%d")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Mark the text as typed."""
        value = super().value_from_datadict(data, files, name)
        return Typed(value) if isinstance(value, str) else value


class DateField(forms.Field):
    """A calendar day, exact or refused.

    Understands 2023-11-16, 2023/11/16, 2023.11.16, 20231116, 2023年11月16日, the same in Chinese
    figures, and numeric cells that are Excel serials; typed into a form also 11-16 (this year).
    Two-digit years and months without a day are refused.  ``past`` refuses days after today.
    """

    widget = DateInput

    def __init__(self, *, past: bool = False, earliest: date | None = None, **kwargs: Any) -> None:
        self.past = past
        self.earliest = earliest or date(1900, 1, 1)
        super().__init__(**kwargs)
        self.error_messages["required"] = f"填写{self.label or '日期'}"

    def to_python(self, value: Any) -> date | None:
        """The day, or None for an empty value."""
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        day = cells.day_of(value, short=isinstance(value, Typed))
        cells.check_range(day, earliest=self.earliest, past=self.past)
        return day


class TimeField(forms.Field):
    """A time of day in hours and minutes, as it is typed at a window: 09:00, 0900, 9：00."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput({"placeholder": "0900"}, format="%H:%M"))
        super().__init__(**kwargs)
        self.error_messages["required"] = f"填写{self.label or '时间'}"

    def to_python(self, value: Any) -> time | None:
        """The time, or None for an empty value."""
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        return cells.time_of(value)


class MoneyField(forms.Field):
    """An amount entered in ``unit`` (of ``money.UNITS``) and cleaned to yuan with two decimals.

    A bare number counts in the unit of the column.  A unit written beside the number goes before
    it: ``3.5万元`` is 35,000 yuan in a column of 元 as in one of 万元.  ``told`` says so.
    """

    def __init__(
        self,
        unit: str = "元",
        *,
        negative: bool = False,
        digits: int = 14,
        **kwargs: Any,
    ) -> None:
        self.unit, self.own_unit, self.negative, self.digits = unit, unit, negative, digits
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)
        self.error_messages["required"] = f"填写{self.label or '金额'}"

    @property
    def factor(self) -> Decimal:
        """How many yuan one unit is."""
        return money.UNITS[self.unit]

    def to_python(self, value: Any) -> Decimal | None:
        """Yuan, or None for an empty value."""
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        amount = self._amount(value).yuan
        if abs(amount) >= Decimal(10) ** (self.digits - 2):
            raise ValidationError("金额太大，请检查单位是不是填错了", code="size")
        cents = cells.to_cents(amount, exact=not isinstance(value, float))
        if cents < 0 and not self.negative:
            raise ValidationError("金额不能是负数，请检查", code="negative")
        return cents

    def _amount(self, value: Any) -> money.Amount:
        given = cells.text_of(value) if isinstance(value, str | bool) else value
        return money.amount_of(given, unit=self.unit)

    def told(self, value: Any, yuan: Decimal | None) -> str:
        """What to tell about a clean value read in another unit than the field's own, or ""."""
        if yuan is None or (amount := self._amount(value)).unit == self.own_unit:
            return ""
        words = value if isinstance(value, str) else f"{value:.15g}"
        shown = words if amount.own_unit else f"{words} {amount.unit}"
        return f"“{shown}”已换算为 {money.in_words(yuan)}"

    def prepare_value(self, value: Any) -> Any:
        """Yuan shown in the unit of the field."""
        if isinstance(value, Decimal):
            shown = (value / self.factor).normalize()
            return f"{shown:f}"
        return value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The unit, for the echo beside the box."""
        return {"data-kind": "money", "data-unit": self.unit}


class CountField(forms.Field):
    """A whole number from ``low`` to ``high``."""

    def __init__(self, *, low: int = 0, high: int = 99_999_999, **kwargs: Any) -> None:
        self.low, self.high = low, high
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(**kwargs)
        self.error_messages["required"] = f"填写{self.label or '数量'}"

    def to_python(self, value: Any) -> int | None:
        """The number, or None for an empty value."""
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        number = cells.whole_of(value)
        if not self.low <= number <= self.high:
            raise ValidationError(
                "%(label)s要在 %(low)s 至 %(high)s 之间",
                code="range",
                params={"label": self.label or "数", "low": self.low, "high": self.high},
            )
        return number
