"""Two signatures under pressure: a proposal takes effect once, however many confirm it at once."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from hrss_portal.access import proposals
from hrss_portal.access.models import Proposal, User
from hrss_portal.access.policy import Refused
from hrss_portal.access.scope import acting_as
from tests.factories.access import GrantFactory, UserFactory

done: list[int] = []


def note(proposal: Proposal) -> None:
    """Stands for a change: notes that it took effect."""
    done.append(proposal.pk)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets proposals call ``note``."""
    done.clear()
    monkeypatch.setattr(proposals, "HOUSE", "tests.")


def proposal_of(user: User, **more: str) -> Proposal:
    """A waiting proposal."""
    return proposals.propose(
        "trial",
        title="试",
        words=["内容：试"],
        payload={},
        apply="tests.kernel.access.test_proposals.note",
        policy=more.get("policy", "access.grant.confirm"),
        by=user,
    )


def confirm_at_once(proposal: Proposal, people: list[User]) -> list[str]:
    """Everybody confirms in the same moment; what each was told."""
    start = threading.Barrier(len(people))
    told: list[str] = []

    def work(user: User) -> None:
        try:
            with acting_as(user):
                start.wait(10)
                proposals.confirm(proposal, by=user)
                told.append("applied")
        except ValidationError as error:
            told.append(error.messages[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(told)


@pytest.fixture
def race(transactional_db: None) -> tuple[Proposal, list[User]]:
    """One proposal and four people who may confirm it."""
    people = [GrantFactory(post="SEC", user=UserFactory()).user for _ in range(5)]
    return proposal_of(people[0]), people[1:]


def test_four_confirm_at_once_and_it_takes_effect_once(race):
    proposal, people = race
    told = confirm_at_once(proposal, people)
    assert told == ["applied"] + ["这项提议已生效，不能再办"] * 3
    assert done == [proposal.pk]


def test_without_the_lock_it_would_take_effect_more_than_once(race, monkeypatch):
    """Negative control: the lock is what holds."""
    proposal, people = race
    read = threading.Barrier(len(people))

    def unlocked(found: Proposal) -> Proposal:
        fresh = Proposal.objects.get(pk=found.pk)
        read.wait(10)
        return fresh

    monkeypatch.setattr(proposals, "_waiting", unlocked)
    assert confirm_at_once(proposal, people) == ["applied"] * 4
    assert len(done) == 4


@pytest.mark.django_db
def test_without_the_right_nobody_confirms(administrator: User, clerk: User):
    proposal = proposal_of(administrator)
    assert not proposals.may_confirm(proposal, clerk)
    with acting_as(clerk), pytest.raises(Refused):
        proposals.confirm(proposal, by=clerk)


@pytest.mark.django_db
def test_a_failing_change_leaves_the_proposal_waiting(administrator, security_admin, monkeypatch):
    def fail(proposal: Proposal) -> None:
        raise ValidationError("变了")

    proposal = proposal_of(administrator)
    monkeypatch.setattr(proposals, "import_string", lambda path: fail)
    with acting_as(security_admin), pytest.raises(ValidationError), transaction.atomic():
        proposals.confirm(proposal, by=security_admin)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


@pytest.mark.django_db
def test_only_functions_of_the_house_are_called(administrator, monkeypatch):
    monkeypatch.setattr(proposals, "HOUSE", "hrss_portal.")
    with pytest.raises(ValueError, match="not a function of the kernel"):
        proposal_of(administrator)


@pytest.mark.django_db
def test_only_the_proposer_withdraws_and_only_with_words_one_refuses(administrator, security_admin):
    proposal = proposal_of(administrator)
    with acting_as(security_admin), pytest.raises(ValidationError):
        proposals.withdraw(proposal, by=security_admin)
    with acting_as(security_admin), pytest.raises(ValidationError):
        proposals.refuse(proposal, by=security_admin, answer=" ")
