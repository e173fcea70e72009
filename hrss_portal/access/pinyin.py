"""pypinyin, loaded when the first name is read: its dictionaries take 57 MB and 0.2 seconds."""

from functools import cache
from importlib import import_module
from typing import Any


@cache
def library() -> Any:
    """The library itself."""
    return import_module("pypinyin")


def first_letters(text: str) -> str:
    """The first letters of the syllables, read by phrase: 办公室 gives ``bgs``."""
    pypinyin = library()
    return "".join(pypinyin.lazy_pinyin(text, style=pypinyin.Style.FIRST_LETTER))
