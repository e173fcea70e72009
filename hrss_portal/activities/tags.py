"""Topics and campaigns by the names that people write, in one cell."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hrss_portal.activities.models import Campaign, Topic
from hrss_portal.parties.names import match_key

PARTS = str.maketrans(dict.fromkeys(",，;；/\n|", "、"))


def split(text: str) -> list[str]:
    """The parts of a cell."""
    return [part.strip() for part in text.translate(PARTS).split("、") if part.strip()]


def all_topics() -> Iterable[Any]:
    """Topics in use."""
    return Topic.objects.filter(is_active=True).order_by("pk")


def all_campaigns() -> Iterable[Any]:
    """Campaigns that stand and that the acting user sees."""
    return Campaign.objects.filter(voided_at__isnull=True).order_by("pk")


class TagsCell(forms.Field):
    """Several tags in one cell, each by its name or an alias; cleaned to a tuple of their ids.

    An unknown name is refused with the names that exist: a tag made by a slip of the pen would
    count for nobody.
    """

    def __init__(self, *, rows: Callable[[], Iterable[Any]], what: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows, self.what = rows, what

    @cached_property
    def known(self) -> dict[str, Any]:
        """Every way to write each tag; a name goes before an alias."""
        found: dict[str, Any] = {}
        rows = list(self.rows())
        for row in rows:
            found.setdefault(match_key(row.name), row)
        for row in rows:
            for alias in row.aliases:
                found.setdefault(match_key(alias), row)
        return found

    def to_python(self, value: Any) -> Any:
        """Ids in the order of the cell."""
        words = split(str(value)) if value not in self.empty_values else []
        unknown = [word for word in words if match_key(word) not in self.known]
        if unknown:
            names = "、".join(dict.fromkeys(row.name for row in self.known.values()))
            raise ValidationError(
                f"没有{self.what}“{'、'.join(unknown)}”，可填：{names[:200]}", code="unknown"
            )
        return tuple(dict.fromkeys(self.known[match_key(word)].pk for word in words))

    def validate(self, value: Any) -> None:
        """At least one where one is needed."""
        if self.required and not value:
            raise ValidationError(f"填写{self.label or self.what}", code="required")
