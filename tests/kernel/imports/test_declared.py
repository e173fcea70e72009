"""Every sheet that an app declares: its functions exist, its own template is read without doubt."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from hrss_portal.access import policy
from hrss_portal.access.scope import acting_as_system
from hrss_portal.areas import Sheet
from hrss_portal.imports import registry
from hrss_portal.imports.cleaning import Cleaner, build_field
from hrss_portal.imports.layout import find_layout
from hrss_portal.imports.reading import open_book
from hrss_portal.imports.workbooks import template

SHEETS = registry.sheets()


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.code for sheet in SHEETS])
def test_declared_sheet_is_whole(sheet: Sheet, county: Any) -> None:
    named = ("commit", "check", "match", "export", "row_of", "undo")
    does = {name for name in named if sheet.call(name) is not None}
    assert "commit" in does or "export" in does
    assert ("export" in does) == ("row_of" in does)
    assert len(policy.split(sheet.policy)) == 3
    names = [column.name for column in sheet.columns]
    assert len(names) == len(set(names))
    with acting_as_system("test"):
        content = template(sheet)
        with open_book(content, "t.xlsx") as book:
            heads = [
                (one.index, one.name, book.head(one.index)) for one in book.sheets if one.visible
            ]
            layout = find_layout(sheet, heads)
        assert layout.problems == []
        assert layout.missing == []
        assert Cleaner(sheet, layout).missing_required() == []


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.code for sheet in SHEETS])
def test_samples_pass_their_own_fields(sheet: Sheet, county: Any) -> None:
    call_command("load_data", stdout=StringIO())
    with acting_as_system("test"):
        for column in sheet.columns:
            field = build_field(column)
            if column.sample and not hasattr(field, "queryset"):
                field.clean(column.sample)


def test_codes_are_declared_once() -> None:
    codes = [sheet.code for sheet in SHEETS]
    assert len(codes) == len(set(codes))
