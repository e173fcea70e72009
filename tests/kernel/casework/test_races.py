"""Two people at once: nothing lost, nothing doubled, no number twice and none left out."""

import threading
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.proposals import propose
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.casework import door, file_index, idempotency, moves, papers
from hrss_portal.casework.models import Attachment, Case, CasePaper, Event, IdempotencyKey
from hrss_portal.casework.moves import MoveRefused, StaleVersion
from hrss_portal.desk.filing import add_materials
from hrss_portal.parties import reveals
from hrss_portal.parties.models import Person
from hrss_portal.parties.views import detail
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.parties import PersonFactory
from tests.kernel.casework.conftest import OPINION, RECEIVED
from tests.racing import WAIT, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rules", "today")]
DAY = date(2023, 8, 16)
CLERKS = 8
PAUSE = 0.3  # seconds
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def fresh(pk: int) -> Dispute:
    """The case as stored."""
    return Dispute._base_manager.get(pk=pk)


def open_one(county: County, clerk: User) -> Dispute:
    """A dispute received by the clerk."""
    with acting_as(clerk):
        return make.dispute(county, clerk, RECEIVED)


def test_a_move_made_by_two_at_once_happens_once(county: County, clerk: User):
    case = open_one(county, clerk)
    results = together(
        2,
        lambda number: moves.move(case, "propose", by=clerk, data=OPINION),
        scope=lambda: acting_as(clerk),
    )
    assert sorted(type(one).__name__ for one in results) == ["Event", "MoveRefused"]
    assert Event._base_manager.filter(case=case.pk, move="propose").count() == 1
    assert fresh(case.pk).version == 2


def test_the_same_proposal_made_by_four_at_once_is_one(county: County, director: User):
    made = together(
        4,
        lambda number: propose(
            "trial",
            title="试一试",
            words=["值：1"],
            payload={"value": 1},
            apply="hrss_portal.deadlines.changes.apply_parameter",
            policy="deadlines.parameter.confirm",
            by=director,
        ),
        scope=lambda: acting_as(director),
    )
    assert len({one.pk for one in made}) == 1


def test_of_two_that_saw_the_same_version_one_is_told(
    county: County, clerk: User, arbitration_head: User
):
    case = open_one(county, clerk)
    results = together(
        2,
        lambda number: moves.amend(
            case,
            by=arbitration_head,
            changes={"post": f"岗位{number}"},
            reason="更正",
            version=1,
        ),
        scope=lambda: acting_as(arbitration_head),
    )
    assert sorted(type(one).__name__ for one in results) == ["Event", "StaleVersion"]
    won = next(one for one in results if isinstance(one, Event))
    assert won.data["post"][1] == fresh(case.pk).post
    assert Event._base_manager.filter(case=case.pk, kind="amend").count() == 1


def test_without_the_lock_an_update_is_lost(
    county: County, clerk: User, arbitration_head: User, monkeypatch: pytest.MonkeyPatch
):
    """Negative control: the lock and the version are what hold, not luck."""
    case = open_one(county, clerk)

    def unlocked(case: Case, version: int | None) -> Case:
        found = Dispute._base_manager.select_related("unit", "town").get(pk=case.pk)
        gate.wait(30)
        return found

    import threading

    gate = threading.Barrier(2)
    monkeypatch.setattr(moves, "lock", unlocked)
    results = together(
        2,
        lambda number: moves.amend(
            case, by=arbitration_head, changes={"post": f"岗位{number}"}, reason="更正", version=1
        ),
        scope=lambda: acting_as(arbitration_head),
    )
    assert [type(one).__name__ for one in results] == ["Event", "Event"]
    assert fresh(case.pk).version == 2


def test_two_clerks_save_the_same_case_and_one_gets_the_merge_page(
    county: County, clerk: User, arbitration_head: User
):
    case = open_one(county, clerk)
    url = f"/arbitration/disputes/{case.pk}/edit/"
    clients = [logged_in(arbitration_head) for _ in range(2)]
    sent = [form_of(client, url) | {"reason": "更正"} for client in clients]
    results = together(
        2, lambda number: clients[number].post(url, sent[number] | {"post": f"岗位{number}"})
    )
    assert sorted(one.status_code for one in results) == [302, 409]
    merge = next(one for one in results if one.status_code == 409)
    assert 'data-state="stale"' in merge.content.decode()
    assert fresh(case.pk).version == 2


def logged_in(user: User) -> Client:
    """A browserless visitor logged in as the user."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form_of(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send of the page's form as it stands."""
    from bs4 import BeautifulSoup

    found: dict[str, Any] = {}
    page = BeautifulSoup(client.get(url).content, "html.parser")
    form = page.select_one("main form[method=post][data-test]")
    for box in form.select("input[name], select[name], textarea[name]"):
        if box.find_parent("template"):
            continue
        if box.get("type") in {"checkbox", "radio"} and not box.has_attr("checked"):
            continue
        if box.name == "select":
            chosen = box.select_one("option[selected]") or box.select_one("option")
            found[box["name"]] = chosen["value"] if chosen else ""
        elif box.name == "textarea":
            found[box["name"]] = box.text.removeprefix("\n")
        else:
            found[box["name"]] = box.get("value", "")
    return found


def test_fifty_posts_with_one_key_make_one_record(county: County, arbitration_head: User):
    url = "/arbitration/staff/new/"
    client = logged_in(arbitration_head)
    sent = form_of(client, url)
    sent |= {"name": "仲裁员甲", "role": "full_time", "cert_no": "T-9", "started_on": "2020-01-01"}
    keys = list(client.cookies.items())

    def post(number: int) -> int:
        one = Client()
        for name, morsel in keys:
            one.cookies[name] = morsel.value
        return one.post(url, sent).status_code

    statuses = together(50, post)
    assert statuses == [302] * 50
    from arbitration.models import StaffMember

    with acting_as_system("test"):
        assert StaffMember.objects.count() == 1
    assert IdempotencyKey.objects.count() == 1
    assert Session.objects.count() == 1


def test_a_key_is_claimed_once_and_the_others_wait_for_its_answer(clerk: User):
    def act(number: int) -> tuple[bool, str]:
        with transaction.atomic():
            claimed = idempotency.claim(clerk, "route", "key", "hash")
            if claimed.earlier:
                return False, claimed.earlier.location
            claimed.answer(status=302, location=f"/{number}/")
            return True, f"/{number}/"

    results = together(CLERKS, act)
    assert [first for first, _ in results].count(True) == 1
    assert len({where for _, where in results}) == 1


def test_a_crash_leaves_no_claim_behind(clerk: User):
    with transaction.atomic():
        idempotency.claim(clerk, "route", "key", "hash")
        transaction.set_rollback(True)
    with transaction.atomic():
        assert idempotency.claim(clerk, "route", "key", "hash").earlier is None


def test_a_key_with_another_body_is_refused_and_old_keys_go(clerk: User):
    with transaction.atomic():
        idempotency.claim(clerk, "route", "key", "hash")
        with pytest.raises(idempotency.KeyReused):
            idempotency.claim(clerk, "route", "key", "other")
    assert idempotency.run() == {"forgotten": 0}
    IdempotencyKey.objects.update(made_at=timezone.now() - idempotency.KEEP * 2)
    assert idempotency.run() == {"forgotten": 1}


def test_eight_clerks_open_cases_at_once_without_a_gap_or_a_double(county: County, clerk: User):
    results = together(
        CLERKS,
        lambda number: make.dispute(county, clerk, RECEIVED).intake_no,
        scope=lambda: acting_as(clerk),
    )
    numbers = sorted(int(text.rpartition("〕")[2].removesuffix("号")) for text in results)
    assert numbers == list(range(1, CLERKS + 1))


def test_eight_acceptances_at_once_number_the_cases_in_a_row(
    county: County, clerk: User, arbitrator: User, arbitration_head: User
):
    cases = [open_one(county, clerk) for _ in range(CLERKS)]
    with acting_as(clerk):
        for case in cases:
            moves.move(case, "propose", by=clerk, data=OPINION)
    data = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}

    def accept(number: int) -> str:
        # every second one fails after its number was drawn: the number must come back
        with transaction.atomic():
            moves.move(cases[number], "accept", by=arbitration_head, data=data)
            if number % 2:
                transaction.set_rollback(True)
        return fresh(cases[number].pk).number or ""

    results = together(CLERKS, accept, scope=lambda: acting_as(arbitration_head))
    given = sorted(int(text.rpartition("〕")[2].removesuffix("号")) for text in results if text)
    assert given == [1, 2, 3, 4]


def test_refusals_are_answers_not_crashes(county: County, clerk: User):
    case = open_one(county, clerk)
    results = together(
        CLERKS,
        lambda number: moves.move(case, "propose", by=clerk, data=OPINION, version=1),
        scope=lambda: acting_as(clerk),
    )
    refused = [one for one in results if isinstance(one, MoveRefused | StaleVersion)]
    assert len(refused) == CLERKS - 1
    assert not connection.in_atomic_block


def test_materials_added_by_two_at_once_get_places_of_their_own(county: County, clerk: User):
    case = open_one(county, clerk)

    def add(number: int) -> None:
        given = {"kind": f"材料{number}", "part": "main", "pages": 1}
        with transaction.atomic():
            sent = SimpleUploadedFile(f"{number}.pdf", PDF)
            add_materials(case, given | {"uploads": [sent]}, by=clerk)

    results = together(4, add, scope=lambda: acting_as(clerk))
    assert results == [None] * 4
    places = Attachment._base_manager.filter(case=case.pk).values_list("seq", flat=True)
    assert sorted(places) == [1, 2, 3, 4]


def test_papers_gathered_by_four_at_once_are_filed_once(county: County, clerk: User):
    case = open_one(county, clerk)
    with acting_as(clerk), transaction.atomic():
        papers.issue(CasePaper.objects.filter(case=case.pk, state="waiting").first(), by=clerk)

    def gather(number: int) -> int:
        with transaction.atomic():
            return file_index.gather(case, by=clerk)

    results = together(4, gather, scope=lambda: acting_as(clerk))
    assert sorted(results) == [0, 0, 0, 1]
    assert Attachment._base_manager.filter(case=case.pk).count() == 1


def add_one(case: Case, *, by: User) -> list[Attachment]:
    """One material is added."""
    sent = SimpleUploadedFile("1.pdf", PDF)
    return add_materials(
        case, {"kind": "材料", "part": "main", "pages": 1, "uploads": [sent]}, by=by
    )


@pytest.mark.parametrize(
    "change",
    [file_index.gather, partial(file_index.arrange, rows={}), add_one],
    ids=("gather", "arrange", "add"),
)
def test_a_file_that_is_being_archived_takes_no_more_papers(
    county: County, clerk: User, change: Callable[..., Any]
):
    """Who read the case before it was archived is refused, not let in behind the archivist."""
    case = open_one(county, clerk)
    with acting_as(clerk), transaction.atomic():
        papers.issue(CasePaper.objects.filter(case=case.pk, state="waiting").first(), by=clerk)
    is_locked = threading.Event()

    def both(number: int) -> Any:
        with transaction.atomic():
            if number == 1:
                assert is_locked.wait(WAIT)
                return change(case, by=clerk)
            locked = moves.lock(case, None)
            is_locked.set()
            time.sleep(PAUSE)
            with door.opened():
                locked.archived_on = date(2023, 8, 16)
                locked.save(update_fields=["archived_on"])
            return None

    archived, refused = together(2, both, scope=lambda: acting_as(clerk))
    assert archived is None
    assert isinstance(refused, ValidationError)
    assert refused.messages == ["案卷已归档，文书、目录不能再改。需要改的，先由负责人撤销归档"]
    assert not Attachment._base_manager.filter(case=case.pk).exists()


def test_a_gathered_paper_comes_after_the_highest_place(county: County, clerk: User):
    """Places with a gap: the paper does not take one that a material already has."""
    case = open_one(county, clerk)
    with acting_as(clerk), transaction.atomic():
        sent = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(2)]
        add_materials(case, {"kind": "材料", "part": "main", "pages": 1, "uploads": sent}, by=clerk)
        Attachment._base_manager.filter(case=case.pk, seq=1).delete()
        papers.issue(CasePaper.objects.filter(case=case.pk, state="waiting").first(), by=clerk)
        assert file_index.gather(case, by=clerk) == 1
    places = Attachment._base_manager.filter(case=case.pk).values_list("seq", flat=True)
    assert sorted(places) == [2, 3]


def slowed(work: Callable[..., Any], *, first: bool) -> Callable[..., Any]:
    """The same work with a pause before or after it, in which the others catch up."""

    def run(*args: Any, **kwargs: Any) -> Any:
        if first:
            time.sleep(PAUSE)
        found = work(*args, **kwargs)
        if not first:
            time.sleep(PAUSE)
        return found

    return run


def test_a_person_stopped_by_three_at_once_is_stopped_once(
    county: County, arbitration_head: User, monkeypatch: pytest.MonkeyPatch
):
    told: list[str] = []
    monkeypatch.setattr(detail.Stop, "switch", slowed(detail.Stop.switch, first=True))
    monkeypatch.setattr(detail.messages, "success", lambda request, words: told.append(words))
    with acting_as_system("test"):
        person = PersonFactory(unit=make.court(county))
    url = reverse("parties:person_stop", args=[person.pk])

    def stop(number: int) -> int:
        browser = Client()
        browser.force_login(arbitration_head)
        return browser.post(url, {"state": "stopped", "reason": f"理由{number}"}).status_code

    assert together(3, stop) == [302] * 3
    assert told == ["已改为“停用”"]
    assert Person._base_manager.get(pk=person.pk).state == "stopped"


def test_reveals_at_once_do_not_pass_the_limit(
    county: County, arbitration_head: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reveals, "HARD", 1)
    monkeypatch.setattr(reveals, "check_limit", slowed(reveals.check_limit, first=False))
    with acting_as_system("test"):
        people = [PersonFactory(unit=make.court(county)) for _ in range(3)]

    def look(number: int) -> str:
        return reveals.reveal(people[number], "id_number", by=arbitration_head, reason="handling")

    results = together(3, look, scope=lambda: acting_as(arbitration_head))
    assert sorted(type(one).__name__ for one in results) == ["ValidationError"] * 2 + ["str"]
