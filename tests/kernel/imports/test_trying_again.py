"""Step 3 promises what step 4 keeps: a row that was put right is asked of the landing again."""

import pytest

from hrss_portal.access.models import User
from hrss_portal.imports import fix_views
from tests.factories.imports import made_up_people, people_book
from tests.kernel.imports.sheets import HEADINGS
from tests.kernel.imports.test_pages import Visitor, batch

pytestmark = pytest.mark.usefixtures("people_sheet")


@pytest.fixture
def clerk_at_work(employment_clerk: User) -> Visitor:
    return Visitor(employment_clerk)


def test_a_row_put_right_is_asked_of_the_landing_again(clerk_at_work: Visitor) -> None:
    """What the landing refused stays wrong until the landing takes it, not until it looks well."""
    rows = made_up_people(3)
    rows[0][HEADINGS.index("备注")] = "拒"
    clerk_at_work.upload(people_book(rows))
    clerk_at_work.send("columns")
    assert clerk_at_work.words("wrong") == "1"
    clerk_at_work.open(f"/imports/{batch().pk}/rows/3/")
    clerk_at_work.send("row", **{"cell:3:name": "李改名"})
    assert (clerk_at_work.where, clerk_at_work.words("wrong")) == ("imports-fix", "1")
    assert "本人在限制名单" in clerk_at_work.words("causes")
    clerk_at_work.send("rows", "cells", **{"cell:3:note": "已核"})
    assert clerk_at_work.words("wrong") == "0"
    assert "没有错误，可以导入" in clerk_at_work.notices()


def test_many_rows_are_asked_of_the_landing_before_anything_is_promised(
    clerk_at_work: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fix_views, "TRIED_AT_ONCE", 2)
    rows = made_up_people(3)
    rows[0][0] = "城关"
    clerk_at_work.upload(people_book(rows))
    clerk_at_work.send("columns")
    clerk_at_work.open(f"/imports/{batch().pk}/rows/3/")
    clerk_at_work.send("row", **{"cell:3:town": "城关镇", "cell:3:note": "拒"})
    assert clerk_at_work.words("wrong") == "0"
    assert "可以导入" not in clerk_at_work.notices()
    assert "改过以后还没有按导入的要求核对" in clerk_at_work.notices()
    clerk_at_work.send("next-form", "next")
    assert (clerk_at_work.where, clerk_at_work.words("wrong")) == ("imports-fix", "1")
    assert "又有 1 行不能导入" in clerk_at_work.notices()
    clerk_at_work.send("next-form", "next")
    assert "不导入 1" in clerk_at_work.words("consequences")
