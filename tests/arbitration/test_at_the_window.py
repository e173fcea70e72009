"""What the window does with what it took in, and what stays with the court (roles.md, 收件)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.casework import papers
from hrss_portal.casework.models import CasePaper
from tests.cast import County, person
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(params=["WIN", "WIN-C"])
def window(request: pytest.FixtureRequest, county: County) -> User:
    """Somebody at the window, or its head."""
    return person("2191", "温口", county.office("政务服务股"), request.param)


def test_the_window_prints_the_receipt_and_takes_materials_of_what_it_took_in(
    window: User, county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    others = make.dispute(county, clerk, date(2023, 11, 15))
    acting(window)
    case = make.dispute(county, window, date(2023, 11, 16))
    browser = Client()
    browser.force_login(window)
    page = browser.get(reverse("arbitration:dispute_detail", args=[case.pk]))
    assert "打印收件回执" in page.content.decode()
    waiting = CasePaper._base_manager.get(case=case.pk, kind="arb.receipt")
    url = reverse("arbitration:dispute_paper", args=[case.pk, waiting.pk])
    made = browser.post(url, {"_key": "receipt", "do": "print"})
    assert (made.status_code, browser.get(made["Location"]).status_code) == (302, 200)
    attach = reverse("arbitration:dispute_attach", args=[case.pk])
    given = {"_key": "given", "kind": "申请书", "part": "main", "pages": "2"}
    sent = browser.post(attach, given | {"uploads": SimpleUploadedFile("a.pdf", PDF)})
    assert sent.status_code == 302
    with acting_as(window):
        assert Dispute.objects.get(pk=case.pk).attachments.get().kind == "申请书"
    assert browser.get(reverse("arbitration:dispute_edit", args=[case.pk])).status_code == 403
    theirs = reverse("arbitration:dispute_attach", args=[others.pk])
    assert browser.get(theirs).status_code == 404


def test_the_window_makes_no_paper_of_the_court(
    window: User, county: County, arbitration_head: User, acting: Callable[..., Any]
) -> None:
    acting(window)
    case = make.dispute(county, window, date(2023, 11, 16))
    acting(arbitration_head)
    waiting = papers.ask(case, "arb.delivery", by=arbitration_head)
    browser = Client()
    browser.force_login(window)
    url = reverse("arbitration:dispute_paper", args=[case.pk, waiting.pk])
    assert browser.post(url, {"_key": "court", "do": "make"}).status_code == 403
    assert CasePaper._base_manager.get(pk=waiting.pk).state == CasePaper.State.WAITING


def test_what_a_head_does_beside_cases_is_not_the_windows(
    window: User, county: County, acting: Callable[..., Any]
) -> None:
    acting(window)
    case = make.dispute(county, window, date(2023, 11, 16))
    browser = Client()
    browser.force_login(window)
    for url in (
        reverse("desk:hold", args=[case.pk]),
        reverse("indicators:override", args=["arb.received"]),
        reverse("indicators:targets", args=["arb.received"]),
    ):
        assert browser.get(url).status_code == 403, url
