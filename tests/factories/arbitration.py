"""Disputes and mediation cases for tests, opened through the door like any other."""

from datetime import date
from decimal import Decimal
from typing import Any

import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arbitration.forms import DeliveryForm
from arbitration.models import (
    Dispute,
    MediationCase,
    MediationOrganisation,
    Room,
    StaffMember,
)
from arbitration.workflows.deliveries import MADE_HERE
from arbitration.workflows.one_paper import told_apart
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import CasePaper
from hrss_portal.casework.moves import PartyIn
from hrss_portal.documents.kinds import paper_kind
from tests.cast import County
from tests.factories.parties import EmployerFactory, PersonFactory

SUMMARY = (
    "申请人主张被申请人拖欠工资，请求支付劳动报酬并承担相应责任，双方对工资标准和欠付期间有争议。"
    * 2
)


def court(county: County) -> Any:
    """The unit of the arbitration court."""
    return county.office("劳动人事争议仲裁院")


def worker_and_firm(county: County, *, workers: int = 1) -> list[PartyIn]:
    """Applicants and one respondent, each with a master record."""
    unit = court(county)
    parties = []
    for _ in range(workers):
        person = PersonFactory(unit=unit)
        parties.append(
            PartyIn(role="applicant", name=person.name, person=person, address="霍邱县示例村")
        )
    firm = EmployerFactory(unit=unit)
    parties.append(
        PartyIn(
            role="respondent",
            name=firm.name,
            employer=firm,
            address="霍邱县示例路",
            legal_rep="李某 经理",
        )
    )
    return parties


def dispute(
    county: County, by: User | None, on: date, *, workers: int = 1, **fields: Any
) -> Dispute:
    """A dispute that has just been received."""
    data = fields.pop("data", {"claims": [{"text": "支付工资", "amount": Decimal("3127.00")}]})
    plain = {
        "apply_mode": "written",
        "cause": "pay",
        "dispute_on": on,
        "signed_on": on,
        "copies": 2,
        "facts": "拖欠工资。",
        "amount": Decimal("3127.00"),
        "people": workers,
        "town": county.town("城关镇"),
    }
    case = Dispute(unit=court(county), **(plain | fields))
    return moves.open_case(
        case, by=by, on=on, parties=worker_and_firm(county, workers=workers), data=data
    )


def issued(case: Dispute, doc_name: str, by: User, *, on: date | None = None) -> None:
    """What waits to be made of a paper with this name is issued, on an earlier day if given.

    A paper that no move called for is called for now; one that says a result gets one.
    """
    kinds = MADE_HERE.get(doc_name, ())
    if kinds and not case.papers.filter(kind__in=kinds).exists():
        papers.call(case, case.events.latest("pk"), kinds[:1])
    if not case.result and any("result" in paper_kind(kind).needs for kind in kinds):
        Dispute._base_manager.filter(pk=case.pk).update(result="支付工资。")
    with time_machine.travel(f"{on or timezone.localdate()}T08:30:00+08:00", tick=False):
        for paper in case.papers.filter(kind__in=kinds, state=CasePaper.State.WAITING):
            papers.issue(paper, by=by)


def served(
    case: Dispute,
    by: User,
    doc_name: str,
    *,
    roles: tuple[str, ...] = ("applicant", "respondent", "third"),
    on: date | None = None,
    mode: str = "direct",
    **more: Any,
) -> None:
    """The paper reaches every party in these roles, through the form as a clerk fills it."""
    on = on or timezone.localdate()
    issued(case, doc_name, by, on=on)
    for party in case.parties.filter(role__in=roles):
        given = {
            "on": str(on),
            "party": party.pk,
            "doc_name": doc_name,
            "mode": mode,
            "address": "霍邱县示例路",
            "sent_on": str(on),
            "signed_on": str(on) if mode == "direct" else "",
            "signed_by": "本人" if mode == "direct" else "",
            "proof_missing": "回证随卷" if mode == "direct" else "",
        }
        if rows := told_apart(case).get(doc_name):
            given["issued_paper"] = rows[-1].pk
        files = {name: more[name] for name in ("proof",) if name in more}
        texts = {name: value for name, value in more.items() if name not in files}
        form = DeliveryForm({**given, **texts}, files, case=case, user=by)
        assert form.is_valid(), form.errors
        moves.move(case, "record_delivery", by=by, on=on, data=form.move_data())


def page_of(case: Dispute, user: User) -> str:
    """The page of a dispute as a user reads it."""
    browser = Client()
    browser.force_login(user)
    return browser.get(reverse("arbitration:dispute_detail", args=[case.pk])).content.decode()


def staff(county: County, role: str = "full_time", **fields: Any) -> StaffMember:
    """A member of the court."""
    plain = {"name": "仲裁员甲", "cert_no": "T-001", "started_on": date(2020, 1, 1)}
    return StaffMember.objects.create(unit=court(county), role=role, **(plain | fields))


def room(county: County, name: str = "第一仲裁庭") -> Room:
    """A hearing room."""
    return Room.objects.create(unit=court(county), name=name)


def mediation_body(county: County, **fields: Any) -> MediationOrganisation:
    """A mediation body that is founded."""
    plain = {
        "name": "县劳动人事争议调解中心",
        "level": "centre",
        "state": "founded",
        "founded_on": date(2015, 1, 1),
    }
    return MediationOrganisation.objects.create(unit=court(county), **(plain | fields))


def mediation(county: County, by: User | None, on: date, **fields: Any) -> MediationCase:
    """A mediation case that has just been registered."""
    plain = {"channel": "visit", "cause": "pay", "town": county.town("城关镇")}
    values = plain | fields
    if "organisation" not in values:
        values["organisation"] = mediation_body(county)
    case = MediationCase(unit=court(county), **values)
    return moves.open_case(case, by=by, on=on, parties=worker_and_firm(county))
