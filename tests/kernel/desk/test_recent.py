"""The strip of pages opened last: the end of a number tells one case from the next."""

import pytest

from hrss_portal.desk.recent import Opened


@pytest.mark.parametrize(
    ("label", "short"),
    [
        ("霍劳人仲案〔2026〕12号 劳动报酬", "…〔2026〕12号"),
        ("霍劳人仲收〔2026〕1024号 确认劳动关系", "…〔2026〕1024号"),
        ("第一仲裁庭", "第一仲裁庭"),
    ],
)
def test_a_chip_is_shortened_from_the_front(label: str, short: str) -> None:
    assert Opened("/x/", label).short == short
