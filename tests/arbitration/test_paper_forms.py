"""The forms A01–A04 and B01 field by field: where each is stored, and that its paper prints it."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.test import Client
from django.urls import reverse

import arbitration
from arbitration.forms import MediationForm
from arbitration.models import Agent, Dispute, MediationCase, Witness
from hrss_portal.access.models import User
from hrss_portal.casework import papers
from hrss_portal.casework.models import Delivery
from tests.cast import County
from tests.factories import arbitration as make

PAPERS = Path(arbitration.__file__).parent / "papers"
#: Form, model, and for each numbered field the column it is stored in; None is computed or printed.
FORMS: dict[str, tuple[Any, tuple[str | None, ...]]] = {
    "A01": (
        Dispute,
        (
            *("intake_no", "opened_on", "apply_mode", "parties", "parties", "parties"),
            *("parties.address", "parties.phone", "parties.legal_rep", "town", "hired_on"),
            *("dispute_on", "post", "monthly_wage", "cause", "claims.amount", "amount", "facts"),
            *("evidence.is_original", "witnesses.address", "agents.power", "is_migrant_wage"),
            *("mediation_ok", "copies", "signed_on", "occupation", "work_unit", "hukou_kind"),
        ),
    ),
    "A02": (
        Dispute,
        (
            *("number", "cause", "parties", "summary", "handler_opinion", "handler", "state"),
            *("accepted_on", "procedure", "tribunal.role", "deputy", "clocks.due_on"),
            *("hearings.period", "reject_reason", "remark"),
        ),
    ),
    "A03": (
        Delivery,
        (
            *("case", "doc_name", "recipient", "mode", "address", "sent_on", "signed_on"),
            *("signed_by", "mail_no", "refusal", "media", "deemed_on", "proof"),
        ),
    ),
    "A04": (
        Dispute,
        (
            *("number", "outcome", "result", "awarded", "finality", "tribunal.member"),
            *("closed_on", "clocks.pauses", "signer", "served_on", "follow_up", "court_result"),
            *("keep_until", "file_pages"),
        ),
    ),
    "B01": (
        MediationCase,
        (
            *("intake_no", "channel", "external_no", "received_at", "accepted_on", "parties"),
            *("parties", "cause", "people", "amount", "organisation", "handler", "consent"),
            *("process", "outcome", "agreed_amount", "perform_by", "performed", "review"),
            *("closed_on", None),
        ),
    ),
}
#: The paper of a form, and the tags that stand for its fields.
PRINTED = {
    "approval": (
        *("case_no", "cause", "applicants", "respondents", "thirds", "summary"),
        *("handler_opinion", "opinion_maker", "opinion_on", "acceptance", "acceptance_by"),
        *("acceptance_on", "procedure", "tribunal", "clerk", "answer_due_on"),
        *("hearing_at", "hearing_room", "reject_reason", "remark", "accepted_on"),
    ),
    "delivery": (
        *("case_no", "doc_name", "recipient", "mode", "address", "sent_on", "signed_on"),
        *("signed_by", "mail_no", "refusal", "witnesses", "media", "deemed_on"),
    ),
    "closing": (
        *("case_no", "outcome", "result", "awarded", "finality", "tribunal", "closed_on"),
        *("ext_susp", "signer", "served_on", "follow_up", "court_result", "archived_on"),
        *("keeping", "file_pages"),
    ),
    "cover": (
        *("case_no", "applicants", "respondents", "thirds", "cause", "outcome", "tribunal"),
        *("clerk", "accepted_on", "closed_on", "archived_on", "keep_until"),
    ),
    "mediation_acceptance": (
        *("intake_no", "channel", "platform_no", "received_at", "accepted_on", "applicants"),
        *("respondents", "cause", "people", "amount", "organisation", "mediator", "consent"),
    ),
}
LENGTHS = {"A01": 28, "A02": 15, "A03": 13, "A04": 14, "B01": 21}


def missing(model: Any, path: str) -> bool:
    """Whether a dotted path of columns leads nowhere."""
    for name in path.split("."):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        model = field.related_model or model
    return False


@pytest.mark.parametrize("form", FORMS)
def test_every_field_of_a_form_is_stored(form: str) -> None:
    model, fields = FORMS[form]
    assert len(fields) == LENGTHS[form]
    assert [path for path in fields if path and missing(model, path)] == []


@pytest.mark.parametrize("paper", PRINTED)
def test_every_field_of_a_form_is_printed(paper: str) -> None:
    source = (PAPERS / f"{paper}.txt").read_text(encoding="utf-8")
    tags = re.findall(r"{[{%][^}]*[}%]}", source)
    words = {word for tag in tags for word in re.findall(r"\w+", tag)}
    assert sorted(set(PRINTED[paper]) - words) == []


@pytest.mark.usefixtures("rules", "today")
def test_the_page_shows_who_acts_for_whom_and_where_a_witness_lives(
    county: County, arbitration_head: User, acting: Callable[..., Any]
) -> None:
    acting(arbitration_head)
    case = make.dispute(
        county,
        arbitration_head,
        date(2023, 11, 16),
        occupation="钢筋工",
        work_unit="某劳务公司",
        hukou_kind="farm",
    )
    agent = {"name": "赵律", "kind": "律师", "power": "general", "phone": "13900001234"}
    Agent.objects.create(dispute=case, for_role="third", **agent)
    Witness.objects.create(dispute=case, name="钱工", address="某村一组")
    page = make.page_of(case, arbitration_head)
    for words in ("钢筋工", "某劳务公司", "农业", "第三人代理人 赵律", "某村一组"):
        assert words in page
    assert "13900001234" not in page


@pytest.mark.usefixtures("rules", "today")
def test_a_mediation_case_keeps_the_moment_it_came_and_makes_its_record(
    county: County, mediator: User, acting: Callable[..., Any]
) -> None:
    acting(mediator)
    body = make.mediation_body(county)
    given = {
        "opened_on": "2023-11-15",
        "received_time": "1640",
        "channel": "visit",
        "organisation": str(body.pk),
        "cause": "pay",
        "people": "1",
        "applicants-TOTAL_FORMS": "1",
        "applicants-INITIAL_FORMS": "0",
        "applicants-0-kind": "person",
        "applicants-0-name": "张示例",
        "applicants-0-phone": "13900001234",
        "applicants-0-address": "某村",
        "respondents-TOTAL_FORMS": "1",
        "respondents-INITIAL_FORMS": "0",
        "respondents-0-kind": "employer",
        "respondents-0-name": "霍邱某某有限公司",
    }
    form = MediationForm(given, user=mediator, unit=make.court(county))
    assert form.is_valid(), form.errors
    case: Any = form.open()
    assert case.received_at == datetime.fromisoformat("2023-11-15T16:40+08:00")
    waiting = papers.ask(case, "med.application", by=mediator)
    assert papers.context_of(waiting)["received_at"] == "2023年11月15日16时40分"
    assert papers.issue(waiting, by=mediator).state == "issued"
    daily = MediationForm({**given, "received_time": ""}, user=mediator, unit=make.court(county))
    assert daily.is_valid(), daily.errors
    other: Any = daily.open()
    browser = Client()
    browser.force_login(mediator)
    url = reverse("arbitration:mediationcase_detail", args=[other.pk])
    facts = re.sub(r"<[^>]+>|\s", "", browser.get(url).content.decode())
    (shown,) = re.findall(r"收到时间([-0-9:]+)", facts)
    assert shown == "2023-11-15"
    waiting = papers.ask(other, "med.application", by=mediator)
    assert papers.context_of(waiting)["received_at"] == "2023年11月15日"
    late = {**given, "opened_on": "2023-11-16", "received_time": "2359"}
    ahead = MediationForm(late, user=mediator, unit=make.court(county))
    assert "received_time" in ahead.errors
    assert MediationCase.objects.count() == 2
