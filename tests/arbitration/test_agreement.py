"""达成协议: days and amounts that make no sense are refused or explained."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from arbitration.documents.mediation import mediation_values
from arbitration.forms import AgreementForm
from arbitration.models import MediationCase
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.documents.papers import preview
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def mediated(county: County, arbitration_head: User, acting: Callable[..., Any]) -> MediationCase:
    """A mediation case about 5000 yuan, accepted on 10 November."""
    acting(arbitration_head)
    on = date(2023, 11, 10)
    case = make.mediation(county, arbitration_head, on, amount=Decimal(5000))
    case.accepted_on = on
    return case


def agreed(case: MediationCase, user: User, **given: str) -> AgreementForm:
    """The form as the mediator fills it."""
    plain = {"on": "2023-11-16", "process": "双方同意。", "perform_by": "2023-12-01"}
    said = {
        "agreed_terms": "1．付5000元。\n2．互不追究。",
        "agreed_on": "2023-11-16",
        "agreed_amount": "5000",
    }
    return AgreementForm({**plain, **said, **given}, case=case, user=user)


def test_an_agreement_takes_effect_after_acceptance(
    mediated: MediationCase, arbitration_head: User
) -> None:
    early = agreed(mediated, arbitration_head, agreed_on="2023-11-09")
    assert early.errors["agreed_on"] == ["本件 2023-11-10 受理，协议不能在此之前生效"]
    assert agreed(mediated, arbitration_head, agreed_on="2023-11-10").is_valid()


def test_more_than_was_in_dispute_is_agreed_with_a_reason(
    mediated: MediationCase, arbitration_head: User
) -> None:
    silent = agreed(mediated, arbitration_head, agreed_amount="999999")
    assert silent.errors["note"] == ["协议金额 999999.00 元多于涉及金额 5000 元，写明理由"]
    told = agreed(mediated, arbitration_head, agreed_amount="999999", note="含另案款项")
    assert told.is_valid(), told.errors


@pytest.mark.parametrize("kind", ["med.agreement", "med.confirmation"])
def test_the_parties_get_what_they_agreed_and_not_how_it_came_about(
    mediated: MediationCase, arbitration_head: User, kind: str
) -> None:
    notes = "单独谈话：最低可以接受4000元。"
    form = agreed(mediated, arbitration_head, process=notes)
    assert form.is_valid(), form.errors
    moves.move(mediated, "accept", by=None, data={"consent": "yes"})
    moves.move(mediated, "agree", by=None, data=form.move_data())
    case = MediationCase.objects.get(pk=mediated.pk)
    paper = case.papers.get(kind="med.agreement")
    words = str(preview(kind, mediation_values(paper), unit=case.unit, on=date(2023, 11, 16)))
    assert "1．付5000元。" in words
    assert "2．互不追究。" in words
    assert notes not in words
    record = preview("med.record", mediation_values(paper), unit=case.unit, on=date(2023, 11, 16))
    assert notes in str(record)


def test_an_agreement_without_its_terms_is_not_printed(
    mediated: MediationCase, arbitration_head: User
) -> None:
    told = {"outcome": "agreed", "agreed_amount": Decimal(5000), "agreed_on": date(2023, 11, 16)}
    moves.move(mediated, "accept", by=None, data={"consent": "yes"})
    moves.move(mediated, "agree", by=None, data=told)
    paper = MediationCase.objects.get(pk=mediated.pk).papers.get(kind="med.agreement")
    with pytest.raises(ValidationError, match="协议内容"):
        papers.issue(paper, by=arbitration_head)
