"""The page of a refusal: what, why and whom to ask, in three lines."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from hrss_portal.access.refusal_words import whom_to_ask
from hrss_portal.access.scope import acting_as_system
from tests.cast import County, person

pytestmark = pytest.mark.django_db


def lines(client: Any, url: str) -> dict[str, str]:
    """The facts of the refusal, by heading."""
    answer = client.get(url)
    assert answer.status_code == 403
    facts = BeautifulSoup(answer.content, "html.parser").find(attrs={"data-test": "denied"})
    heads = [" ".join(one.get_text().split()) for one in facts.find_all("dt")]
    words = [" ".join(one.get_text().split()) for one in facts.find_all("dd")]
    return dict(zip(heads, words, strict=True))


def test_a_refusal_says_what_why_and_whom_to_ask(
    county: County, town_officer: Any, client: Any
) -> None:
    person("9002", "管系", county.office("办公室"), "SYS")
    client.force_login(town_officer)
    assert lines(client, "/organisation/users/") == {
        "不能办": "用户（查看）",
        "原因": "岗位职责不含此项",
        "可以找": "管系（办公室）",
    }


def test_nobody_to_ask_is_the_administrator(town_officer: Any, client: Any) -> None:
    client.force_login(town_officer)
    assert lines(client, "/organisation/users/")["可以找"] == "系统管理员"


def test_who_is_asked_sits_near_does_the_work_and_is_not_the_director(
    county: County, director: Any, auditor: Any, office_clerk: Any, clerk: Any
) -> None:
    people = [person(f"17{n}", f"仲{n}", clerk.unit, "ARB-C") for n in range(10, 13)]
    with acting_as_system("test"):
        assert whom_to_ask("arbitration.dispute.view", clerk) == people
        asked = whom_to_ask("reports.report.freeze", clerk)
    assert asked[0] == office_clerk
    assert auditor not in asked
    assert asked[-1] == director
