"""Who may make which move: what the page shows and what the server takes say the same."""

from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, APIResponse

from arbitration.models import Dispute, MediationCase
from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.casework.models import Case, Event
from hrss_portal.casework.workflow import Move, workflow_of

pytestmark = pytest.mark.browser
PLACES = {Dispute: "disputes", MediationCase: "mediations"}


def moves_and_cases(model: type[Case]) -> list[tuple[Move, Case]]:
    """Every move of the workflow with a case: one in a state that the move starts from, if any."""
    rows = list(model._base_manager.order_by("pk"))
    first = {row.state: row for row in reversed(rows)}
    return [
        (step, next((first[state] for state in sorted(step.source) if state in first), rows[0]))
        for step in workflow_of(model).moves
    ]


def send(browser: APIRequestContext, url: str, token: str) -> APIResponse:
    """A direct POST with a good token, so that only the right to the move can be missing."""
    headers = {"Referer": url, "X-CSRFToken": token}
    return browser.post(url, headers=headers, form={}, max_redirects=0)


def standings(pairs: list[tuple[Move, Case]]) -> dict[User, tuple[frozenset[str], frozenset[int]]]:
    """For one account of each distinct standing: the moves forbidden to it, the cases it sees."""
    found: dict[tuple[frozenset[str], frozenset[int]], User] = {}
    cases = {case.pk for _, case in pairs}
    for user in User.objects.filter(is_active=True).order_by("staff_no"):
        with acting_as(user, "request"):
            forbidden = frozenset(
                step.code
                for step, case in pairs
                if not policy.move_allowed(user, case, step.by, action=step.code)
            )
            seen = type(pairs[0][1]).objects.filter(pk__in=cases).values_list("pk", flat=True)
            found.setdefault((forbidden, frozenset(seen)), user)
    return {user: standing for standing, user in found.items()}


@pytest.mark.parametrize("model", PLACES, ids=PLACES.values())
def test_moves_of_other_posts_are_neither_shown_nor_taken(demo: Any, model: type[Case]) -> None:
    """A40: every move, and one account for each distinct standing among the posts: a forbidden
    move is absent from the HTML of the case, and its direct POST is refused with 403 (404 where
    the account must not know that the case exists)."""
    pairs = moves_and_cases(model)
    made = Event._base_manager.count()
    wrong, refused = [], 0
    for user, (forbidden, seen) in standings(pairs).items():
        context = demo.window.context(user)
        context.request.get("/settings/")
        token = next(one["value"] for one in context.cookies() if one["name"] == "csrftoken")
        pages: dict[int, str] = {}
        for step, case in [pair for pair in pairs if pair[0].code in forbidden]:
            url = f"/arbitration/{PLACES[model]}/{case.pk}/"
            if case.pk in seen and case.pk not in pages:
                pages[case.pk] = context.request.get(url).text()
            if f"{url}move/{step.code}/" in pages.get(case.pk, ""):
                wrong.append(f"{user.staff_no} sees {step.code} in {case.state}")
            answer = send(context.request, f"{demo.window.url}{url}move/{step.code}/", token)
            refused += 1
            if answer.status != 403 and (case.pk in seen or answer.status != 404):
                wrong.append(f"{user.staff_no} posts {step.code}: {answer.status}")
            if answer.status == 403 and 'data-state="denied"' not in answer.text():
                wrong.append(f"{user.staff_no} posts {step.code}: not the page of a refusal")
    assert wrong == []
    assert refused > len(pairs)
    assert Event._base_manager.count() == made
