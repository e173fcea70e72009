from datetime import date
import re, pytest
from django.test import Client
from django.urls import reverse
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.access import proposals
from hrss_portal.access.models import Proposal
from hrss_portal.casework import moves, papers
from hrss_portal.casework.bulk import CaseRow, open_cases
from hrss_portal.casework.models import Case, CasePaper
from hrss_portal.casework.moves import PartyIn
from arbitration.models import Dispute
from tests.factories import arbitration as marb
from tests.factories.parties import EmployerFactory, PersonFactory
from tests.racing import together

def test_other_county(county, stranger, clerk, visit_as, acting):
    acting("test")
    EmployerFactory(unit=marb.court(county), name="霍邱县红星服装有限公司", created_by=clerk, reg_address="霍邱县某路1号")
    p = PersonFactory(unit=marb.court(county), created_by=clerk)
    num = p.id_number
    c = visit_as(stranger)
    from hrss_portal.parties import duplicates
    with acting_as(stranger):
        print("SUG", duplicates.employer_suggestions(stranger, "红星服装"))
        print("PER", duplicates.person_answer(stranger, id_number=num, id_kind="resident", name="", phone="", birth=None)["candidates"])
        from hrss_portal.desk.quick import QuickForm
        f = QuickForm({"id_number": "", "name": "x", "employer": "红星服装", "matter": "arbitration.dispute:pay"}, user=stranger)
        f.is_valid(); print("QUICK", f.errors.get("employer"))

def test_ledger_own(county, arbitrator, arbitration_head, acting):
    acting("test")
    arbitrator.name = "孙正"; arbitrator.save()
    case = Dispute(unit=marb.court(county), opened_on=date(2023,11,1), apply_mode="written", cause="pay", people=1, copies=2, facts="x", handler=arbitrator, number="霍劳人仲案〔2023〕5号")
    row = CaseRow(case=case, parties=[PartyIn(role="applicant", name="孙　正"), PartyIn(role="respondent", name="甲公司")])
    out = open_cases([row], by=arbitration_head, source="sheet")
    print("LAND", out[0].messages, out[0].notes, case.handler)
    with acting_as(arbitration_head):
        try:
            moves.assign(Dispute.objects.get(pk=case.pk), by=arbitration_head, handler=arbitrator); print("LEDGER ASSIGNED")
        except Exception as e: print("LEDGER REFUSED", e)
    with acting_as(arbitrator):
        from hrss_portal.casework.workflow import barred_from
        print("BARRED", list(barred_from(Dispute.objects.get(pk=case.pk), arbitrator)))

def test_archived(county, arbitration_head, clerk, acting):
    acting("test")
    case = marb.dispute(county, clerk, date(2023, 11, 1))
    papers.call(case, case.events.latest("pk"), ["arb.acceptance"])
    Case._base_manager.filter(pk=case.pk).values("pk")
    from django.db import connection
    with connection.cursor() as cur:
        cur.execute("update casework_case set archived_on='2023-11-10' where id=%s", [case.pk])
    for w in CasePaper._base_manager.filter(case=case.pk):
        with acting_as(clerk):
            try:
                made = papers.issue(w, by=clerk); print("ARCH ISSUED", w.kind, made.paper.number)
            except Exception as e: print("ARCH REFUSED", w.kind, e)

def test_void_number(county, arbitration_head, clerk, acting):
    acting("test")
    case = marb.dispute(county, clerk, date(2023, 11, 1))
    papers.call(case, case.events.latest("pk"), ["arb.response"])
    with acting_as(arbitration_head):
        moves.void(case, by=arbitration_head, reason="误登记")
    c = Client(); c.force_login(clerk)
    for w in CasePaper._base_manager.filter(case=case.pk):
        url = reverse("arbitration:dispute_paper", args=[case.pk, w.pk])
        page = c.get(url)
        key = re.search(r'name="_key" value="([^"]+)"', page.content.decode())
        r = c.post(url, {"_key": key[1] if key else "x"*16, "do": "issue"})
        w.refresh_from_db()
        print("VOID PAGE", w.kind, page.status_code, r.status_code, w.state, w.paper and w.paper.number)

def test_assign_stale(county, arbitration_head, clerk, acting, arbitrator, mediator):
    from tests.cast import person
    second = person("1799", "副院", county.office("劳动人事争议仲裁院"), "ARB-C")
    third = person("1798", "仲三", county.office("劳动人事争议仲裁院"), "ARB")
    acting("test")
    case = marb.dispute(county, clerk, date(2023, 11, 1))
    url = reverse("arbitration:dispute_assign", args=[case.pk])
    a, b = Client(), Client(); a.force_login(arbitration_head); b.force_login(second)
    pa, pb = a.get(url).content.decode(), b.get(url).content.decode()
    k = lambda t: re.search(r'name="_key" value="([^"]+)"', t)[1]
    print("ASSIGN A", a.post(url, {"_key": k(pa), "handler": arbitrator.pk}).status_code)
    print("ASSIGN B", b.post(url, {"_key": k(pb), "handler": third.pk}).status_code, Dispute._base_manager.get(pk=case.pk).handler, "version field in page:", "_version" in pb)

def test_api_nul(county, acting):
    from tests.cast import person
    from tests.factories.clients import Caller, client_system
    office = county.office("劳动人事争议仲裁院")
    s = client_system(person("S001", "省平台", office, "ARB-C"), office)
    call = Caller(s[1])
    for q in ("state=%00", "external_system=%00", "cursor=%00", "cursor=abc", "limit=0", "limit=99999999", "opened_from=9999-99-99", "opened_from=0001-01-01"):
        try:
            r = call("GET", "/api/v1/cases/arbitration.dispute?" + q); print("API", q, r.status_code, r.content[:90])
        except Exception as e: print("API", q, "EXC", type(e), str(e)[:100])

@pytest.mark.django_db(transaction=True)
def test_propose_race(lawyer, county):
    def work(n):
        return proposals.propose("test.kind", title="x", words=["a：b"], payload={"a": 1}, apply="hrss_portal.parties.reveals.note_unlock", policy="casework.retention.confirm", by=lawyer, unit=lawyer.unit.root)
    together(8, work, scope=lambda: acting_as(lawyer))
    print("PROPOSALS", Proposal.objects.filter(kind="test.kind").count())
