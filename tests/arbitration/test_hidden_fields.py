"""A field that a role hides is nowhere on the case's page, its timeline included."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework import moves
from hrss_portal.casework.models import Clock
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
OLD, NEW, WHY = "拟受理甲乙丙", "拟不受理丁戊己", "合议时改了意见"


def test_a_correction_of_a_hidden_field_is_not_told_in_the_timeline(
    county: County, window_clerk: User, arbitration_head: User, acting
) -> None:
    acting(window_clerk)
    case = make.dispute(county, window_clerk, date(2023, 11, 14))
    acting(arbitration_head)
    opinion = {"summary": make.SUMMARY, "handler_opinion": OLD, "procedure": "ordinary"}
    moves.move(case, "propose", by=arbitration_head, data=opinion)
    moves.amend(case, by=arbitration_head, changes={"handler_opinion": NEW}, reason=WHY)
    for user, told in ((window_clerk, False), (arbitration_head, True)):
        browser = Client()
        browser.force_login(user)
        page = browser.get(reverse("arbitration:dispute_detail", args=[case.pk]))
        words = page.content.decode()
        assert page.status_code == 200
        assert [word in words for word in (NEW, WHY)] == [told, told]
        assert told or OLD not in words


def test_the_window_reads_no_words_that_others_wrote_beside_their_steps(
    county: County, window_clerk: User, arbitration_head: User, arbitrator: User, acting
) -> None:
    acting(window_clerk)
    case = make.dispute(county, window_clerk, date(2023, 11, 14), deputy=arbitrator)
    acting(arbitration_head)
    opinion = {"summary": make.SUMMARY, "handler_opinion": OLD, "procedure": "ordinary"}
    moves.move(case, "propose", by=arbitrator, data=opinion, note="内部的话一")
    moves.move(
        case,
        "accept",
        by=arbitration_head,
        data={"procedure": "ordinary", "handler": arbitrator},
        note="内部的话二",
    )
    clock = Clock._base_manager.get(case=case.pk, term="arb.award")
    with acting_as_system("test"):
        clock.steps.create(kind="extend", on=date(2023, 11, 16), reason="内部的话三")
    for user, told in ((window_clerk, False), (arbitration_head, True)):
        browser = Client()
        browser.force_login(user)
        pages = [
            browser.get(reverse("arbitration:dispute_detail", args=[case.pk])),
            browser.get(reverse("casework:clock", args=[clock.pk])),
        ]
        assert [page.status_code for page in pages] == [200, 200]
        assert ["内部的话" in page.content.decode() for page in pages] == [told, told]
