"""A matter that somebody without an account hands in on a public page: once, by the system."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client
from django.urls import path

from hrss_portal.access import keys
from hrss_portal.access.models import Unit, User
from hrss_portal.access.public import public_page, recording
from hrss_portal.activities.models import Task
from hrss_portal.casework import workflow
from hrss_portal.casework.forms import InformantForm, OpenForm, PartyForm, RowSet, portal_field
from hrss_portal.casework.models import CaseParty, Event, Informant
from hrss_portal.urls import handler403, handler404, handler500
from hrss_portal.urls import urlpatterns as portal
from tests.cast import County
from tests.factories.parties import PersonFactory

__all__ = ["handler403", "handler404", "handler500"]

SENT = {
    "subject": "窗口取号机坏了",
    "opened_on": "2023-05-03",
    "due_given": "2023-05-30",
    "task_kind": "slip",
    "issuer": "网上反映",
    "people-TOTAL_FORMS": "1",
    "people-INITIAL_FORMS": "0",
    "people-0-name": "张示例",
    "people-0-phone": "13800000001",
    "informants-TOTAL_FORMS": "1",
    "informants-INITIAL_FORMS": "0",
    "informants-0-name": "丁不显",
    "_key": "a" * 32,
}


class ToldForm(OpenForm):
    """What a citizen tells."""

    row_sets = (
        RowSet(name="people", label="反映人", form=PartyForm, least=0),
        RowSet(name="informants", label="举报人", form=InformantForm, folded=True),
    )
    party_rows: ClassVar = {"people": "teller"}

    class Meta:
        model = Task
        fields = ("subject", "opened_on", "due_given", "task_kind", "issuer")
        formfield_callback = portal_field


def the_office(request: HttpRequest) -> Any:
    """The office that takes such matters in."""
    return {Unit: Q(name="政务服务股")}


@public_page("tell", sees=the_office)
def tell(request: HttpRequest) -> HttpResponse:
    """反映问题."""
    form = ToldForm(request.POST, user=None, unit=Unit._base_manager.get(name="政务服务股"))
    with recording():
        if not form.is_valid():
            return HttpResponse(str(form.errors) + str(form.row_errors()), status=422)

        def take() -> HttpResponse:
            form.open()
            return redirect("/told/")

        try:
            return keys.once(request, take)
        except ValidationError as refused:
            return HttpResponse("；".join(refused.messages), status=422)


urlpatterns = [path("tell/", tell, name="tell"), *portal]


@pytest.fixture(autouse=True)
def _page(settings: Any, county: County, rules: None, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROOT_URLCONF = __name__
    kinds = {one.of: one for one in workflow.workflows()}
    told = replace(kinds["activities.task"], informants="举报人", party_roles={"teller": "反映人"})
    monkeypatch.setattr(workflow, "_by_kind", lambda: kinds | {told.of: told})


def test_sent_twice_it_is_taken_in_once(county: County) -> None:
    browser = Client()
    first, again = browser.post("/tell/", SENT), browser.post("/tell/", SENT)
    assert [first.status_code, again.status_code] == [302, 302], first.content.decode()
    task = Task._base_manager.get()
    assert (task.unit, task.created_by, task.subject) == (
        county.office("政务服务股"),
        None,
        SENT["subject"],
    )
    assert [party.name for party in task.parties.model._base_manager.all()] == ["张示例"]
    assert Informant._base_manager.filter(case=task.pk).count() == 1
    assert Event._base_manager.get(case=task.pk).by is None


def test_the_key_is_the_forms_whoever_is_logged_in(county: County, window_clerk: User) -> None:
    staff = Client()
    staff.force_login(window_clerk)
    assert staff.post("/tell/", SENT).status_code == 302
    assert Client().post("/tell/", SENT).status_code == 302
    assert Task._base_manager.get().created_by is None


def test_the_same_key_with_other_words_is_refused(county: County) -> None:
    browser = Client()
    assert browser.post("/tell/", SENT).status_code == 302
    assert browser.post("/tell/", SENT | {"subject": "另一件事"}).status_code == 409
    assert Task._base_manager.count() == 1


def test_without_a_key_or_a_subject_nothing_is_kept(county: County) -> None:
    browser = Client()
    assert browser.post("/tell/", SENT | {"_key": ""}).status_code == 409
    assert browser.post("/tell/", SENT | {"subject": ""}).status_code == 422
    assert not Task._base_manager.exists()


def test_the_page_tells_nobody_whose_number_it_is(county: County) -> None:
    holder = PersonFactory(unit=county.bureau, name="真本人")
    other = SENT | {"people-0-name": "冒名", "people-0-id_number": holder.id_number}
    assert Client().post("/tell/", other).status_code == 302
    party = CaseParty._base_manager.get()
    assert (party.name, party.person) == ("冒名", None)


def test_nobodys_word_changes_a_master_record(county: County) -> None:
    holder = PersonFactory(unit=county.bureau, name="真本人", phone="")
    same = SENT | {"people-0-name": "真本人", "people-0-id_number": holder.id_number}
    assert Client().post("/tell/", same).status_code == 302
    party = CaseParty._base_manager.get()
    assert (party.person, party.phone) == (holder, "13800000001")
    holder.refresh_from_db()
    assert holder.phones == []


def test_what_the_door_refuses_is_said_and_nothing_is_kept(county: County) -> None:
    answer = Client().post("/tell/", SENT | {"due_given": "2023-05-01"})
    assert (answer.status_code, Task._base_manager.exists()) == (422, False)
    assert "期限" in answer.content.decode()
