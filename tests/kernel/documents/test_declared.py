"""Every paper that an app declares can be printed: its source is there and its tags are known."""

from django.utils.module_loading import import_string

from hrss_portal.documents.kinds import number_series, paper_kinds
from hrss_portal.documents.numbers import check_pattern
from hrss_portal.documents.rendering import check_template
from hrss_portal.documents.source import shipped_docx


def test_every_declared_paper_has_a_usable_source():
    for kind in paper_kinds().values():
        check_template(shipped_docx(kind.template), kind)
        assert callable(import_string(kind.context)), kind.code


def test_every_declared_paper_names_a_declared_series():
    wanted = {kind.series for kind in paper_kinds().values() if kind.series}
    assert wanted <= set(number_series())


def test_every_declared_series_gives_different_readable_numbers():
    for one in number_series().values():
        check_pattern(one.pattern)
        one.prefix.format(place="霍")
