"""The five steps as pages, without JavaScript: each its own address, every POST once."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import AccessEntry
from hrss_portal.imports import steps
from hrss_portal.imports.models import Batch, StagedRow
from hrss_portal.jobs.models import Job
from hrss_portal.jobs.runner import run_due
from tests.cast import person
from tests.factories.imports import made_up_people, people_book, workbook
from tests.kernel.imports.doors import people
from tests.kernel.imports.sheets import HEADINGS

pytestmark = pytest.mark.usefixtures("people_sheet")


class Visitor:
    """A browser without scripts: opens pages, fills forms in, follows redirects."""

    def __init__(self, user: Any) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.page: BeautifulSoup
        self.url = ""
        self.status = 0

    def open(self, url: str) -> BeautifulSoup:
        return self._take(self.client.get(url, follow=True), url)

    def _take(self, response: Any, url: str) -> BeautifulSoup:
        chain = getattr(response, "redirect_chain", [])
        self.url = chain[-1][0] if chain else url
        self.status = response.status_code
        self.page = BeautifulSoup(response.content, "html.parser")
        return self.page

    def send(self, test: str, press: str = "", **values: Any) -> BeautifulSoup:
        form = self.page.find("form", {"data-test": test})
        assert form is not None, f"no form {test} on {self.url}"
        data: dict[str, Any] = {}
        for box in form.find_all(["input", "select"]):
            if box.get("type") in {"checkbox", "file"}:
                continue
            if box.name == "select":
                chosen = box.find("option", selected=True) or box.find("option")
                data[box["name"]] = chosen["value"]
            else:
                data[box["name"]] = box.get("value", "")
        if press:
            data["do"] = press
        data |= values
        target = form.get("action") or self.url
        return self._take(self.client.post(target, data, follow=True), target)

    def upload(self, content: bytes, name: str = "台账.xlsx") -> BeautifulSoup:
        self.open("/imports/sheets/T01/")
        return self.send("upload", file=SimpleUploadedFile(name, content))

    def words(self, test: str) -> str:
        found = self.page.find(attrs={"data-test": test})
        return " ".join(found.get_text(" ").split()) if found else ""

    def notices(self) -> str:
        """All notices of the page, one after the other."""
        return " ".join(one.get_text(" ") for one in self.page.select("[data-test=notice]"))

    @property
    def where(self) -> str:
        body = self.page.find("body")
        return str(body["data-page"]) if body else ""


@pytest.fixture
def clerk_at_work(employment_clerk: Any) -> Visitor:
    return Visitor(employment_clerk)


def batch() -> Batch:
    with acting_as_system("test"):
        return Batch.objects.latest("pk")


def test_five_steps_from_upload_to_receipt_and_undo(clerk_at_work: Visitor) -> None:
    visitor = clerk_at_work
    visitor.open("/imports/")
    assert visitor.words("sheets").startswith("表名 表号 办理")
    assert "T01" in visitor.words("sheets")
    visitor.upload(people_book(made_up_people(3)))
    assert visitor.where == "imports-columns"
    assert "第 2 行" in visitor.words("found")
    visitor.send("columns")
    assert visitor.where == "imports-confirm"
    assert "读入 3 行 = 新增 3 + 更新 0 + 未变 0 + 不导入 0" in visitor.words("consequences")
    assert people() == []
    visitor.send("confirm")
    assert visitor.where == "imports-result"
    assert visitor.words("receipt") == "读入 3 = 新增 3 + 更新 0 + 未变 0 + 未导入 0"
    assert len(people()) == 3
    visitor.open(f"/imports/{batch().pk}/undo/")
    assert "新增的 3 条会作废" in visitor.words("undo-form")
    visitor.send("undo-form")
    assert batch().state == Batch.State.UNDONE
    assert people() == []


def amounts(heading: str, *cells: Any) -> bytes:
    """A book of people with amounts of a loan under a heading."""
    made = made_up_people(len(cells))
    rows = [[*row[1:3], cell] for row, cell in zip(made, cells, strict=True)]
    return workbook([["姓名", "身份证号", heading], *rows])


def test_amounts_in_another_unit_are_converted_and_the_preview_says_so(
    clerk_at_work: Visitor,
) -> None:
    visitor = clerk_at_work
    visitor.upload(amounts("贷款金额（亿元）", 0.29, "3.5万元", "1,200元", None))
    assert "按亿元换算成元" in visitor.words("columns")
    visitor.send("columns")
    assert "“贷款金额（亿元）”已换算成元" in visitor.words("consequences")
    for words in ("“0.29 亿元”已换算为 29,000,000 元", "“1,200元”已换算为 1,200 元"):
        assert words in visitor.words("sample")
    assert "3.5万元" not in visitor.words("sample")  # the unit of our own column
    visitor.open(f"/imports/{batch().pk}/fix/?show=look")
    assert "贷款金额（亿元）" in visitor.page.find("thead").text + visitor.words("rows")
    visitor.open(f"/imports/{batch().pk}/confirm/")
    visitor.send("confirm")
    assert visitor.where == "imports-result"


def test_amounts_in_a_unit_that_nobody_knows_stay_out_with_words(clerk_at_work: Visitor) -> None:
    clerk_at_work.upload(amounts("贷款金额（美元）", 5))
    assert "单位“美元”不认得" in clerk_at_work.words("questions")
    clerk_at_work.upload(amounts("贷款金额（元）", "5港币"))
    clerk_at_work.send("columns")
    assert "不认得金额单位“港币”" in clerk_at_work.words("causes")


def test_a_file_that_is_refused_says_what_to_do(clerk_at_work: Visitor) -> None:
    clerk_at_work.upload(b"%PDF-1.7", "a.xlsx")
    assert clerk_at_work.where == "imports-upload"
    assert "PDF" in clerk_at_work.words("notice")
    clerk_at_work.upload(workbook([["甲", "乙"], ["1", "2"]]))
    assert "没有找到表头" in clerk_at_work.words("notice")
    with acting_as_system("test"):
        assert Batch.objects.count() == 0
    clerk_at_work.send("upload")
    assert "选择要上传的文件" in clerk_at_work.words("notice")


def test_ambiguous_headings_are_asked_and_remembered(clerk_at_work: Visitor) -> None:
    content = workbook(
        [["姓名", "身份证号", "手机", "电话"], *[row[1:4] for row in made_up_people(2)]]
    )
    clerk_at_work.upload(content)
    assert "请指定用哪一列" in clerk_at_work.words("questions")
    clerk_at_work.send("columns", **{"column:3": "phone", "column:4": "phone"})
    assert "同一列只能对应一次" in clerk_at_work.words("notice")
    clerk_at_work.send("columns", **{"column:3": "phone", "column:4": ""})
    assert clerk_at_work.where == "imports-confirm"
    clerk_at_work.upload(content)
    assert clerk_at_work.words("questions") == ""


def without(rows: list[list[Any]], gone: int) -> bytes:
    """A book of people without one of its columns."""
    book = [[cell for at, cell in enumerate(row) if at != gone] for row in [HEADINGS, *rows]]
    return workbook(book)


def test_a_required_column_that_the_table_lacks_gets_one_value_for_all(
    clerk_at_work: Visitor,
) -> None:
    rows = made_up_people(2)
    clerk_at_work.upload(without(rows, HEADINGS.index("姓名")))
    assert clerk_at_work.where == "imports-columns"
    clerk_at_work.send("columns")
    assert "“表里没有的列”里写一个各行都用的内容" in clerk_at_work.words("questions")
    clerk_at_work.send("columns", **{"given:name": "李同名"})
    assert clerk_at_work.where == "imports-confirm"
    clerk_at_work.send("confirm")
    assert {name for _, name, *_ in people()} == {"李同名"}


def test_a_column_that_only_some_rows_need_is_filled_in_for_them(clerk_at_work: Visitor) -> None:
    """The sheet's own check asks for it, as X10 asks 是否终局 of awards only."""
    rows = made_up_people(3)
    for row in rows[:2]:
        row[HEADINGS.index("备注")] = "要乡镇"
    clerk_at_work.upload(without(rows, HEADINGS.index("乡镇")))
    clerk_at_work.send("columns")
    assert clerk_at_work.where == "imports-fix"
    assert clerk_at_work.words("wrong") == "2"
    assert "表里没有这一列，这 2 行都填" in clerk_at_work.words("group-fix")
    clerk_at_work.send("group-fix", press="group", text="周集镇")
    assert clerk_at_work.words("wrong") == "0"
    clerk_at_work.send("next-form", press="next")
    clerk_at_work.send("confirm")
    assert sorted(str(town or "") for *_, town in people()) == ["", "周集镇", "周集镇"]


def test_the_counts_of_the_receipt_open_their_rows(clerk_at_work: Visitor) -> None:
    rows = made_up_people(3)
    rows[0][HEADINGS.index("备注")] = "拒"
    clerk_at_work.upload(people_book(rows))
    clerk_at_work.send("columns")
    clerk_at_work.send("next-form", press="next")
    clerk_at_work.send("confirm")
    for action, number in (("created", 2), ("rejected", 1)):
        link = clerk_at_work.page.find(attrs={"data-test": action}).a
        clerk_at_work.open(f"/imports/{batch().pk}/result/{link['href'].partition('#')[0]}")
        table = clerk_at_work.page.find(attrs={"data-test": "counted-rows"})
        assert len(table.find("tbody").find_all("tr")) == number
        assert rows[0][HEADINGS.index("身份证号码")] not in str(table)
    assert "本人在限制名单" in clerk_at_work.words("counted-rows")


def test_one_replacement_clears_its_rows(clerk_at_work: Visitor) -> None:
    rows = made_up_people(6)
    for row in rows[:4]:
        row[0] = "城关"
    clerk_at_work.upload(people_book(rows))
    clerk_at_work.send("columns")
    assert clerk_at_work.where == "imports-fix"
    assert clerk_at_work.words("wrong") == "4"
    box = clerk_at_work.page.find("form", {"data-test": "group-fix"}).find(
        "input", {"name": "text"}
    )
    assert box["value"] == "城关镇"
    clerk_at_work.send("group-fix", "group")
    assert clerk_at_work.words("wrong") == "0"
    clerk_at_work.send("next-form", "next")
    clerk_at_work.send("confirm")
    assert clerk_at_work.words("created") == "6"


def test_cells_are_put_right_on_the_page_and_in_the_row(clerk_at_work: Visitor) -> None:
    rows = made_up_people(3)
    good = rows[0][2]
    rows[0][2], rows[1][4] = good[:-1] + "Z", "2023年11月"
    rows[2][2] = made_up_people(2)[1][2]
    clerk_at_work.upload(people_book(rows))
    clerk_at_work.send("columns")
    page = str(clerk_at_work.page)
    assert good[6:14] not in page
    clerk_at_work.send("rows", "cells", **{"cell:3:id_no": good, "cell:4:on": "2023-11-01"})
    assert clerk_at_work.words("wrong") == "1"
    number = batch().pk
    clerk_at_work.open(f"/imports/{number}/rows/5/")
    clerk_at_work.send("row", **{"cell:5:id_no": made_up_people(3)[2][2]})
    assert clerk_at_work.words("wrong") == "0"
    assert StagedRow.objects.filter(batch_id=number, level="look").count() == 0
    clerk_at_work.send("next-form", "next")
    clerk_at_work.send("confirm")
    assert clerk_at_work.words("created") == "3"


def test_skipped_and_wrong_rows_stay_out_and_come_in_the_error_workbook(
    clerk_at_work: Visitor,
) -> None:
    rows = made_up_people(4)
    rows[0][0] = "某镇"
    clerk_at_work.upload(people_book(rows))
    clerk_at_work.send("columns")
    clerk_at_work.open(clerk_at_work.url + "?show=all")
    clerk_at_work.send("rows", "skip", row=["4"])
    clerk_at_work.send("next-form", "next")
    assert "新增 2 + 更新 0 + 未变 0 + 不导入 2" in clerk_at_work.words("consequences")
    clerk_at_work.send("confirm")
    assert batch().state == Batch.State.PARTIAL
    response = clerk_at_work.client.get(f"/imports/{batch().pk}/errors/")
    assert b"".join(response.streaming_content).startswith(b"PK")
    assert AccessEntry.objects.get(kind="export").subject_id == str(batch().pk)


def test_skipped_rows_can_come_back(clerk_at_work: Visitor) -> None:
    clerk_at_work.upload(people_book([["某镇", *made_up_people(1)[0][1:]], *made_up_people(3)[1:]]))
    clerk_at_work.send("columns")
    clerk_at_work.send("rows", "skip", row=["3"])
    assert clerk_at_work.words("none") == "没有这样的行"
    clerk_at_work.open(f"/imports/{batch().pk}/fix/?show=skipped")
    clerk_at_work.send("rows", "unskip", row=["3"])
    assert StagedRow.objects.filter(batch=batch(), skipped=True).count() == 0


def test_a_stale_page_is_told_so_and_the_same_form_twice_counts_once(
    clerk_at_work: Visitor,
) -> None:
    rows = made_up_people(3)
    rows[0][0] = rows[1][0] = "城关"
    clerk_at_work.upload(people_book(rows))
    clerk_at_work.send("columns")
    old, url = clerk_at_work.page, clerk_at_work.url
    clerk_at_work.send("group-fix", "group")
    clerk_at_work.page, clerk_at_work.url = old, url
    clerk_at_work.send("group-fix", "group")
    assert clerk_at_work.status == 200
    clerk_at_work.page, clerk_at_work.url = old, url
    clerk_at_work.send("group-fix", "group", _key="another")
    assert clerk_at_work.status == 409


def test_a_step_without_its_key_does_nothing(clerk_at_work: Visitor) -> None:
    clerk_at_work.upload(people_book(made_up_people(1)))
    clerk_at_work.send("columns")
    clerk_at_work.send("confirm", _key="")
    assert "表单不完整" in clerk_at_work.page.get_text()
    with acting_as_system("test"):
        assert Batch.objects.get().state == Batch.State.READY
    assert people() == []


def test_uploading_twice_with_one_key_makes_one_batch(clerk_at_work: Visitor) -> None:
    content = people_book(made_up_people(1))
    clerk_at_work.open("/imports/sheets/T01/")
    form = clerk_at_work.page
    for _ in range(2):
        clerk_at_work.page, clerk_at_work.url = form, "/imports/sheets/T01/"
        clerk_at_work.send("upload", file=SimpleUploadedFile("a.xlsx", content))
    with acting_as_system("test"):
        assert Batch.objects.count() == 1


def test_same_file_again_is_told(clerk_at_work: Visitor) -> None:
    content = people_book(made_up_people(2))
    clerk_at_work.upload(content)
    clerk_at_work.send("columns")
    clerk_at_work.send("confirm")
    clerk_at_work.upload(content)
    assert "导入过" in clerk_at_work.words("same")
    clerk_at_work.send("columns")
    clerk_at_work.send("confirm")
    assert clerk_at_work.words("receipt") == "读入 2 = 新增 0 + 更新 0 + 未变 2 + 未导入 0"


def test_saved_for_tomorrow_and_taken_over_by_a_colleague(
    clerk_at_work: Visitor, employment_clerk: Any
) -> None:
    rows = made_up_people(2)
    rows[0][0] = "城关"
    clerk_at_work.upload(people_book(rows))
    clerk_at_work.send("columns")
    clerk_at_work.send("next-form", "later")
    assert clerk_at_work.where == "imports-batches"
    assert "待修正" in clerk_at_work.words("batches") or "待确认" in clerk_at_work.words("batches")
    colleague = person("1499", "同事", employment_clerk.unit, "EMP")
    other = Visitor(colleague)
    other.open(f"/imports/{batch().pk}/")
    assert other.where == "imports-fix"
    other.send("take-over")
    assert batch().owner == colleague
    other.send("give-up")
    assert batch().state == Batch.State.UNDONE
    assert StagedRow.objects.count() == 0


def test_other_units_do_not_see_a_batch(clerk_at_work: Visitor, town_officer: Any) -> None:
    clerk_at_work.upload(people_book(made_up_people(1)))
    stranger = Visitor(town_officer)
    for page in ("", "columns/", "fix/", "confirm/", "result/", "errors/", "undo/"):
        stranger.open(f"/imports/{batch().pk}/{page}")
        assert stranger.status == 404


def test_who_may_not_import_gets_403(auditor: Any) -> None:
    visitor = Visitor(auditor)
    visitor.open("/imports/sheets/T01/")
    assert visitor.status == 403


def test_unknown_sheet_is_404(clerk_at_work: Visitor) -> None:
    clerk_at_work.open("/imports/sheets/X99/")
    assert clerk_at_work.status == 404


def test_large_batches_are_read_and_landed_by_jobs(
    clerk_at_work: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hrss_portal.imports.views.INLINE_BYTES", 10)
    monkeypatch.setattr("hrss_portal.imports.fix_views.INLINE_ROWS", 1)
    monkeypatch.setattr("hrss_portal.imports.fix_views.TRIED_AT_ONCE", 1)
    monkeypatch.setattr("hrss_portal.imports.land_views.INLINE_ROWS", 1)
    rows = made_up_people(4)
    rows[0][0] = "城关"
    clerk_at_work.upload(people_book(rows))
    clerk_at_work.send("columns")
    assert clerk_at_work.where == "imports-working"
    assert clerk_at_work.client.get(f"/imports/{batch().pk}/progress/").status_code == 200
    assert run_due() == {"done": 1}
    clerk_at_work.open(f"/imports/{batch().pk}/")
    clerk_at_work.send("group-fix", "group", text="城关镇")
    clerk_at_work.send("next-form", "next")
    assert clerk_at_work.where == "imports-working"
    run_due()
    response = clerk_at_work.client.get(f"/imports/{batch().pk}/progress/")
    assert response.headers["HX-Refresh"] == "true"
    clerk_at_work.open(f"/imports/{batch().pk}/")
    clerk_at_work.send("confirm")
    assert (clerk_at_work.where, batch().state) == ("imports-result", Batch.State.RUNNING)
    run_due()
    clerk_at_work.open(f"/imports/{batch().pk}/")
    assert clerk_at_work.words("receipt") == "读入 4 = 新增 4 + 更新 0 + 未变 0 + 未导入 0"
    assert Job.objects.get(kind="imports.commit").result["created"] == 4


def test_a_landing_that_failed_can_be_tried_again(
    clerk_at_work: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hrss_portal.imports.land_views.INLINE_ROWS", 0)
    clerk_at_work.upload(people_book(made_up_people(2)))
    clerk_at_work.send("columns")
    clerk_at_work.send("confirm")
    Job.objects.update(state="dead", message="执行中出错")
    clerk_at_work.open(f"/imports/{batch().pk}/")
    assert "一行都没有写进去" in clerk_at_work.words("notice")
    clerk_at_work.send("again")
    run_due()
    assert batch().state == Batch.State.DONE


def test_file_refused_while_a_job_reads_it_is_told(
    clerk_at_work: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hrss_portal.imports.views.INLINE_BYTES", 10)
    clerk_at_work.upload(people_book(made_up_people(2)))
    clerk_at_work.send("columns")
    with acting_as_system("test"):
        batch().upload.delete()
    run_due()
    clerk_at_work.open(f"/imports/{batch().pk}/fix/")
    assert "24 小时" in clerk_at_work.words("notice")


def test_page_of_3200_rows_is_small(clerk_at_work: Visitor) -> None:
    rows = made_up_people(3200)
    for row in rows[:400]:
        row[0] = "城关"
    clerk_at_work.upload(
        workbook(
            [["标题"], list("甲乙"), ["乡镇", "姓名", "身份证号"], *[r[:3] for r in rows]],
            ghosts=900,
        )
    )
    assert "空行 900" in clerk_at_work.words("found")
    clerk_at_work.send("columns")
    assert clerk_at_work.words("wrong") == "400"
    assert len(str(clerk_at_work.page)) < 200_000


def test_template_and_export(clerk_at_work: Visitor, employment_clerk: Any) -> None:
    response = clerk_at_work.client.get("/imports/sheets/T01/template/")
    assert b"".join(response.streaming_content).startswith(b"PK")
    clerk_at_work.open("/imports/sheets/T01/export/?filter=town=城关镇")
    clerk_at_work.send("export")
    assert "填写导出的用途" in str(clerk_at_work.page)
    response = clerk_at_work.client.post("/imports/sheets/T01/export/", {"reason": "月报"})
    assert b"".join(response.streaming_content).startswith(b"PK")
    assert AccessEntry.objects.get(kind="export").reason == "月报"
    clerk_at_work.open("/imports/sheets/T01/export/?filter=color=x")
    assert clerk_at_work.status == 404


def test_long_exports_go_to_the_download_centre(
    clerk_at_work: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hrss_portal.imports.exporting.JOB_ROWS", -1)
    clerk_at_work.client.post("/imports/sheets/T01/export/", {"reason": "月报"})
    assert run_due() == {"done": 1}
    result = Job.objects.get(kind="imports.export").result
    assert result["rows"] == 0
    response = clerk_at_work.client.get(f"/files/{result['file']}/")
    assert b"".join(response.streaming_content).startswith(b"PK")


def test_steps_never_lead_past_where_the_batch_stands(clerk_at_work: Visitor) -> None:
    clerk_at_work.upload(people_book(made_up_people(1)))
    assert steps.step_of(batch()) == "columns"
    for page in ("fix", "confirm", "result", "rows/3"):
        clerk_at_work.open(f"/imports/{batch().pk}/{page}/")
        assert clerk_at_work.where in {"imports-columns", "error-404"}
