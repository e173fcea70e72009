"""A move and the legal rule of its clock name the same article."""

import csv
import re
from pathlib import Path

import cn2an
import pytest
from django.conf import settings

from hrss_portal.casework.workflow import workflow_of

RULES = Path(settings.BASE_DIR) / "hrss_portal/deadlines/data/deadlines.csv"
PAIRS = (  # the move that the rule is about
    ("propose", "ARB-01"),
    ("send", "ARB-03"),
    ("answer", "ARB-04"),
    ("seat", "ARB-06"),
    ("schedule", "ARB-07"),
    ("postpone", "ARB-08"),
    ("decide_recusal", "ARB-09"),
    ("object_jurisdiction", "ARB-10"),
    ("counterclaim", "ARB-11"),
    ("accept_counterclaim", "ARB-12"),
    ("refuse_counterclaim", "ARB-12"),
    ("revoke", "ARB-13"),
    ("award", "ARB-14"),
    ("extend", "ARB-14"),
    ("suspend", "ARB-14"),
    ("follow_up", "ARB-24"),
    ("follow_up", "ARB-25"),
    ("follow_up", "ARB-26"),
)


def articles(text: str) -> set[tuple[str, int]]:
    """(law, article) of a citation, whether the numbers are written 36 or 三十六."""
    found = set()
    for law, rest in re.findall(r"《([^》]+)》([^《]*)", text):
        for numbers in re.findall(r"第([一二三四五六七八九十百\d、]+)条", rest):
            found |= {
                (law, int(one) if one.isdigit() else int(cn2an.cn2an(one, "smart")))
                for one in numbers.split("、")
            }
    return found


@pytest.mark.parametrize(("code", "rule"), PAIRS)
def test_a_move_cites_the_article_of_its_rule(code: str, rule: str) -> None:
    with RULES.open(encoding="utf-8", newline="") as file:
        basis = {row["code"]: row["legal_basis_zh"] for row in csv.DictReader(file)}
    cited = articles(workflow_of("arbitration.dispute").move(code).basis)
    assert cited & articles(basis[rule]), (cited, articles(basis[rule]))


def test_a_citation_is_read_in_both_spellings() -> None:
    both = articles("《办案规则》第三十六条、第四十六条；《调解仲裁法》第48、50条")
    assert both == {("办案规则", 36), ("办案规则", 46), ("调解仲裁法", 48), ("调解仲裁法", 50)}
