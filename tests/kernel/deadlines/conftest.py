"""What the tests of pages share: reading one, sending its form."""

from uuid import uuid4

import pytest


@pytest.fixture
def get(client):
    """``get(user, address)`` gives the text of a page."""

    def read(user, address: str, status: int = 200) -> str:
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == status, answer.content[-600:]
        return answer.content.decode()

    return read


@pytest.fixture
def post(client):
    """``post(user, address, data)`` gives the answer, redirects followed; each time a new form."""

    def send(user, address: str, **data):
        client.force_login(user)
        return client.post(address, {"_key": uuid4().hex, **data}, follow=True)

    return send
