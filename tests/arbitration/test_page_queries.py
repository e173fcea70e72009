"""No page asks more questions of the database when there are more rows."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from arbitration.models import Dispute
from hrss_portal.access.models import Absence, Proposal, User
from hrss_portal.access.routes import routes
from hrss_portal.casework import papers, retention
from hrss_portal.casework.models import CasePaper
from hrss_portal.notifications.models import Notice
from tests.cast import County, person
from tests.factories import activities
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
YEAR = "from=2023-01-01&to=2023-11-16"
FEW, MANY = 3, 30
MOST_ON_A_PAGE = 21  # one of them for the strip of what was opened last
# The page of all figures: one question for each table that they count, two where some of its
# figures are bounded by no date, one for the terms of cases, one for how far rows reach back.
MOST_OF_FIGURES = 28
MOST_ON_A_BOARD = 24
MOST_OF_WORKLOAD = 25  # six registers, three figures
PROPOSED = {
    "kind": retention.RULE_KIND,
    "policy": "casework.retention.confirm",
    "apply": "hrss_portal.casework.retention.apply_rule",
}
#: Pages that answer no page of rows to a plain GET.
LEFT_OUT = frozenset({"access:logout", "desk:health", "desk:live"})
ROWS = ("arb.received", "arb.employers_served", "arb.mediation_received", "arb.staff_fulltime")


def fill(county: County, by: User, numbers: range) -> None:
    """A dispute, a visit, a body, a member of staff, an account … for each number, a mediation
    case for every other one: people and employers still fit one page, which asks no count."""
    unit = make.court(county)
    body = make.mediation_body(county, name=f"调委会{numbers.start}")
    for number in numbers:
        day = date(2023, 3, 1) + timedelta(days=number)
        case = make.dispute(county, by, day)
        papers.issue(CasePaper.objects.filter(case=case.pk, state="waiting")[0], by=by)
        Proposal.objects.create(unit=unit, proposed_by=by, **PROPOSED | {"title": f"第{number}项"})
        if number % 2:
            make.mediation(county, by, day, organisation=body)
        make.mediation_body(county, name=f"企业调委会{number}", level="enterprise")
        make.staff(county, name=f"仲裁员{number}", cert_no=f"T-{number}")
        make.room(county, name=f"庭室{number}")
        firm = case.parties.exclude(employer=None).get().employer
        tags = {"purposes": ("labour_law",), "campaigns": ("hundred_arbitrators",)}
        activities.visit(county, day, employer=firm, **tags)
        clerk = person(f"77{number:02d}", f"测员{number}", unit, "CLK")
        Notice.objects.create(user=by, kind="case", title=f"第{number}条", key=f"t{number}")
        Absence.objects.create(user=clerk, from_on=day, to_on=day)


def pages(case: Dispute) -> Iterator[tuple[str, str]]:
    """Every address without arguments, and those of a case, its people, a board and figures."""
    for name, _ in routes():
        if name in LEFT_OUT or name.startswith(("api", "admin")):
            continue
        try:
            yield name, reverse(name)
        except NoReverseMatch:
            continue
    yield "case page", reverse("arbitration:dispute_detail", args=[case.pk])
    party = case.parties.exclude(person=None).first()
    yield "person page", reverse("parties:person", args=[party.person_id])
    firm = case.parties.exclude(employer=None).first()
    yield "employer page", reverse("parties:employer", args=[firm.employer_id])
    yield "board", f"/boards/arb.board/?{YEAR}"
    for code in ROWS:
        yield f"rows {code}", f"/indicators/{code}/rows/?{YEAR}"
        yield f"figure {code}", f"/indicators/{code}/?{YEAR}"


def counts(browser: Client, addresses: dict[str, str]) -> dict[str, int]:
    """How many questions each page asks; those that do not open are left out."""
    found = {}
    for name, url in addresses.items():
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(url)
        if answer.status_code == 200:
            found[name] = len(asked)
    return found


def test_thirty_rows_ask_no_more_than_three(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    activities.tags(county)
    heads = [
        person("7601", "全岗", make.court(county), "ARB-C", "DIR", "OFF", "EMP-C"),
        person("7602", "系管", county.office("办公室"), "SYS"),
    ]
    fill(county, clerk, range(FEW))
    case = Dispute._base_manager.order_by("pk").first()
    assert case is not None
    addresses = dict(pages(case))
    browsers = []
    for user in heads:
        browser = Client()
        browser.force_login(user)
        for name in ("case page", "person page", "employer page"):
            browser.get(addresses[name])  # from now on every page shows what was opened last
        browsers.append(browser)
    few = [counts(browser, addresses) for browser in browsers]  # what is cached is read here
    fill(county, clerk, range(FEW, MANY))
    many = [
        counts(browser, {name: addresses[name] for name in before})
        for browser, before in zip(browsers, few, strict=True)
    ]
    assert len(set(few[0]) | set(few[1])) > 60
    grown = {
        name: (asked, later[name])
        for before, later in zip(few, many, strict=True)
        for name, asked in before.items()
        if later[name] > asked
    }
    assert grown == {}
    assert many[0]["board"] <= MOST_ON_A_BOARD
    assert many[0]["indicators:figures"] <= MOST_OF_FIGURES
    assert many[0]["arbitration:workload"] <= MOST_OF_WORKLOAD
    three = ("board", "indicators:figures", "arbitration:workload")
    others = {name: asked for name, asked in many[0].items() if name not in three}
    assert {name: asked for name, asked in others.items() if asked > MOST_ON_A_PAGE} == {}
