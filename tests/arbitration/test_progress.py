"""办件进度: the code on the receipt, what it opens without a log-in, and what it never tells."""

import io
import re
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from hrss_portal.access.models import Proposal
from hrss_portal.access.scope import acting_as_public, acting_as_system
from hrss_portal.casework import papers, progress
from hrss_portal.casework.disposal import destroy
from hrss_portal.casework.models import Case, Clock, ProgressCode
from hrss_portal.documents.papers import preview, void_paper
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules

ASK = reverse("casework:progress")


@pytest.fixture(autouse=True)
def _rested():
    cache.clear()


@pytest.fixture
def case(county, clerk, acting):
    """A dispute received on a Wednesday."""
    shipped_rules()
    acting(clerk)
    return make.dispute(county, clerk, date(2023, 3, 1))


def receipt(case):
    """The receipt that waits to be made."""
    return case.papers.get(kind="arb.receipt")


def issued(case, clerk):
    """The text of an issued receipt, and its code."""
    row = papers.issue(receipt(case), by=clerk)
    with row.paper.file.content.open("rb") as stored:
        document = Document(io.BytesIO(stored.read()))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    (code,) = re.findall(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", text)
    return row, code, document


@pytest.fixture
def code(case, clerk):
    """The code on the issued receipt."""
    return issued(case, clerk)[1]


def ask(number, code, client=None):
    """What the form answers to a citizen."""
    cache.clear()
    return (client or Client()).post(ASK, {"number": number, "code": code})


def test_the_receipt_prints_a_code_of_eighty_bits_and_its_qr(case, clerk):
    row, code, document = issued(case, clerk)
    assert len(progress.normal(code)) * 5 == 80
    (inline,) = document.inline_shapes
    assert inline._inline.docPr.get("descr") == "扫码查询办理进度"
    assert code not in row.paper.context_text
    assert "（不留存）" in row.paper.context_text


def test_only_the_hash_of_the_code_is_in_the_database(case, code):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(p)::text FROM casework_progresscode p")
        (stored,) = cursor.fetchone()
    assert code not in stored
    assert progress.normal(code) not in stored
    assert progress.digest(code) in stored


def test_a_preview_makes_no_code(case, clerk):
    waiting = receipt(case)
    blocks = preview("arb.receipt", papers.context_of(waiting), unit=case.unit, by=clerk)
    assert "（制发时生成）" in "".join(block.text for block in blocks)
    assert [picture.alt for block in blocks for picture in block.pictures] == ["扫码查询办理进度"]
    assert not ProgressCode.objects.exists()


def test_the_page_tells_step_and_legal_day_and_nobody(case, code):
    page = ask(case.intake_no, code).content.decode()
    for words in (
        "仲裁案件",
        "已收到材料，正在审查",
        "受理决定或不予受理通知",
        "2023年3月8日",
        "第29条",
    ):
        assert words in page
    for party in case.parties.all():
        assert party.name not in page
        assert party.address not in page
    assert case.title not in page


def test_the_qr_code_opens_the_same_page(case, code):
    typed = ask(case.intake_no, code).content
    scanned = Client().get(reverse("casework:progress_of", args=[code]))
    assert scanned.status_code == 200
    assert scanned.content == typed


@pytest.mark.parametrize("how", [str.lower, lambda code: code.replace("-", " "), lambda c: f" {c}"])
def test_a_code_may_be_typed_as_it_comes(case, code, how):
    assert ask(case.intake_no, how(code)).status_code == 200


def test_mistaken_letters_are_read_as_the_digits_that_they_look_like():
    assert progress.normal("oil0-1111") == progress.normal("0110-iiLL")


def test_the_number_may_be_typed_without_its_words(case, code):
    digits = "".join(filter(str.isdigit, case.intake_no))
    assert ask(digits, code).status_code == 200
    assert ask(f"收{digits}", code).status_code == 404


def test_every_miss_reads_alike_and_asks_the_same_questions(case, code):
    """A wrong number with the right code, and a wrong code: neither says which."""
    answers, questions = [], []
    for number, tried in (
        (case.intake_no, "0000-0000-0000-0000"),
        ("霍劳人仲收〔1999〕9号", "0000-0000-0000-0000"),
        (case.intake_no, "x"),
    ):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answers.append(ask(number, tried))
        questions.append(len(asked))
    wrong_number = ask("霍劳人仲收〔1999〕9号", code)
    assert {answer.status_code for answer in (*answers, wrong_number)} == {404}
    assert len({answer.content for answer in (*answers, wrong_number)}) == 1
    assert len(set(questions)) == 1


def test_the_address_of_a_code_that_never_was_answers_like_the_form(case, code):
    never = Client().get(reverse("casework:progress_of", args=["0000-0000-0000-0000"]))
    assert never.status_code == 404
    assert never.content == ask(case.intake_no, "0000-0000-0000-0000").content


def test_a_code_opens_its_own_case_only(case, code, county, clerk):
    other = make.dispute(county, clerk, date(2023, 3, 2))
    assert ask(other.intake_no, code).status_code == 404


def test_a_new_receipt_ends_the_old_code(case, code, clerk):
    with acting_as_system("test"):
        new = progress.new_code(receipt(case))["query_code"]
    assert ask(case.intake_no, code).status_code == 404
    assert ask(case.intake_no, new).status_code == 200


def test_the_code_of_a_void_receipt_opens_nothing(case, clerk):
    row, code, _ = issued(case, clerk)
    assert ask(case.intake_no, code).status_code == 200
    void_paper(row.paper, by=clerk, reason="回执交错了人")
    assert ask(case.intake_no, code).status_code == 404
    assert Client().get(reverse("casework:progress_of", args=[code])).status_code == 404
    with acting_as_public(progress.rows_of(code)):
        assert not Clock.objects.exists()


def test_voiding_the_old_receipt_leaves_the_new_code_alone(case, clerk):
    old, _, _ = issued(case, clerk)
    (again,) = papers.call(case, case.events.latest("pk"), ["arb.receipt"])
    new = progress.new_code(again)["query_code"]
    void_paper(old.paper, by=clerk, reason="回执丢失，另发")
    assert ask(case.intake_no, new).status_code == 200


def test_a_case_heard_in_private_tells_no_more_and_no_less(case, code):
    before = ask(case.intake_no, code)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_case SET is_sealed = true WHERE id = %s", [case.pk])
    sealed = ask(case.intake_no, code)
    assert (sealed.status_code, sealed.content) == (200, before.content)
    assert case.title not in sealed.content.decode()


def test_the_page_names_the_bureau_of_the_case(case, code, settings):
    settings.BUREAU_NAME = "另一个局"
    page = ask(case.intake_no, code).content.decode()
    assert case.unit.root.name in page
    assert "另一个局" not in page


def test_who_asks_for_the_head_alone_learns_the_status_alone(case, code):
    for tried, status in ((code, 200), ("0000-0000-0000-0000", 404)):
        answer = Client().head(reverse("casework:progress_of", args=[tried]))
        assert (answer.status_code, answer.content) == (status, b"")
        assert answer["Cache-Control"] == "no-store, private"


def test_the_code_of_a_destroyed_file_answers_as_one_that_never_was(case, code, clerk):
    with acting_as_system("test"):
        proposal = Proposal.objects.create(
            kind="casework.destruction", title="销毁", apply="x", policy="x", proposed_by=clerk
        )
        destroy(case, proposal=proposal, article="档案法")
    assert not ProgressCode._base_manager.exists()
    assert ask(case.intake_no, code).content == ask(case.intake_no, "0").content


def test_a_void_case_is_not_there(case, code):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE casework_case SET voided_at = now(), void_reason = '重复' WHERE id = %s",
            [case.pk],
        )
    assert ask(case.intake_no, code).status_code == 404


def test_a_target_of_policy_is_never_told_as_the_next_day(case, code):
    with acting_as_system("test"):
        seen = [c.label for c in case.clocks.all() if c.is_target or c.owner != "bureau"]
    page = ask(case.intake_no, code).content.decode()
    assert [label for label in seen if label in page] == []


def test_an_empty_form_says_what_to_fill_in(db):
    page = Client().post(ASK, {})
    assert page.status_code == 422
    for words in ("填写收件号或案号", "填写查询码"):
        assert words in page.content.decode()


def test_guessing_is_slowed_down(db):
    statuses = [Client().post(ASK, {"number": "1", "code": str(n)}).status_code for n in range(21)]
    assert statuses == [404] * 20 + [429]


def test_the_page_reads_nothing_beside_the_case_of_the_code(case, code, county, clerk):
    make.dispute(county, clerk, date(2023, 3, 2))
    with acting_as_public(progress.rows_of(code)):
        assert [row.pk for row in Case.objects.all()] == [case.pk]
