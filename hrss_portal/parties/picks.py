"""Form fields that pick from a list: yes or no, a choice by label, several choices, a township."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator

from hrss_portal.access.models import Unit
from hrss_portal.parties import aliases, cells, names, towns


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
        if type(self.widget) is forms.Select:
            self._given = self.choices
            self.choices = self._with_blank
        self.error_messages["required"] = f"选择{self.label or '一项'}"

    def _with_blank(self) -> list[Any]:
        """Nothing is chosen until somebody chooses: a select box begins with an empty line."""
        given = list(cells.call_choices(self._given))
        blank = any(code in ("", None) for code, _ in given)
        return given if blank else [("", "—"), *given]

    def _pairs(self) -> list[tuple[str, str]]:
        return [(str(code), str(label)) for code, label in cells.flat_choices(self.choices)]

    def to_python(self, value: Any) -> str:
        """The code."""
        if value in self.empty_values:
            return ""
        word = cells.text_of(value).strip()
        return self.code_of(word) if word else ""

    def _code_labelled(self, pairs: list[tuple[str, str]], word: str) -> str | None:
        wanted = names.match_key(word)
        found = [code for code, label in pairs if wanted in {names.match_key(label), code.lower()}]
        return found[0] if len(found) == 1 else None

    def code_of(self, word: str) -> str:
        """The code that a word stands for.  Raises ``ValidationError`` naming what is possible."""
        pairs = self._pairs()
        if word in {code for code, _ in pairs}:
            return word
        known = self.synonyms.get(word, word)
        code = self._code_labelled(pairs, known)
        if code is None:
            code = self._code_labelled(pairs, aliases.meaning(str(self.label or ""), known))
        if code is not None:
            return code
        options = "、".join(label for code, label in pairs if code)
        short = options if len(options) <= 120 else options[:117] + "……"
        raise ValidationError(
            "%(label)s没有“%(word)s”这一项，可填：%(options)s",
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


class ReadOnce(ModelChoiceIterator):
    """The choices of one form, read once: a select box asks for the first one again."""

    def __iter__(self) -> Iterator[Any]:
        if not hasattr(self, "_pairs"):
            self._pairs = list(super().__iter__())
        return iter(self._pairs)


class TownField(forms.ModelChoiceField):
    """A township or park: by number, code, name, short name, 县+name or pinyin initials.

    ``within`` narrows the choice, e.g. to a user's own township; ``outside`` is what a form that
    narrows it says of any other.  Nothing near is ever guessed.
    """

    iterator = ReadOnce

    def __init__(self, *, within: Callable[[], Any] | None = None, **kwargs: Any) -> None:
        self.within = within or towns.choices
        self.outside = ""
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
        if not word:
            return None
        try:
            return towns.find(word, self.queryset)
        except ValidationError:
            meant = aliases.meaning(aliases.TOWNS, word)
            if meant == word:
                if self.outside:
                    raise ValidationError(self.outside, code="outside") from None
                raise
            return towns.find(meant, self.queryset)
