"""Downloads and pages: who gets a file, how it leaves, and the two-person template."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hrss_portal.access import proposals
from hrss_portal.access.models import Proposal
from hrss_portal.access.proposals import confirm
from hrss_portal.access.scope import acting_as
from hrss_portal.audit.log import viewers
from hrss_portal.documents.models import Paper, PaperTemplate
from hrss_portal.documents.numbers import wording
from hrss_portal.documents.papers import issue_paper
from hrss_portal.documents.source import build_docx
from hrss_portal.documents.uploads import attach, store_bytes

PDF = b"%PDF-1.4\n<<>>\n%%EOF\n"


def body(answer):
    """All of a streamed answer; reading it to the end closes the file."""
    return b"".join(answer.streaming_content)


@pytest.fixture
def as_user(client):
    def enter(user):
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def paper(notice, values, arbitrator):
    return issue_paper(notice, context=values, unit=arbitrator.unit, by=arbitrator)


def test_file_leaves_as_an_attachment_in_a_sandbox_and_is_logged(as_user, director):
    file = store_bytes(PDF, "合同.pdf", by=director, unit=director.unit)
    answer = as_user(director).get(reverse("documents:download", args=[file.pk]))
    assert body(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert [entry.kind for entry in viewers("documents.file", file.pk)] == ["open"]


def test_file_without_owner_is_its_uploaders_only(as_user, director, arbitrator):
    file = store_bytes(PDF, "合同.pdf", by=director, unit=director.unit)
    assert as_user(arbitrator).get(reverse("documents:download", args=[file.pk])).status_code == 404
    assert viewers("documents.file", file.pk).count() == 0


def test_file_of_a_record_opens_for_its_readers(as_user, acting, paper, arbitrator, stranger):
    file = store_bytes(PDF, "附件.pdf", by=None, unit=arbitrator.unit)
    acting("test")
    attach(file, paper, action="documents.paper.view")
    url = reverse("documents:download", args=[file.pk])
    assert body(as_user(arbitrator).get(url)) == PDF
    assert as_user(stranger).get(url).status_code == 404


def test_file_belongs_to_one_record(acting, paper, notice, values, arbitrator):
    other = issue_paper(notice, context=values, unit=arbitrator.unit, by=arbitrator)
    file = store_bytes(PDF, "附件.pdf", by=None, unit=arbitrator.unit)
    acting("test")
    attach(file, paper, action="documents.paper.view")
    with pytest.raises(ValueError, match="belongs to"):
        attach(file, other, action="documents.paper.view")


def test_expired_result_is_gone(as_user, director):
    file = store_bytes(PDF, "a.pdf", by=director, unit=director.unit, expires_on="2020-01-01")
    assert as_user(director).get(reverse("documents:download", args=[file.pk])).status_code == 404


def test_register_lists_what_the_person_may_see(as_user, paper, arbitrator, stranger):
    url = reverse("documents:papers")
    assert paper.number in as_user(arbitrator).get(url).content.decode()
    assert paper.number not in as_user(stranger).get(url).content.decode()
    assert as_user(stranger).get(reverse("documents:paper", args=[paper.pk])).status_code == 404


def test_paper_page_shows_what_it_says(as_user, paper, arbitrator):
    page = as_user(arbitrator).get(reverse("documents:paper", args=[paper.pk]))
    assert page.status_code == 200
    assert "壹万贰仟叁佰肆拾伍元陆角整" in page.content.decode()
    answer = as_user(arbitrator).get(reverse("documents:paper_file", args=[paper.pk]))
    assert body(answer)[:2] == b"PK"


def test_paper_page_escapes_what_the_paper_says(as_user, notice, values, arbitrator):
    values["party"]["name"] = "<script>alert(1)</script>"
    paper = issue_paper(notice, context=values, unit=arbitrator.unit, by=arbitrator)
    page = as_user(arbitrator).get(reverse("documents:paper", args=[paper.pk])).content.decode()
    assert "<script>alert(1)" not in page


def test_void_by_page(as_user, paper, arbitrator):
    url = reverse("documents:paper_void", args=[paper.pk])
    as_user(arbitrator).post(url, {"reason": "当事人有误"})
    found = Paper._base_manager.get(pk=paper.pk)
    assert (found.state, found.void_reason, found.voided_by) == ("voided", "当事人有误", arbitrator)


def new_template(text="# 本局格式\n{{ party.name }}：{{ number }}\n"):
    return SimpleUploadedFile("新模板.docx", build_docx(text))


def test_own_template_counts_after_the_second_person(
    as_user, notice, values, arbitration_head, lawyer, acting
):
    url = reverse("documents:template", args=[notice.code])
    client = as_user(arbitration_head)
    assert client.get(url).status_code == 200
    answer = client.post(url, {"file": new_template(), "note": "换成本局的格式"})
    assert answer.status_code == 302
    assert PaperTemplate.objects.get().state == "proposed"
    acting(lawyer)
    confirm(Proposal.objects.get(), by=lawyer)
    assert PaperTemplate.objects.get().state == "active"
    paper = issue_paper(notice, context=values, unit=arbitration_head.unit, by=arbitration_head)
    assert paper.template_sha256 == PaperTemplate.objects.get().file.sha256


def test_back_to_the_shipped_template(as_user, notice, arbitration_head, lawyer, acting):
    url = reverse("documents:template", args=[notice.code])
    client = as_user(arbitration_head)
    client.post(url, {"file": new_template(), "note": "本局格式"})
    acting(lawyer)
    confirm(Proposal.objects.get(), by=lawyer)
    client.post(url, {"shipped": "1", "note": "恢复"})
    acting(lawyer)
    confirm(Proposal.objects.get(state="waiting"), by=lawyer)
    assert PaperTemplate.objects.get().state == "retired"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ party.id_number }}", "没有名为“party.id_number”的数据"),
        ("{{ ''.__class__ }}", "不允许的写法"),
    ],
)
def test_template_with_other_tags_is_refused(as_user, notice, arbitration_head, text, words):
    url = reverse("documents:template", args=[notice.code])
    answer = as_user(arbitration_head).post(url, {"file": new_template(text), "note": "试试"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Proposal.objects.count() == 0


def test_templates_and_series_are_listed(as_user, notice, arbitration_head, administrator):
    page = as_user(arbitration_head).get(reverse("documents:templates"))
    assert page.status_code == 200
    assert "待法制审核" in page.content.decode()
    file = as_user(arbitration_head).get(reverse("documents:template_file", args=[notice.code]))
    assert body(file)[:2] == b"PK"
    page = as_user(administrator).get(reverse("documents:series")).content.decode()
    assert "霍劳人仲通〔" in page


def test_series_wording_is_proposed_by_one_and_confirmed_by_another(
    as_user, notice, administrator, lawyer
):
    url = reverse("documents:series_edit", args=["test.notice"])
    client = as_user(administrator)
    seen = client.get(url).context["form"].initial["before"]
    asked = {"reason": "机构更名", "before": seen, "_key": "a"}
    wrong = client.post(url, {**asked, "prefix": "霍〔", "pattern": "{n}"})
    assert wrong.status_code == 422
    good = {**asked, "prefix": "霍裁通", "pattern": "{prefix}[{year}]{n:03d}号"}
    for _ in range(2):
        assert client.post(url, good).status_code == 302
    assert client.post(url, {**good, "_key": ""}).status_code == 409
    proposal = Proposal.objects.get()
    assert (wording("test.notice", administrator.unit)[0], proposal.reason) == (
        "霍劳人仲通",
        "机构更名",
    )
    with acting_as(administrator), pytest.raises(ValidationError):
        proposals.confirm(proposal, by=administrator, answer="自己")
    with acting_as(lawyer):
        proposals.confirm(proposal, by=lawyer)
    assert "霍裁通[" in client.get(reverse("documents:series")).content.decode()


def test_a_series_changed_meanwhile_is_not_overwritten(as_user, notice, administrator, lawyer):
    url = reverse("documents:series_edit", args=["test.notice"])
    client = as_user(administrator)
    seen = client.get(url).context["form"].initial["before"]
    for number, prefix in enumerate(("霍甲", "霍乙")):
        pattern = "{prefix}[{year}]{n}号"
        data = {"prefix": prefix, "pattern": pattern, "reason": "改", "before": seen}
        assert client.post(url, {**data, "_key": str(number)}).status_code == 302
    first, second = Proposal.objects.order_by("pk")
    with acting_as(lawyer):
        proposals.confirm(first, by=lawyer)
        with pytest.raises(ValidationError, match="刚被别人改过"):
            proposals.confirm(second, by=lawyer)
    stale = client.post(url, {**data, "prefix": "霍丙", "_key": "z"})
    assert "刚被别人改过" in stale.content.decode()
    assert Proposal.objects.count() == 2


def test_pages_are_closed_to_others(as_user, notice, clerk, client):
    assert client.get(reverse("documents:papers")).status_code == 302
    assert as_user(clerk).get(reverse("documents:series")).status_code == 403
    assert as_user(clerk).get(reverse("documents:template", args=["no.such"])).status_code in {
        403,
        404,
    }


def test_file_of_a_paper_follows_the_paper(as_user, paper, arbitrator, stranger):
    url = reverse("documents:download", args=[paper.file_id])
    assert body(as_user(arbitrator).get(url))[:2] == b"PK"
    assert as_user(stranger).get(url).status_code == 404
