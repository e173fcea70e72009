"""What lies in the inner part of a file (副卷) is named and opened only to who has class P3."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.casework import file_index, papers
from hrss_portal.casework.models import Attachment, CasePaper
from hrss_portal.desk.api import shapes
from hrss_portal.desk.api.resources import CaseResource
from hrss_portal.documents.models import File
from hrss_portal.documents.uploads import attach, may_open, store_bytes
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
NAME = "评议笔录"


@pytest.fixture
def material(county: County, arbitration_head: User, acting: Acting) -> Attachment:
    """A material in the main part of a dispute's file."""
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 14))
    file = store_bytes(b"x", f"{NAME}.txt", by=arbitration_head, unit=case.unit)
    attach(file, case, action=f"{case.kind}.view")
    return Attachment.objects.create(
        case_id=case.pk, file=file, kind=NAME, part="main", seq=1, added_by=arbitration_head
    )


def put(material: Attachment, part: str, by: User) -> None:
    """Arrange the file so that the material lies in this part."""
    with acting_as(by):
        case = Dispute.objects.get(pk=material.case_id)
        rows = {material.pk: {"part": part, "seq": 1, "pages": 1}}
        assert file_index.arrange(case, rows, by=by) == 1
    material.refresh_from_db()
    material.file.refresh_from_db()


def named_to(user: User, material: Attachment) -> tuple[bool, bool, bool]:
    """Whether the page and the API name the material, and whether it opens."""
    browser = Client()
    browser.force_login(user)
    page = browser.get(reverse("arbitration:dispute_detail", args=[material.case_id]))
    assert page.status_code == 200
    with acting_as(user):
        case = Dispute.objects.get(pk=material.case_id)
        shape = shapes.detail(case, CaseResource(of="arbitration.dispute"), user)
        in_api = NAME in [row["kind"] for row in shape["attachments"]]
        return NAME in page.content.decode(), in_api, may_open(user, material.file)


def test_a_material_put_into_the_inner_part_closes_to_who_has_no_p3(
    material: Attachment, arbitration_head: User, director: User
) -> None:
    open_to_all, closed = (True,) * 3, (False,) * 3
    assert named_to(director, material) == open_to_all
    put(material, "inner", arbitration_head)
    assert material.file.data_class == file_index.INNER_CLASS
    assert named_to(director, material) == closed
    assert named_to(arbitration_head, material) == open_to_all
    put(material, "main", arbitration_head)
    assert named_to(director, material) == open_to_all


def test_who_does_not_see_the_inner_part_cannot_take_a_material_out_of_it(
    material: Attachment, arbitration_head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(material, "inner", arbitration_head)
    monkeypatch.setattr(file_index, "sees_inner", lambda user, case: False)
    with pytest.raises(ValidationError):
        put(material, "main", arbitration_head)


def test_a_paper_put_into_the_inner_part_is_closed_under_its_own_address(
    material: Attachment, arbitration_head: User, director: User
) -> None:
    case = Dispute.objects.get(pk=material.case_id)
    waiting = CasePaper.objects.filter(case=case.pk, state="waiting").first()
    issued = papers.issue(waiting, by=arbitration_head)
    url = reverse("documents:paper_file", args=[issued.paper_id])
    browser = Client()
    browser.force_login(director)
    answer = browser.get(url)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"PK")
    File.objects.filter(pk=issued.paper.file_id).update(data_class=file_index.INNER_CLASS)
    assert browser.get(url).status_code == 404
    assert browser.get(reverse("documents:paper", args=[issued.paper_id])).status_code == 404
