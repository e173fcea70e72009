"""Lists that the bureau keeps: new words are offered, retired ones stay readable."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client
from django.urls import reverse

from hrss_portal.access import proposals
from hrss_portal.access.models import Proposal, User
from hrss_portal.access.policy import Refused
from hrss_portal.activities.models import Meeting
from hrss_portal.activities.models.choices import MeetingKind
from hrss_portal.parties import dictionaries
from hrss_portal.parties.dictionaries import KeptList, ListedChoiceField, kept_lists
from hrss_portal.parties.dictionary_changes import Wanted, change
from hrss_portal.parties.models import ListEntry
from tests.cast import County, person

KINDS = "activities.meeting_kind"


@pytest.fixture(autouse=True)
def _own_entries(acting: Callable[..., Any], db: None) -> Iterator[None]:
    acting("test")
    dictionaries.forget()
    yield
    dictionaries.forget()


@pytest.fixture
def kinds() -> KeptList:
    """The kinds of meeting."""
    return kept_lists()[KINDS]


def wanted(code: str, label: str, version: int = 0, **more: Any) -> Wanted:
    """An entry as somebody wants it."""
    given = {"place": 10, "is_retired": False, **more}
    return Wanted(code=code, label=label, version=version, **given)


def box(initial: str = "") -> forms.Form:
    """A form with the kinds of meeting, for a record that has one already or none."""

    class Boxed(forms.Form):
        kind = ListedChoiceField(listed=KINDS, ships=MeetingKind)

    return Boxed({"kind": "talk"}, initial={"kind": initial})


def test_a_new_word_is_offered_read_and_stored(kinds: KeptList, administrator: User) -> None:
    change(kinds, wanted("", "院坝会", place=5), by=administrator, reason="乡镇都这样叫")
    entry = kinds.entries()[0]
    assert (entry.code, entry.label, entry.version) == ("u1", "院坝会", 1)
    meeting = Meeting(kind="u1")
    assert meeting.get_kind_display() == "院坝会"
    meeting._meta.get_field("kind").clean("u1", meeting)
    field: Any = Meeting._meta.get_field("kind").formfield()
    assert ("u1", "院坝会") in list(field.choices)


def test_a_retired_word_is_not_offered_but_stays_on_old_records(
    kinds: KeptList, administrator: User
) -> None:
    gone = wanted("talk", "宣讲会", is_retired=True)
    change(kinds, gone, by=administrator, reason="改称政策宣讲")
    assert Meeting(kind="talk").get_kind_display() == "宣讲会"
    fresh, old = box(), box("talk")
    assert not fresh.is_valid()
    assert old.is_valid()
    assert "宣讲会" not in str(fresh["kind"])
    assert "宣讲会" in str(old["kind"])


def test_a_renamed_word_shows_everywhere_and_both_names_are_on_record(
    kinds: KeptList, administrator: User
) -> None:
    change(kinds, wanted("talk", "政策宣讲会"), by=administrator, reason="统一叫法")
    change(kinds, wanted("talk", "政策宣讲", 1), by=administrator, reason="再统一")
    assert Meeting(kind="talk").get_kind_display() == "政策宣讲"
    kept = ListEntry.objects.order_by("version").values_list("label", "by__name", "reason")
    assert list(kept) == [
        ("政策宣讲会", administrator.name, "统一叫法"),
        ("政策宣讲", administrator.name, "再统一"),
    ]


@pytest.mark.parametrize(
    ("code", "label", "version", "words"),
    [
        ("", "宣 讲 会", 0, "已有"),
        ("talk", "宣讲", 3, "刚被别人改过"),
        ("nothing", "宣讲", 0, "没有这一项"),
    ],
)
def test_doubles_and_stale_changes_are_refused(
    kinds: KeptList, administrator: User, code: str, label: str, version: int, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        change(kinds, wanted(code, label, version), by=administrator, reason="试")
    assert not ListEntry.objects.exists()


def test_a_list_with_legal_effect_waits_for_a_second_person(
    administrator: User, lawyer: User
) -> None:
    causes = next(kept for kept in kept_lists().values() if kept.legal)
    waiting = change(causes, wanted("", "试用期争议"), by=administrator, reason="新类型")
    assert waiting is not None
    assert "改为：试用期争议" in waiting.words
    assert "试用期争议" not in [entry.label for entry in causes.entries()]
    proposals.confirm(waiting, by=lawyer)
    assert "试用期争议" in [entry.label for entry in causes.entries()]
    assert ListEntry.objects.get().proposal == waiting


def test_another_bureau_neither_sees_nor_confirms_a_change(
    administrator: User, lawyer: User, other_county: County, client: Client
) -> None:
    causes = next(kept for kept in kept_lists().values() if kept.legal)
    waiting = change(causes, wanted("", "试用期争议"), by=administrator, reason="新类型")
    assert waiting is not None
    theirs = person("8201", "莫法", other_county.office("劳动人事争议仲裁院"), "LEG")
    with pytest.raises(Refused):
        proposals.confirm(waiting, by=theirs)
    url = reverse("access:proposal_detail", args=[waiting.pk])
    for user, status in ((theirs, 404), (lawyer, 200)):
        client.force_login(user)
        assert client.get(url).status_code == status


def test_the_pages_add_rename_and_show_the_history(client: Client, administrator: User) -> None:
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert "会议" in client.get("/dictionaries/").text
    where = f"/dictionaries/lists/{KINDS}/"
    sent = {"_key": "a", "label": "院坝会", "place": "5", "reason": "常用", "version": "0"}
    assert client.post(where, sent).status_code == 302
    edit = f"{where}u1/"
    assert 'value="院坝会"' in client.get(edit).text
    sent = sent | {"_key": "b", "label": "院坝座谈", "version": "1", "is_retired": "on"}
    assert client.post(edit, sent).status_code == 302
    page = client.get(where).text
    for words in ("院坝座谈", "已停用", "院坝会（次序 5）", administrator.name):
        assert words in page
    assert client.post(edit, sent | {"_key": "c"}).status_code == 422
    assert not Proposal.objects.exists()


def test_a_clerk_reads_and_changes_nothing(client: Client, clerk: User) -> None:
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    where = f"/dictionaries/lists/{KINDS}/"
    page = client.get(where)
    assert page.status_code == 200
    assert 'data-test="submit"' not in page.text
    sent = {"_key": "a", "label": "院坝会", "place": "5", "reason": "常用", "version": "0"}
    assert client.post(where, sent).status_code == 403
    assert client.get(f"{where}talk/").status_code == 403


def test_every_kept_list_has_room_for_the_bureaus_codes() -> None:
    for kept in kept_lists().values():
        codes = [str(code) for code in kept.ships.values]
        assert len(codes) == len(set(codes))
        assert not [code for code in codes if code[:1] == "u" and code[1:].isdigit()]
        assert issubclass(kept.ships, models.TextChoices)
