from datetime import date
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hrss_portal.access.scope import acting_as, acting_as_system, ScopeMissing
from hrss_portal.access import proposals
from hrss_portal.access.models import Proposal
from hrss_portal.activities.models import Task
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import Attachment, Case, CasePaper
from hrss_portal.notifications.models import TaskLink
from hrss_portal.parties.models import Person
from tests.factories import activities as make
from tests.factories import arbitration as marb
GIVEN, DUE = date(2023, 11, 13), date(2023, 11, 20)

@pytest.fixture
def slip(county, director):
    with acting_as(director):
        return make.task(county, director, GIVEN, DUE)

def step(task, code, by, **data):
    with acting_as(by):
        moves.move(task, code, by=by, data=data)
    return Task._base_manager.get(pk=task.pk)

def picture():
    return SimpleUploadedFile("情况.txt", "已修好".encode(), content_type="text/plain")

def test_raw(slip, stranger):
    rows = list(Case.objects.raw("select * from casework_case"))
    print("RAW OUTSIDE", rows)
    with acting_as(stranger):
        print("RAW STRANGER", list(Case.objects.raw("select * from casework_case")), Case.objects.count())

def test_evidence(slip, director, window_clerk, visit_as):
    task = step(slip, "accept", window_clerk, handler=window_clerk)
    task = step(task, "report", window_clerk, report="已修好", evidence=[picture()])
    a = Attachment._base_manager.get(case=task.pk)
    print("OWNER", repr(a.file.owner_label), a.file.uploaded_by)
    for u in (window_clerk, director):
        r = visit_as(u).get(f"/documents/files/{a.file_id}/")
        print("DL", u, r.status_code)
    from django.urls import reverse
    for u in (window_clerk, director):
        r = visit_as(u).get(reverse("documents:download", args=[a.file_id]))
        print("DL2", u, r.status_code, reverse("documents:download", args=[a.file_id]))

def test_ask_twice(slip, director, window_clerk, visit_as):
    from django.urls import reverse
    c = visit_as(director)
    url = reverse("activities:task_ask", args=[slip.pk])
    page = c.get(url)
    import re
    print("KEY IN PAGE", re.findall(r'name="_key"[^>]*', page.content.decode())[:1])
    key = re.search(r'name="_key" value="([^"]+)"', page.content.decode())
    data = {"body_name": "县医院", "question": "请说明", "until": "2023-12-01", "_key": key[1] if key else ""}
    for _ in range(2):
        r = c.post(url, data); print("ASK", r.status_code)
    print("LINKS", TaskLink._base_manager.count())

def test_void_paper(county, arbitration_head, clerk, acting):
    acting("test")
    case = marb.dispute(county, clerk, date(2023, 11, 1))
    papers.call(case, case.events.latest("pk"), ["arb.acceptance"])
    with acting_as(arbitration_head):
        moves.void(case, by=arbitration_head, reason="误登记")
    with acting_as(clerk):
        w = CasePaper.objects.filter(case=case.pk).first()
        try:
            made = papers.issue(w, by=clerk)
            print("ISSUED ON VOID", made.paper.number, made.paper)
        except Exception as e:
            print("REFUSED", type(e), e)

def test_blank_name(county, arbitration_head, clerk, acting, arbitrator):
    acting("test")
    from hrss_portal.casework.moves import PartyIn
    from arbitration.models import Dispute
    arbitrator.name = "孙正"; arbitrator.save()
    from hrss_portal.casework import own_case
    for nm in ("孙正", "孙　正", "孙 正"):
        parties = marb.worker_and_firm(county)
        parties[0] = PartyIn(role="applicant", name=nm)
        case = Dispute(unit=marb.court(county), apply_mode="written", cause="pay", people=1, dispute_on=date(2023,11,1), signed_on=date(2023,11,1), copies=2, facts="x")
        case = moves.open_case(case, by=clerk, on=date(2023,11,1), parties=parties, data={"claims": []})
        with acting_as(arbitration_head):
            try:
                moves.assign(case, by=arbitration_head, handler=arbitrator); print(repr(nm), "ASSIGNED")
            except Exception as e: print(repr(nm), "REFUSED", e)

def test_assign_lost(county, arbitration_head, clerk, acting, arbitrator):
    acting("test")
    case = marb.dispute(county, clerk, date(2023, 11, 1))
    with acting_as(arbitration_head):
        moves.assign(case, by=arbitration_head, handler=arbitrator)
        moves.assign(case, by=arbitration_head, handler=arbitration_head)

@pytest.mark.parametrize("path", ["/search/?q=%00", "/arbitration/disputes/?q=%00", "/arbitration/disputes/?town=%00", "/arbitration/disputes/?state=%00","/arbitration/disputes/?page=99999999999999999999", "/arbitration/disputes/?opened_on_from=0000-01-01","/arbitration/disputes/?sort=%00","/documents/papers/?q=%00","/parties/persons/?q=%00","/parties/employers/?q=%00", "/search/?q=HR-999999999999", "/imports/?q=%00", "/arbitration/disputes/?after=%00", "/arbitration/disputes/?cursor=zzz"])
def test_nul(path, arbitration_head, visit_as):
    try:
        r = visit_as(arbitration_head).get(path)
        print("NUL", path, r.status_code)
    except Exception as e:
        print("NUL", path, "EXC", type(e), str(e)[:100])
