"""Pages by key: the next page begins after the last row of this one, however many came between."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet

from hrss_portal.desk.api.errors import ApiError

SIZE, MOST = 50, 200
_signer = Signer(salt="hrss_portal.desk.api.cursor")


def size_of(asked: dict[str, str]) -> int:
    """How many rows a page has.  Raises 400 unless 1 to 200."""
    text = asked.get("limit", str(SIZE))
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST:
        return int(text)
    raise ApiError(400, "bad_parameter", "参数有误", "", {"limit": [f"1 至 {MOST}"]})


def cursor_of(key: int) -> str:
    """The opaque word for "after this row"."""
    return _signer.sign(str(key))


def after(cursor: str) -> int:
    """The key in a cursor; 0 for none.  Raises 400 for a word that this portal did not give."""
    if not cursor:
        return 0
    try:
        return int(_signer.unsign(cursor))
    except (BadSignature, ValueError):
        words = {"cursor": ["只能用上一次返回的 next"]}
        raise ApiError(400, "bad_parameter", "参数有误", "", words) from None


def page(rows: QuerySet[Any], cursor: str, size: int) -> tuple[list[Any], str | None]:
    """The rows after a cursor, by key, and the cursor of the page after; None at the end."""
    found = list(rows.filter(pk__gt=after(cursor)).order_by("pk")[: size + 1])
    if len(found) <= size:
        return found, None
    return found[:size], cursor_of(found[size - 1].pk)
