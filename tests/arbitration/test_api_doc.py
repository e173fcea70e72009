"""The calls of docs/api.md, as they stand there, against a running portal."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from hrss_portal.access.models import User
from tests.cast import County, person
from tests.factories import arbitration as make
from tests.factories.clients import client_system
from tests.factories.parties import EmployerFactory, PersonFactory

PAGE = Path(settings.BASE_DIR) / "docs" / "api.md"
#: What each call answers, in the order of the page: the system itself, a case sent, lists and
#: cases, a move, a file, what can be put right, and a correction tried.
ANSWERS = [200, 201, 200, 200, 200, 201, 201, 200, 200]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("rules", "today"),
    pytest.mark.skipif(not shutil.which("curl"), reason="no curl here"),
]


def calls() -> str:
    """The shell blocks of the page, with the address and the token left to the caller."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).splitlines()
    return "\n".join(line for line in lines if not line.startswith("P="))


@pytest.fixture
def account(county: County) -> User:
    """The account of the platform."""
    return person("S001", "省平台", make.court(county), "ARB-C")


@pytest.fixture
def script(
    county: County, clerk: User, account: User, acting: Callable[..., Any], live_server: Any
) -> str:
    """The calls with what a reader has to fill in: token, numbers of people, keys of rows."""
    acting("test")
    court = make.court(county)
    make.mediation_body(county)
    worker = PersonFactory(unit=court, name="示例甲")
    firm = EmployerFactory(unit=court, name="示例有限公司")
    sent = {"external_system": "province", "external_no": "2023-77"}
    case = make.dispute(county, clerk, date(2023, 11, 1), **sent)
    text = calls()
    for shown, filled in (
        ('"id_number": "…"', f'"id_number": "{worker.id_number}"'),
        ('"uscc": "…"', f'"uscc": "{firm.uscc}"'),
        ('"handler": 12', f'"handler": {account.pk}'),
        ('"row": 12', f'"row": {case.claims.get().pk}'),
        ("curl ", "curl -sS -w '\\n%{http_code}\\n' "),
    ):
        assert shown in text, shown
        text = text.replace(shown, filled)
    token = client_system(account, court)[1]
    keys = "uuidgen() { cat /proc/sys/kernel/random/uuid; }"
    return f"set -e\n{keys}\nP={live_server.url}/api T={token}\n{text}\n"


def test_every_call_of_the_page_answers_as_it_says(script: str, tmp_path: Path) -> None:
    (tmp_path / "工资条.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "NO_PROXY": "*"},
        timeout=120,
    )
    statuses = [int(line) for line in done.stdout.splitlines() if re.fullmatch(r"\d{3}", line)]
    assert statuses == ANSWERS, done.stdout + done.stderr
