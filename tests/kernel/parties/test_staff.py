"""The ID number of a member of staff: kept closed, once, and never shown again in full."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.parties import staff
from hrss_portal.parties.models import Person, StaffPerson
from tests.cast import County, person
from tests.factories.parties import PersonFactory

ZERO = "341522199001010010"  # not a number: its check character is wrong


@pytest.fixture
def number(county: County) -> str:
    """A synthetic number that is right."""
    return str(PersonFactory(unit=county.office("就业股")).id_number)


@pytest.fixture
def clerk_of(county: County) -> User:
    """Whose number is kept."""
    return person("1499", "魏某", county.office("就业股"), "EMP")


@pytest.fixture(autouse=True)
def _in_the_systems_name() -> Iterator[None]:
    """The change log asks who acts."""
    with acting_as_system("test"):
        yield


def test_a_number_is_kept_closed_and_makes_no_person(clerk_of: User, number: str) -> None:
    before = Person._base_manager.count()
    staff.note_number(clerk_of, number, by=None)
    assert Person._base_manager.count() == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM parties_staffperson")
        assert number.encode() not in bytes(cursor.fetchone()[0])
    assert StaffPerson.objects.get().id_number == number


def test_a_number_is_one_accounts_and_is_checked(
    clerk_of: User, county: County, number: str
) -> None:
    staff.note_number(clerk_of, number, by=None)
    other = person("1498", "秦某", county.office("就业股"))
    for wrong in (number, ZERO):
        with pytest.raises(ValidationError):
            staff.note_number(other, wrong, by=None)
    staff.note_number(clerk_of, "", by=None)
    staff.note_number(other, number, by=None)
    assert StaffPerson.objects.get().user == other


def test_the_administrator_enters_it_on_the_users_page(
    clerk_of: User, county: County, number: str, client: Client
) -> None:
    admin = person("9009", "管理", county.bureau, "SYS")
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    where = reverse("parties:staff_number", args=[clerk_of.pk])
    assert where in client.get(reverse("access:user_detail", args=[clerk_of.pk])).text
    assert client.post(where, {"_key": "a", "id_number": ZERO}).status_code == 422
    for _ in range(2):
        assert client.post(where, {"_key": "b", "id_number": number}).status_code == 302
    page = client.get(where).text
    assert number not in page
    assert number[-4:] in page
    assert client.post(where, {"id_number": number}).status_code == 409
