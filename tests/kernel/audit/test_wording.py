"""The change log names tables and columns as the screens do."""

import pytest

from hrss_portal.audit.wording import column_words, table_words


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("parties_person", "birth", ("人员", "出生日期")),
        ("parties_person", "town_id", ("人员", "乡镇（园区）")),
        ("parties_employer", "version", ("单位", "版本")),
        ("parties_person", "no_such", ("人员", "no_such")),
        ("no_such_table", "birth", ("no_such_table", "birth")),
    ],
)
def test_a_change_is_named_in_words_where_there_are_any(table, column, words):
    assert (table_words(table), column_words(table, column)) == words
