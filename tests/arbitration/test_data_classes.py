"""A case heard in private (P4) and a paper of class P3 are known to who has the class alone."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arbitration.forms import UnsealForm
from arbitration.models import Dispute
from arbitration.workflows.conditions import papers_are_issued
from arbitration.workflows.hearings import plan_hearing
from hrss_portal.access.models import Grant, User
from hrss_portal.access.policy import Refused, sees_class, with_class
from hrss_portal.access.scope import acting_as
from hrss_portal.casework import door, file_index, moves, papers
from hrss_portal.casework.models import Attachment, CasePaper
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.desk import badges
from hrss_portal.desk.api import shapes
from hrss_portal.desk.api.resources import CaseResource
from hrss_portal.documents.models import Paper
from hrss_portal.documents.uploads import attach, may_open, store_bytes
from tests.cast import County, person
from tests.factories import arbitration as make
from tests.factories.clients import Caller, client_system

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
NAME = "工资表复印件"
RESOURCE = CaseResource(of="arbitration.dispute")


def browser_of(user: User) -> Client:
    """A browser in which the user is logged in."""
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def case(county: County, clerk: User, arbitration_head: User, acting: Acting) -> Dispute:
    """A dispute at trial with a material and an issued paper, entered by the clerk."""
    acting(clerk)
    found = make.dispute(county, clerk, date(2023, 11, 14))
    file = store_bytes(b"x", f"{NAME}.txt", by=clerk, unit=found.unit)
    attach(file, found, action=f"{found.kind}.view")
    Attachment.objects.create(case_id=found.pk, file=file, kind=NAME, seq=1, added_by=clerk)
    papers.issue(CasePaper.objects.filter(case=found.pk, state="waiting").first(), by=clerk)
    acting(arbitration_head)
    with door.opened():
        Dispute.objects.filter(pk=found.pk).update(state="deliberating")
    return Dispute.objects.get(pk=found.pk)


def status(user: User, name: str, *args: Any) -> int:
    """How a page answers the user, a file read to its end."""
    answer = browser_of(user).get(reverse(name, args=args))
    if answer.streaming:
        assert b"".join(answer.streaming_content) != b""
    return answer.status_code


def known(user: User, case: Dispute, paper: Paper) -> set[str]:
    """Where the user meets the material and the paper of a case."""
    page = browser_of(user).get(reverse("arbitration:dispute_detail", args=[case.pk]))
    register = browser_of(user).get(reverse("documents:papers")).content.decode()
    row = Attachment._base_manager.select_related("file").filter(case=case.pk, kind=NAME).get()
    with acting_as(user):
        shape = shapes.detail(Dispute.objects.get(pk=case.pk), RESOURCE, user)
        found = {
            "page": NAME in page.content.decode(),
            "paper on page": f"/papers/{paper.pk}/" in page.content.decode(),
            "index": bool(file_index.volumes(case, by=user)),
            "API": bool(shape["attachments"]),
            "download": may_open(user, row.file),
            "paper file": may_open(user, paper.file),
            "in the register": f"/papers/{paper.pk}/" in register,
            "paper": status(user, "documents:paper", paper.pk) == 200,
            "download page": status(user, "documents:download", row.file_id) == 200,
            "docx": status(user, "documents:paper_file", paper.pk) == 200,
        }
    return {where for where, yes in found.items() if yes}


def test_the_file_of_a_case_heard_in_private_is_closed_without_p4(
    case: Dispute, auditor: User, director: User, clerk: User
) -> None:
    paper = Paper._base_manager.get(case_paper__case=case.pk)
    everywhere = known(auditor, case, paper)
    assert len(everywhere) == 10
    moves.seal(case)
    assert known(auditor, case, paper) == set()
    assert known(director, case, paper) == everywhere
    assert known(clerk, case, paper) == everywhere


def unsealing(case: Dispute, by: User, **given: str) -> UnsealForm:
    """The form as posted, approved by the director."""
    plain = {"on": "2023-11-16", "note": "当事人双方书面同意公开"}
    return UnsealForm({**plain, **given}, case=case, user=by)


def test_a_sealed_file_is_opened_with_a_reason_and_a_named_approver(
    case: Dispute, auditor: User, arbitration_head: User, director: User
) -> None:
    paper = Paper._base_manager.get(case_paper__case=case.pk)
    everywhere = known(auditor, case, paper)
    with acting_as(arbitration_head):
        note = {"note": "涉及个人隐私"}
        moves.move(case, "seal_file", by=arbitration_head, **note)
        with pytest.raises(MoveRefused, match="已经是不公开"):
            moves.move(case, "seal_file", by=arbitration_head, **note)
    assert known(auditor, Dispute._base_manager.get(pk=case.pk), paper) == set()
    sealed = browser_of(auditor).get(reverse("arbitration:dispute_detail", args=[case.pk]))
    rows = [row for section in sealed.context["sections"] for row in section["rows"]]
    assert [row.value for row in rows if row.label == "案卷"] == ["不公开"]
    with acting_as(arbitration_head):
        assert set(unsealing(case, arbitration_head, note="").errors) == {"approver", "note"}
        form = unsealing(case, arbitration_head, approver=str(director.pk))
        assert form.is_valid(), form.errors
        data, reason = form.move_data(), form.cleaned_data["note"]
        moves.move(case, "unseal_file", by=arbitration_head, data=data, note=reason)
        with pytest.raises(MoveRefused, match="没有设为不公开"):
            moves.move(case, "unseal_file", by=arbitration_head, data=data, note=reason)
    assert known(auditor, Dispute._base_manager.get(pk=case.pk), paper) == everywhere
    page = browser_of(auditor).get(reverse("arbitration:dispute_detail", args=[case.pk]))
    assert f"当事人双方书面同意公开（批准人：{director.name}）" in page.content.decode()


def test_a_file_stays_sealed_while_a_hearing_in_private_is_planned(
    case: Dispute, county: County, clerk: User, arbitration_head: User, director: User
) -> None:
    data = {"starts_at": moment(9), "ends_at": moment(11), "room": make.room(county)}
    event = case.events.order_by("-pk").first()
    plan_hearing(case, data | {"is_public": False}, event)
    with acting_as(clerk), pytest.raises(PermissionDenied):
        moves.move(case, "unseal_file", by=clerk)
    with acting_as(arbitration_head):
        with pytest.raises(MoveRefused, match="已排定不公开开庭"):
            moves.move(case, "unseal_file", by=arbitration_head)
        moves.amend(case, by=None, changes={"handler": arbitration_head}, reason="改派")
        case.hearings.update(state="held")
        with pytest.raises(MoveRefused, match="经办人不能解除自己的件"):
            moves.move(case, "unseal_file", by=arbitration_head)
    with acting_as(director):
        assert case.pk not in badges.todo(director).values_list("pk", flat=True)


def moment(hour: int) -> datetime:
    """An hour of the hearing day."""
    return datetime(2023, 12, 20, hour, tzinfo=timezone.get_default_timezone())


def test_a_hearing_in_private_seals_the_case(case: Dispute, county: County) -> None:
    data = {"starts_at": moment(9), "ends_at": moment(11), "room": make.room(county)}
    event = case.events.order_by("-pk").first()
    plan_hearing(case, data | {"is_public": True}, event)
    assert not Dispute.objects.get(pk=case.pk).is_sealed
    later = {"starts_at": moment(14), "ends_at": moment(15), "is_public": False}
    plan_hearing(case, data | later, event)
    assert Dispute.objects.get(pk=case.pk).is_sealed


def deliberation(case: Dispute, by: User) -> CasePaper:
    """评议笔录 on the list of papers to make."""
    with acting_as(by):
        return papers.ask(case, "arb.deliberation", by=by)


def test_the_record_of_deliberation_is_of_class_p3_from_its_making(
    case: Dispute, arbitration_head: User, clerk: User, director: User
) -> None:
    waiting = deliberation(case, arbitration_head)
    page = reverse("arbitration:dispute_paper", args=[case.pk, waiting.pk])
    assert browser_of(arbitration_head).get(page).status_code == 200
    assert browser_of(clerk).get(page).status_code == 404
    with acting_as(clerk):
        for forbidden in (
            lambda: papers.issue(waiting, by=clerk),
            lambda: papers.drop(waiting, by=clerk, reason="不需要"),
            lambda: papers.ask(case, "arb.deliberation", by=clerk),
        ):
            with pytest.raises(Refused):
                forbidden()
    with acting_as(arbitration_head):
        paper = papers.issue(waiting, by=arbitration_head).paper
        assert paper is not None
    assert paper.file.data_class == "P3"
    at_paper = {"paper on page", "paper file", "in the register", "paper", "docx"}
    assert at_paper <= known(arbitration_head, case, paper)
    for user in (clerk, director):
        assert known(user, case, paper).isdisjoint(at_paper)
    ask = reverse("arbitration:dispute_paper_add", args=[case.pk])
    assert "评议笔录" not in browser_of(clerk).get(ask).content.decode()
    assert "评议笔录" in browser_of(arbitration_head).get(ask).content.decode()


def test_a_waiting_deliberation_is_named_nowhere_on_the_page_of_who_lacks_p3(
    case: Dispute, arbitration_head: User, clerk: User
) -> None:
    deliberation(case, arbitration_head)
    page = browser_of(clerk).get(reverse("arbitration:dispute_detail", args=[case.pk]))
    assert page.status_code == 200
    text = page.content.decode()
    assert "一份不公开文书" in text
    assert "评议笔录" not in text
    waiting = next(iter(papers_are_issued(case, {"on": date(2023, 11, 16)})))
    assert "一份不公开文书" in waiting
    assert "评议笔录" not in waiting


def test_a_tried_correction_names_no_deliberation_to_who_lacks_p3(
    case: Dispute, county: County, arbitration_head: User, clerk: User
) -> None:
    with acting_as(arbitration_head):
        papers.issue(deliberation(case, arbitration_head), by=arbitration_head)
    sent_as = {"external_system": "province", "external_no": "77"}
    with door.opened():
        Dispute._base_manager.filter(pk=case.pk).update(**sent_as)
    party = case.parties.get(role="applicant")
    page = reverse("arbitration:dispute_correct", args=[case.pk, "party", party.pk])
    api = "/api/v1/cases/arbitration.dispute/province/77/corrections"
    wanted = {"what": "party", "row": party.pk, "values": {"name": "张改名"}, "reason": "错字"}

    def named(user: User, word: str) -> tuple[set[str], set[str]]:
        shown = browser_of(user).get(page).context["version"]
        given = {"name": "张改名", "address": party.address, "reason": "错字"}
        tried = browser_of(user).post(page, given | {"_key": word, "_version": shown})
        assert (tried.status_code, tried.context["tried"] is None) == (200, False)
        client = client_system(user, make.court(county), word=word, name=word)
        sent = Caller(client[1])("POST", api, wanted)
        assert sent.status_code == 200, sent.json()
        on_page = {one.title for one in tried.context["tried"]["papers"]}
        return on_page, {one["title"] for one in sent.json()["data"]["papers"]}

    assert named(arbitration_head, "head") == ({"收件回执", "评议笔录"},) * 2
    assert named(clerk, "clerk") == ({"收件回执"},) * 2


def test_an_issued_deliberation_is_taken_into_the_inner_part_and_stays_there(
    case: Dispute, arbitration_head: User, clerk: User
) -> None:
    with acting_as(arbitration_head):
        made = papers.issue(deliberation(case, arbitration_head), by=arbitration_head)
        assert file_index.gather(case, by=arbitration_head) == 2
    assert made.paper is not None
    row = Attachment._base_manager.get(file=made.paper.file_id)
    assert row.part == Attachment.Part.INNER
    form = {f"part-{row.pk}": "main", f"seq-{row.pk}": "1", f"pages-{row.pk}": "1", "_key": "k"}
    browser_of(clerk).post(reverse("desk:case_file", args=[case.pk]), form)
    row.refresh_from_db()
    assert row.part == Attachment.Part.INNER


def test_the_rows_with_a_class_are_those_that_the_rule_for_one_names(
    case: Dispute, arbitration_head: User, clerk: User, auditor: User
) -> None:
    found = set()
    for user in (arbitration_head, clerk, auditor):
        for data_class in ("P3", "P4"):
            with acting_as(user):
                rows = Paper._base_manager.filter(with_class(user, Paper, data_class))
                if rows.filter(case_paper__case=case.pk).exists():
                    found.add((user.staff_no, data_class))
    head, own = arbitration_head.staff_no, clerk.staff_no
    assert found == {(head, "P3"), (head, "P4"), (own, "P4")}


def test_p3_of_the_own_cases_opens_no_class_in_cases_that_are_only_seen(
    case: Dispute, county: County, arbitration_head: User
) -> None:
    """法规股 sees every dispute; as arbitrator the same person has P3, of the own ones alone."""
    both = person("1799", "兼任", county.office("劳动人事争议仲裁院"), "LEG", "ARB")
    with acting_as(both):
        own = make.dispute(county, both, date(2023, 11, 14))
        papers.issue(CasePaper.objects.filter(case=own.pk, state="waiting").first(), by=both)
        assert set(Dispute.objects.values_list("pk", flat=True)) == {case.pk, own.pk}
    with acting_as(arbitration_head):
        secret = papers.issue(deliberation(case, arbitration_head), by=arbitration_head).paper
    assert secret is not None
    rows = Paper._base_manager.filter(with_class(both, Paper, "P3"))
    assert set(rows.values_list("case_paper__case", flat=True)) == {own.pk}
    every = Paper._base_manager.all()
    assert {one.pk for one in every if sees_class(both, one, "P3")} == {one.pk for one in rows}
    register = browser_of(both).get(reverse("documents:papers")).content.decode()
    assert f"/papers/{secret.pk}/" not in register


def test_a_grant_without_p4_makes_no_paper_of_a_sealed_case(
    case: Dispute, arbitration_head: User
) -> None:
    moves.seal(case)
    waiting = CasePaper._base_manager.create(
        case_id=case.pk, kind="arb.receipt", label="收件回执", called_on=date(2023, 11, 14)
    )
    page = reverse("arbitration:dispute_paper", args=[case.pk, waiting.pk])
    assert browser_of(arbitration_head).get(page).status_code == 200
    Grant.objects.filter(user=arbitration_head).update(classes=["P1"])
    assert browser_of(arbitration_head).get(page).status_code == 404
