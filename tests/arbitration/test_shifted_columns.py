"""A row whose columns are shifted by one does not land an identity number as a name, and no page
shows it."""

import json

import pytest
from django.test import Client

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.imports import batches
from hrss_portal.parties.synthetic import people
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
ID = next(iter(people(1, seed=9))).id_number
X10 = f"案号,申请人,被申请人,案由,收案日期\n,{ID},某某有限公司,劳动报酬,2021-09-01"
X16 = (
    "来源,申请人,被申请人,争议类型,收到日期,调解组织\n"
    f"来访,王示例、{ID},某某有限公司,劳动报酬,2021-09-01,县劳动人事争议调解中心"
)


@pytest.mark.parametrize(("sheet", "text"), [("X10", X10), ("X16", X16)])
def test_an_identity_number_is_no_applicant(
    county: County, clerk: User, sheet: str, text: str
) -> None:
    with acting_as_system("test"):
        make.mediation_body(county)
    with acting_as(clerk):
        batch = batches.dry_run(sheet, text.encode(), name="台账.csv", by=clerk)
    assert (batch.created, batch.rejected) == (0, 1)
    (row,) = batch.rows.all()
    (message,) = row.messages
    assert (message["column"], message["code"]) == ("applicants", "number_for_name")
    assert message["message"].startswith(f"申请人填的是身份证号（***{ID[-2:]}），")
    assert ID not in json.dumps([row.messages, row.causes])
    assert not Dispute._base_manager.exists()


def test_the_page_for_mending_shows_the_number_only_in_boxes(county: County, clerk: User) -> None:
    with acting_as(clerk):
        batch = batches.dry_run("X10", X10.encode(), name="台账.csv", by=clerk)
    browser = Client()
    browser.force_login(clerk)
    html = browser.get(f"/imports/{batch.pk}/fix/").content.decode()
    assert html.count(ID) == html.count(f'value="{ID}"') > 0
