"""The trial area's table, roles and four matters."""

import pytest
from django.db import connection

from hrss_portal import areas
from hrss_portal.access.models import User
from tests.cast import County
from tests.kernel.access.trial import ROLES, Matter


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch, db) -> None:
    """The trial area's table and roles."""
    real = areas.declared
    monkeypatch.setattr(
        areas, "declared", lambda kind: real(kind) + (ROLES if kind == "roles" else ())
    )
    with connection.schema_editor() as editor:
        editor.create_model(Matter)


@pytest.fixture
def matters(trial: None, county: County, other_county: County, arbitrator: User) -> None:
    """Four matters: two of the court (one handled by the arbitrator), one elsewhere, one abroad."""
    court, brigade = county.office("劳动人事争议仲裁院"), county.office("劳动监察大队")
    rows = [
        Matter(label="a", unit=court.pk, town=county.town("城关镇").pk, handler=arbitrator.pk),
        Matter(label="b", unit=court.pk, town=county.town("周集镇").pk),
        Matter(label="c", unit=brigade.pk, town=county.town("河口镇").pk),
        Matter(label="d", unit=other_county.office("劳动人事争议仲裁院").pk),
    ]
    Matter.objects.bulk_create(rows)
