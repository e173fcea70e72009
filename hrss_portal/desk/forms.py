"""Forms of the desk: sections, the hidden key and version, words for what is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorList
from django.http import QueryDict

from hrss_portal.desk import wording
from hrss_portal.desk.links import url_of
from hrss_portal.parties import fields as party_fields

KINDS: tuple[tuple[type[forms.Field], str], ...] = (
    (party_fields.PhoneField, "phone"),
    (party_fields.UsccField, "uscc"),
)
LOOKUPS: tuple[tuple[type[forms.Field], str], ...] = (
    (party_fields.IdNumberField, "parties:person_lookup"),
    (party_fields.UsccField, "parties:employer_lookup"),
)
BLANK = "---------"  # what Django writes for no choice


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a form under a heading; ``folded`` holds what is seldom filled in."""

    title: str
    fields: tuple[str, ...]
    folded: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Part:
    """A section with its bound fields, as the template shows it."""

    title: str
    fields: Sequence[BoundField]
    folded: bool = False
    hint: str = ""


class DeskForm(forms.Form):
    """The base of forms that staff fill in.

    ``sections`` lays the fields out; those that no section names follow under 补充信息.  A missing
    value is asked for in words (填写联系电话), never called invalid.  Fields that know a kind of
    value carry the hooks that the scripts look for.
    """

    sections: ClassVar[Sequence[Section]] = ()
    show_when: ClassVar[Mapping[str, str]] = {}
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_in_words(self)

    @property
    def parts(self) -> list[Part]:
        """The form section by section; a folded section with an error or a value is open."""
        return parts_of(self, self.sections)


class DeskModelForm(forms.ModelForm):
    """The same over a model."""

    sections: ClassVar[Sequence[Section]] = ()
    show_when: ClassVar[Mapping[str, str]] = {}
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_in_words(self)

    @property
    def parts(self) -> list[Part]:
        """The form section by section."""
        return parts_of(self, self.sections)


def ask_in_words(form: forms.BaseForm) -> None:
    """Put the verb and the field's name where Django says that a field is required."""
    standard = str(forms.Field.default_error_messages["required"])
    for name, field in form.fields.items():
        label = str(field.label or name)
        now = str(field.error_messages.get("required", standard))
        relabelled = now[:2] in {"填写", "选择"} and label not in now
        if now == standard or relabelled:
            picks = isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.FileField)
            field.error_messages["required"] = f"{'选择' if picks else '填写'}{label}"
        dash_for_none(field)


def dash_for_none(field: forms.Field) -> None:
    """An empty choice is written as an empty cell is, not as Django writes it."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == BLANK:
            field.empty_label = wording.NOTHING
    elif isinstance(field, forms.ChoiceField):
        pairs: Any = field.choices
        if any(text == BLANK for _, text in pairs):
            field.choices = [
                (key, wording.NOTHING if text == BLANK else text) for key, text in pairs
            ]


def hooks_of(field: forms.Field) -> dict[str, str]:
    """The data attributes by which the scripts know a field and where to ask for duplicates."""
    found: dict[str, str] = {}
    for cls, kind in KINDS:
        if isinstance(field, cls):
            found["data-kind"] = kind
    for cls, route in LOOKUPS:
        if isinstance(field, cls) and url_of(route):
            found["data-lookup"] = url_of(route)
    if "data-suggest" in field.widget.attrs:
        found["data-lookup"] = url_of("parties:employer_lookup")
    return found


def parts_of(form: forms.BaseForm, sections: Iterable[Any]) -> list[Part]:
    """The bound fields of a form by section, hidden ones left to the template's foot."""
    left = [bound.name for bound in form.visible_fields()]
    made = []
    for section in sections:
        bound = [form[name] for name in section.fields if name in left]
        left = [name for name in left if name not in section.fields]
        if bound:
            made.append(_part(section, bound))
    if left:
        title = "补充信息" if made else ""
        made.append(Part(title, [form[name] for name in left]))
    return made


def _part(section: Any, bound: list[BoundField]) -> Part:
    needed = any(field.errors or field.value() not in (None, "", [], False) for field in bound)
    return Part(section.title, bound, section.folded and not needed, getattr(section, "hint", ""))


def add_messages(
    form: forms.BaseForm, messages: Mapping[str, Iterable[str]] | Iterable[str]
) -> None:
    """Show what the rules refused beside the field it speaks of, or over the form."""
    if isinstance(messages, Mapping):
        for name, texts in messages.items():
            for text in texts:
                form.add_error(name if name in form.fields else None, text)
        return
    for text in messages:
        form.add_error(None, text)


def formset_errors(formset: Any) -> list[tuple[str, str]]:
    """(id of the control, words) of every error in a formset, for the summary."""
    found: list[tuple[str, str]] = []
    for text in formset.non_form_errors():
        found.append((f"id_{formset.prefix}-0", str(text)))
    for form in formset.forms:
        for name, errors in form.errors.items():
            target = form[name].auto_id if name in form.fields else f"id_{form.prefix}"
            found.extend((str(target), text) for text in _texts(errors))
    return found


def _texts(errors: ErrorList) -> list[str]:
    return [str(text) for text in errors]


def with_row_added(data: QueryDict, name: str) -> QueryDict:
    """The posted form with one more empty row: how a row is added without JavaScript."""
    more = data.copy()
    key = f"{name}-TOTAL_FORMS"
    more[key] = str(int(more.get(key) or 0) + 1)
    return more
