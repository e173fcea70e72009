"""The log of refusals speaks Chinese: no route, policy or model name is left in it."""

import re

import pytest

from hrss_portal.access.refusal_words import (
    VERBS,
    action_words,
    page_words,
    rule_words,
    subject_words,
)
from hrss_portal.access.routes import policy_of, routes

LATIN = re.compile("[A-Za-z]")
ACTIONS = sorted(
    {found for _, pattern in routes() if "." in (found := policy_of(pattern.callback) or "")}
)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_policy_of_a_page_has_words(action: str) -> None:
    words = action_words(action)
    assert words
    assert not LATIN.search(words), words
    assert action.rpartition(".")[2] in VERBS, "give the verb its word in refusal_words.VERBS"


def test_the_words_of_a_refusal() -> None:
    assert page_words("GET", "access:user_list") == "打开 用户（查看）"
    assert rule_words("no-role access.user.view") == "岗位职责不含此项：用户（查看）"
    assert rule_words("hidden") == "这条记录对本人不可见"
    assert subject_words("arbitration.Dispute pk=7") == "仲裁案件 7"
    assert subject_words("甲") == "甲"
