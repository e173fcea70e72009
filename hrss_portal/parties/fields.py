"""Form fields that forms, sheets and the API share, so that the three doors clean with one rule.

A cell of a spreadsheet reaches a field as the type it has in the file (text, number, date).  Fields
accept what is exact and refuse the rest; the message says what to do.  Only text typed into a form
(marked ``Typed`` by the widget) may leave out the year of a date, because the person who types sees
what was understood.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django import forms
from django.core.exceptions import ValidationError

from hrss_portal.access.models import Unit
from hrss_portal.parties import cells, identifiers, names, towns


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
            raise ValidationError(f"{self.label}里有乱码,请重新录入", code="characters")
        if any(character.isdecimal() for character in value):
            raise ValidationError(f"{self.label}里有数字,请检查是不是填错了栏", code="characters")


class OrganisationField(TextCell):
    """The name of an organisation, at most 120 characters, brackets full width."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "单位名称")
        kwargs.setdefault("max_length", 120)
        super().__init__(**kwargs)

    def tidy(self, text: str) -> str:
        """The name as stored."""
        return names.tidy_organisation(text)


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

    number_refused = "证件号码在表里是数字,可能已被 Excel 改过。请在原表把该列设为文本后重填"
    what = "证件号码"

    def check(self, text: str) -> str:
        """Without spaces, in capitals."""
        return identifiers.normalise_id_number(text)


class UsccField(_CodeField):
    """A unified social credit code."""

    number_refused = "统一社会信用代码在表里是数字,已无法还原。请在原表把该列设为文本后重填"
    what = "统一社会信用代码"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", self.what)
        super().__init__(**kwargs)

    def check(self, text: str) -> str:
        """The code as stored."""
        return identifiers.check_uscc(text)


class BankCardField(_CodeField):
    """A bank card number; the Luhn digit only warns (``identifiers.check_bank_card``)."""

    number_refused = "银行卡号在表里是数字,已无法还原。请在原表把该列设为文本后重填"
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


class MoneyField(forms.Field):
    """An amount entered in ``unit`` (元 or 万元) and cleaned to yuan with two decimals.

    The unit comes from the column, never from a guess: ``1万`` in a column of 元 is refused
    with the right figure; ``1000元`` in it is accepted.
    """

    def __init__(
        self,
        unit: Literal["元", "万元"] = "元",
        *,
        negative: bool = False,
        digits: int = 14,
        **kwargs: Any,
    ) -> None:
        self.unit, self.negative, self.digits = unit, negative, digits
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)
        self.error_messages["required"] = f"填写{self.label or '金额'}"

    @property
    def factor(self) -> int:
        """How many yuan one unit is."""
        return 10_000 if self.unit == "万元" else 1

    def to_python(self, value: Any) -> Decimal | None:
        """Yuan, or None for an empty value."""
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        amount = cells.amount_of(value, unit=self.unit) * self.factor
        cents = cells.to_cents(amount, exact=not isinstance(value, float))
        if cents < 0 and not self.negative:
            raise ValidationError("金额不能是负数,请检查", code="negative")
        if abs(cents) >= Decimal(10) ** (self.digits - 2):
            raise ValidationError("金额太大,请检查单位是不是填错了", code="size")
        return cents

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


class YesNoField(forms.Field):
    """是/否 in the ways that ledgers write it; empty is None."""

    YES = frozenset(["是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "对", "已"])
    NO = frozenset(["否", "无", "×", "✗", "✘", "x", "n", "no", "false", "0", "未", "没有"])

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.Select(choices=[("", "—"), ("true", "是"), ("false", "否")])
        )
        super().__init__(**kwargs)
        self.error_messages["required"] = f"填写{self.label or '是或否'}"

    def to_python(self, value: Any) -> bool | None:
        """True, False or None."""
        if isinstance(value, bool):
            return value
        if value in self.empty_values:
            return None
        word = cells.text_of(value).strip().lower()
        if word in self.YES:
            return True
        if word in self.NO:
            return False
        if not word:
            return None
        raise ValidationError("填“是”或“否”", code="choice")

    def prepare_value(self, value: Any) -> Any:
        """As the select box spells it."""
        return {True: "true", False: "false"}.get(value, value) if value is not None else ""


Pairs = Iterable[tuple[Any, Any]]


class ChoiceLabelField(forms.ChoiceField):
    """A choice that may be given by its code, its label or a synonym; cleaned to the code."""

    def __init__(
        self,
        choices: Pairs | Callable[[], Pairs] = (),
        *,
        synonyms: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.synonyms = dict(synonyms or {})
        super().__init__(choices=choices, **kwargs)
        self.error_messages["required"] = f"选择{self.label or '一项'}"

    def _pairs(self) -> list[tuple[str, str]]:
        return [(str(code), str(label)) for code, label in cells.flat_choices(self.choices)]

    def to_python(self, value: Any) -> str:
        """The code."""
        if value in self.empty_values:
            return ""
        word = cells.text_of(value).strip()
        return self.code_of(word) if word else ""

    def code_of(self, word: str) -> str:
        """The code that a word stands for.  Raises ``ValidationError`` naming what is possible."""
        pairs = self._pairs()
        if word in {code for code, _ in pairs}:
            return word
        wanted = names.match_key(self.synonyms.get(word, word))
        found = [code for code, label in pairs if wanted in {names.match_key(label), code.lower()}]
        if len(found) == 1:
            return found[0]
        options = "、".join(label for code, label in pairs if code)
        short = options if len(options) <= 120 else options[:117] + "……"
        raise ValidationError(
            "%(label)s没有“%(word)s”这一项,可填:%(options)s",
            code="choice",
            params={"label": self.label or "本栏", "word": word, "options": short},
        )

    def valid_value(self, value: Any) -> bool:
        """``to_python`` already decided."""
        return True


class LabelsField(ChoiceLabelField):
    """Several choices, as a list or as text parted by 、 or /; cleaned to a list of codes."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> Any:
        """The codes, each once."""
        if value in self.empty_values:
            return []
        words = value if isinstance(value, list | tuple) else cells.split_words(value)
        codes = [self.code_of(cells.text_of(word).strip()) for word in words]
        return list(dict.fromkeys(codes))

    def validate(self, value: Any) -> None:
        """At least one where required."""
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")


class TownField(forms.ModelChoiceField):
    """A township or park: by number, code, name, short name, 县+name or pinyin initials.

    ``within`` narrows the choice, e.g. to a user's own township.  Nothing near is ever guessed.
    """

    def __init__(self, *, within: Callable[[], Any] | None = None, **kwargs: Any) -> None:
        self.within = within or towns.choices
        kwargs.setdefault("label", "乡镇（园区）")
        kwargs.setdefault("queryset", None)
        kwargs.setdefault("empty_label", "—")
        super().__init__(**kwargs)
        self.error_messages["required"] = f"选择{self.label}"

    def _get_queryset(self) -> Any:
        return self.within()

    def _set_queryset(self, queryset: Any) -> None:
        self.widget.choices = self.choices

    queryset = property(_get_queryset, _set_queryset)

    def to_python(self, value: Any) -> Any:
        """The unit, or None for an empty value."""
        if value in self.empty_values:
            return None
        if isinstance(value, Unit):
            return value
        word = cells.text_of(value).strip()
        return towns.find(word, self.queryset) if word else None
