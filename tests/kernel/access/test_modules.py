"""A part of an area that a bureau lacks is hidden from it, by two people, and its rows stay."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arbitration.models import PlatformLook
from hrss_portal import areas
from hrss_portal.access import modules, policy, proposals, switching
from hrss_portal.access.models import ModuleSwitch, Proposal, Unit, User
from hrss_portal.access.rights import rights_of
from hrss_portal.indicators.figures import NOT_HERE, value
from hrss_portal.indicators.orgs import of_unit
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules

pytestmark = pytest.mark.django_db
LOOKS = "arb.platform_looks"


@pytest.fixture(autouse=True)
def _fresh(county: County, acting: Any) -> Any:
    shipped_rules()
    acting("test")
    modules.forget(county.bureau.pk)
    yield
    modules.forget(county.bureau.pk)


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Any:
    """``with committed():`` what waits for the commit of the block is done at its end."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def switch(county: County, administrator: User, security_admin: User, committed: Any) -> Any:
    """``switch(is_on, from_on)`` by two people."""

    def do(is_on: bool, from_on: date | None = None) -> Proposal:
        day = from_on or timezone.localdate()
        asked = switching.propose_switch(
            LOOKS, county.bureau, is_on=is_on, from_on=day, reason="没有接入平台", by=administrator
        )
        with committed():
            proposals.confirm(asked, by=security_admin)
        return asked

    return do


def visit(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_off_means_no_menu_hidden_pages_no_duty_and_the_rows_stay(
    switch: Any, county: County, mediator: User
) -> None:
    look = PlatformLook.objects.create(unit=make.court(county))
    client = visit(mediator)
    pages = [
        reverse("arbitration:looks"),
        reverse("arbitration:platformlook_list"),
        reverse("arbitration:platformlook_add"),
        reverse("arbitration:platformlook_edit", args=[look.pk]),
    ]
    assert {client.get(page).status_code for page in pages} == {200}
    assert pages[0] in client.get("/").content.decode()
    switch(False)
    assert {client.get(page).status_code for page in pages} == {404}
    assert client.post(pages[2], {"_key": "k"}).status_code == 404
    assert pages[0] not in client.get("/").content.decode()
    assert pages[0] not in client.get("/search/", {"q": "平台日查看"}).content.decode()
    assert PlatformLook._base_manager.filter(pk=look.pk).exists()
    switch(True)
    assert {client.get(page).status_code for page in pages} == {200}


def test_the_switches_are_read_anew_once_they_are_committed_and_not_before(
    county: County,
    administrator: User,
    security_admin: User,
    django_capture_on_commit_callbacks: Any,
) -> None:
    today, root = timezone.localdate(), county.bureau.pk
    asked = switching.propose_switch(
        LOOKS, county.bureau, is_on=False, from_on=today, reason="没有接入", by=administrator
    )
    assert modules.is_on(LOOKS, root)  # remembered from here on
    with django_capture_on_commit_callbacks() as after:
        proposals.confirm(asked, by=security_admin)
    assert modules.is_on(LOOKS, root)
    for act in after:
        act()
    assert not modules.is_on(LOOKS, root)


def test_it_holds_from_its_day_and_for_its_bureau_alone(switch: Any, county: County) -> None:
    today, root = timezone.localdate(), county.bureau.pk
    switch(False, today + timedelta(days=1))
    assert modules.is_on(LOOKS, root)
    assert not modules.is_on(LOOKS, root, today + timedelta(days=1))
    other = Unit.objects.create(kind="bureau", name="另一县人社局", region="341500")
    assert modules.is_on(LOOKS, other.pk, today + timedelta(days=9))


def test_confirmed_late_it_holds_from_the_day_of_confirmation_and_says_so(
    county: County, administrator: User, security_admin: User, time_machine: Any
) -> None:
    proposed, confirmed = date(2022, 11, 23), date(2022, 12, 23)
    time_machine.move_to(f"{proposed}T09:00:00+08:00")
    asked = switching.propose_switch(
        LOOKS, county.bureau, is_on=False, from_on=proposed, reason="没有接入", by=administrator
    )
    assert "自复核当天起" in "".join(asked.words)
    time_machine.move_to(f"{confirmed}T09:00:00+08:00")
    proposals.confirm(asked, by=security_admin)
    modules.forget(county.bureau.pk)
    assert ModuleSwitch.objects.get().from_on == confirmed
    assert modules.is_on(LOOKS, county.bureau.pk, confirmed - timedelta(days=1))
    assert not modules.is_on(LOOKS, county.bureau.pk, confirmed)
    asked.refresh_from_db()
    assert asked.words[-1] == "实际自何日起：2022-12-23（复核晚于所写的 2022-11-23）"
    page = visit(security_admin).get(reverse("access:module_list")).content.decode()
    assert "2022-12-23 起不开展" in page
    assert "原定 2022-11-23 起" in page


def test_a_figure_says_that_the_county_does_not_do_this(switch: Any, county: County) -> None:
    today, org = timezone.localdate(), of_unit(county.bureau)
    PlatformLook.objects.create(unit=make.court(county), on=today)
    asked = {"frm": today, "to": today, "org": org}
    assert value(LOOKS, **asked).printed == "1次"
    switch(False)
    # What was done before the switch is reported; only where there is nothing the words stand.
    assert value(LOOKS, **asked).printed == "1次"
    PlatformLook._base_manager.update(voided_at=timezone.now(), void_reason="登错")
    assert value(LOOKS, **asked).printed == value(LOOKS, **asked).shown == NOT_HERE
    yesterday = {"frm": today - timedelta(days=1), "to": today - timedelta(days=1), "org": org}
    assert value(LOOKS, **yesterday).printed != NOT_HERE


def test_rights_and_moves_of_a_module_are_nobodys(
    switch: Any, county: County, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make.dispute(county, clerk, date(2023, 11, 16))
    module = areas.Module(
        code=LOOKS,
        label="试验",
        about="试验",
        actions=frozenset({"arbitration.sheet.X10"}),
        moves=frozenset({"arbitration.dispute.propose"}),
    )
    monkeypatch.setattr(modules, "declared", lambda: {LOOKS: module})
    posts = frozenset({"CLK", "ARB"})

    def may() -> tuple[bool, bool, bool]:
        rights = rights_of(clerk)
        return (
            bool(rights.matching("arbitration", "sheet", "X10")),
            policy.move_allowed(clerk, case, posts, "propose").allowed,
            policy.move_allowed(clerk, case, posts, "withdraw_early").allowed,
        )

    before = may()
    switch(False)
    assert (before, may()) == ((True, True, True), (False, False, True))


def test_one_proposes_with_a_reason_another_confirms(
    county: County, administrator: User, security_admin: User, clerk: User, committed: Any
) -> None:
    page = reverse("access:module_switch")
    sent = {"code": LOOKS, "is_on": "0", "from_on": "", "reason": "", "_key": "a"}
    browser = visit(administrator)
    assert browser.post(page, sent).status_code == 422
    past = {"from_on": "2020-01-01", "reason": "没有接入", "_key": "b"}
    assert "不能早于今天" in browser.post(page, sent | past).content.decode()
    good = sent | past | {"from_on": timezone.localdate().isoformat()}
    assert {browser.post(page, good).status_code for _ in range(20)} == {302}
    proposal = Proposal.objects.get(kind="access.module")
    assert not ModuleSwitch.objects.exists()
    for nobody in (administrator, clerk):
        with pytest.raises(policy.Refused):
            proposals.confirm(proposal, by=nobody)
    listed = visit(security_admin).get(reverse("access:module_list")).content.decode()
    assert "待复核" in listed
    with committed():
        proposals.confirm(proposal, by=security_admin)
    assert "不开展" in browser.get(reverse("access:module_list")).content.decode()
    assert "不用再改" in browser.post(page, good | {"_key": "c"}).content.decode()


def test_what_a_module_names_exists() -> None:
    from hrss_portal.access.routes import routes
    from hrss_portal.casework.workflow import workflows
    from hrss_portal.deadlines.terms import terms
    from hrss_portal.indicators import catalogue

    known = {
        "terms": {one.code for one in terms()},
        "duties": {path for app in areas.portal_apps() for path in app.duties},
        "routes": {name for name, _ in routes()},
        "figures": set(catalogue.indicators()),
        "moves": {f"{flow.of}.{move.code}" for flow in workflows() for move in flow.moves},
        "actions": {sheet.policy for sheet in areas.declared("imports")},
    }
    for module in modules.declared().values():
        for kind, names in known.items():
            for name in getattr(module, kind):
                one = areas.Module(code="", label="", about="", **{kind: frozenset({name})})
                assert any(one.names(kind, real) for real in names), f"{module.code}: {name}"
