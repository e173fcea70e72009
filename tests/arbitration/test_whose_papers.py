"""A paper of a case is as private as its case: list, page, file, download and voiding."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.casework import moves, papers
from hrss_portal.documents.models import Paper
from hrss_portal.documents.papers import issue_paper
from tests.cast import County, person
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def award(county: County, arbitration_head: User, arbitrator: User, acting: Any) -> Paper:
    """A paper of a dispute that the arbitrator handles."""
    acting(arbitration_head)
    case: Dispute = make.dispute(county, arbitration_head, date(2023, 11, 1))
    moves.assign(case, by=arbitration_head, handler=arbitrator)
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(case, "propose", by=arbitration_head, data=proposal)
    moves.move(case, "accept", by=None, data={"procedure": "ordinary"})
    made = papers.issue(case.papers.earliest("pk"), by=arbitration_head).paper
    assert made is not None
    return made


@pytest.fixture
def colleague(arbitrator: User) -> User:
    """Another arbitrator of the same court."""
    return person("1190", "邻案仲裁员", arbitrator.unit, "ARB")


def answers(user: User, paper: Paper) -> dict[str, int]:
    """The status codes of everything that shows or voids the paper, and whether it is listed."""
    browser = Client()
    browser.force_login(user)
    urls = {
        "page": reverse("documents:paper", args=[paper.pk]),
        "file": reverse("documents:paper_file", args=[paper.pk]),
        "download": reverse("documents:download", args=[paper.file_id]),
    }
    found = {}
    for name, url in urls.items():
        answer = browser.get(url)
        found[name] = answer.status_code
        if answer.streaming:
            assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[arg-type]
    listed = browser.get(reverse("documents:papers"), {"q": paper.title}).context["page"]
    found["listed"] = sum(row.pk == paper.pk for row in listed)
    void = reverse("documents:paper_void", args=[paper.pk])
    found["void"] = browser.post(void, {"_key": f"v{user.pk}", "reason": "误"}).status_code
    return found


SEEN = {"page": 200, "file": 200, "download": 200, "listed": 1}
HIDDEN = {"page": 404, "file": 404, "download": 404, "listed": 0}


def test_a_colleague_neither_reads_nor_voids_an_award(
    award: Paper, colleague: User, clerk: User, office_clerk: User, window_clerk: User
) -> None:
    for user in (colleague, clerk, office_clerk, window_clerk):
        assert answers(user, award) == {**HIDDEN, "void": 404}, user
    assert Paper._base_manager.get(pk=award.pk).state == Paper.State.ISSUED


def test_who_reads_the_case_reads_its_papers_and_voids_none(
    award: Paper, director: User, lawyer: User
) -> None:
    for user in (director, lawyer):
        assert answers(user, award) == {**SEEN, "void": 403}, user


def test_the_handler_reads_and_voids(award: Paper, arbitrator: User) -> None:
    assert answers(arbitrator, award) == {**SEEN, "void": 302}
    assert Paper._base_manager.get(pk=award.pk).state == Paper.State.VOIDED


def test_the_head_voids_a_paper_of_the_court(award: Paper, arbitration_head: User) -> None:
    assert answers(arbitration_head, award) == {**SEEN, "void": 302}


def test_a_paper_without_a_case_stays_with_its_unit(
    award: Paper, colleague: User, clerk: User, stranger: User
) -> None:
    with acting_as_system("test"):
        loose = Paper._base_manager.get(pk=award.pk)
        values = loose.context
        made = issue_paper(loose.kind, context=values, unit=colleague.unit, by=colleague)
    assert answers(clerk, made) == {**SEEN, "void": 302}
    assert answers(stranger, made) == {**HIDDEN, "void": 404}


def test_rows_and_single_answers_agree(
    award: Paper, colleague: User, arbitrator: User, director: User, auditor: User, lawyer: User
) -> None:
    for user in (colleague, arbitrator, director, auditor, lawyer):
        for verb in ("view", "void"):
            with acting_as(user):
                reached = Paper.objects.may(verb).filter(pk=award.pk).exists()
                assert reached == policy.can(user, f"documents.paper.{verb}", award), (user, verb)
