"""Papers that a clerk asks for, and the rows of the registers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.documents.values import dispute_values
from arbitration.models import Conflict, JointNotice
from hrss_portal.access.models import User
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.parties import PersonFactory

pytestmark = pytest.mark.usefixtures("rules")
EMPTY = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0"}


def browser_of(user: User) -> Client:
    """A browser that is logged in."""
    browser = Client()
    browser.force_login(user)
    return browser


def test_a_paper_is_read_before_it_is_made(
    county: County, arbitration_head: User, acting: Callable[..., Any], today: Any
) -> None:
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 16))
    paper = case.papers.get(kind="arb.receipt")
    url = reverse("arbitration:dispute_paper", args=[case.pk, paper.pk])
    page = browser_of(arbitration_head).get(url).content.decode()
    applicant = case.parties.get(role="applicant")
    assert 'data-test="paper-blocks"' in page
    assert (
        applicant.name in page.partition('data-test="paper-blocks"')[2].partition("</article>")[0]
    )
    paper.refresh_from_db()
    assert (paper.state, paper.paper) == ("waiting", None)


def test_a_receipt_of_service_is_made_for_one_delivery(
    county: County, arbitration_head: User, acting: Callable[..., Any], today: Any
) -> None:
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 16))
    for party in case.parties.all():
        case.deliveries.create(
            party=party,
            doc_name="受理通知书",
            recipient=party.name,
            mode="direct",
            address="某路",
            sent_on=date(2023, 11, 16),
        )
    one = case.deliveries.earliest("pk")
    browser = browser_of(arbitration_head)
    url = reverse("arbitration:dispute_paper_add", args=[case.pk])
    data = {"_key": browser.get(url).context["key"], "kind": "arb.delivery", "delivery": one.pk}
    assert browser.post(url, data).status_code == 302
    acting(arbitration_head)
    paper = case.papers.get(kind="arb.delivery")
    assert [row["recipient"] for row in dispute_values(paper)["deliveries"]] == [one.recipient]
    wrong = {**data, "_key": browser.get(url).context["key"], "kind": "arb.cover"}
    assert browser.post(url, wrong).status_code == 422


def test_a_joint_notice_keeps_what_each_body_answered(
    county: County, arbitration_head: User, acting: Callable[..., Any], today: Any
) -> None:
    browser = browser_of(arbitration_head)
    url = reverse("arbitration:jointnotice_add")
    data = {
        "_key": browser.get(url).context["key"],
        "title": "关于会商的通知",
        "drafted_on": "2023-11-01",
        "state": "consulted",
        **{f"replies-{name}": value for name, value in EMPTY.items()},
        "replies-0-body": "县总工会",
        "replies-0-opinion": "同意",
        "replies-0-signed_on": "2023-11-10",
    }
    response = browser.post(url, data)
    assert response.status_code == 302
    acting(arbitration_head)
    reply = JointNotice.objects.get().replies.get()
    assert (reply.body, reply.opinion, reply.signed_on) == ("县总工会", "同意", date(2023, 11, 10))


def test_an_arbitrator_declares_whose_cases_he_stays_away_from(
    county: County, arbitration_head: User, acting: Callable[..., Any], today: Any
) -> None:
    acting("test")
    person = PersonFactory(unit=make.court(county))
    member = make.staff(county)
    browser = browser_of(arbitration_head)
    url = reverse("arbitration:staffmember_edit", args=[member.pk])
    data = {
        "_key": browser.get(url).context["key"],
        "_version": "1",
        "name": member.name,
        "role": member.role,
        "cert_no": member.cert_no,
        "started_on": "2020-01-01",
        **{f"conflicts-{name}": value for name, value in EMPTY.items()},
        "conflicts-0-id_number": person.id_number,
        "conflicts-0-reason": "近亲属",
        "conflicts-0-from_on": "2020-01-01",
    }
    assert browser.post(url, data).status_code == 302
    acting("test")
    assert Conflict.objects.get().person == person
