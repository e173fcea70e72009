"""Every paper that an app declares can be printed: its source is there and its tags are known."""

from django.utils.module_loading import import_string

from hrss_portal.documents.kinds import COMMON_TAGS, number_series, paper_kinds
from hrss_portal.documents.numbers import check_pattern
from hrss_portal.documents.preview import blocks_of
from hrss_portal.documents.rendering import check_template, fill
from hrss_portal.documents.source import shipped_docx


def test_every_declared_paper_has_a_usable_source():
    for kind in paper_kinds().values():
        check_template(shipped_docx(kind.template), kind)
        assert callable(import_string(kind.context)), kind.code


def test_every_declared_paper_names_a_declared_series():
    wanted = {kind.series for kind in paper_kinds().values() if kind.series}
    assert wanted <= set(number_series())


def test_what_a_paper_needs_is_among_its_tags():
    for kind in paper_kinds().values():
        roots = {tag.split("[]")[0].split(".")[0] for tag in kind.tags}
        assert set(kind.needs) <= roots, kind.code


def test_every_declared_series_gives_different_readable_numbers():
    for one in number_series().values():
        check_pattern(one.pattern)
        one.prefix.format(place="霍")


def place(values, tag, value):
    """Put a value where its tag says: ``a``, ``a.b``, ``a[]`` (a list of values), ``a[].b``."""
    head, _, rest = tag.partition(".")
    if head.endswith("[]"):
        rows = values.setdefault(head.removesuffix("[]"), [])
        if not rest:
            rows.append(value)
        else:
            if not rows:
                rows.append({})
            place(rows[0], rest, value)
    elif rest:
        place(values.setdefault(head, {}), rest, value)
    else:
        values[head] = value


def sample(kind):
    """A value for every tag: an amount, a date, a list of one row, or the words of its meaning."""
    values = {name: f"〈{words}〉" for name, words in COMMON_TAGS.items()}
    for tag, words in kind.tags.items():
        value = "12345.60" if any(w in words for w in ("金额", "元）")) else f"〈{words}〉"
        if any(w in words for w in ("日期", "届满", "保存至", "履行期限")):
            value = "2023-11-06"
        place(values, tag, value)
    return values


def test_every_declared_paper_prints():
    for kind in paper_kinds().values():
        content = fill(shipped_docx(kind.template), kind, sample(kind))
        printed = "\n".join(part.text for part in blocks_of(content))
        assert "{" not in printed, kind.code
        assert "〈" in printed, kind.code
