"""What the tests of the library share: a browser, a person, an employer."""

import pytest

from tests.factories.parties import EmployerFactory, PersonFactory


@pytest.fixture
def browse(client):
    """``browse(user)`` is a client logged in as the user."""

    def enter(user):
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def person(county):
    return PersonFactory(
        name="张小三",
        unit=county.office("就业股"),
        town=county.town("周集镇"),
        phone="13800138000",
    )


@pytest.fixture
def employer(county):
    return EmployerFactory(
        name="霍邱县示例食品有限公司",
        unit=county.office("就业股"),
        town=county.town("城关镇"),
    )
