"""疑似重复: what a person who types may learn of rows that are already there.

A card says why the row is suggested, who recorded it, when and for which township, with the name
and numbers masked.  Only those who may open the row get its address; the others learn whom to ask.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.parties import identifiers, matching, rules
from hrss_portal.parties.choices import IdKind, Sex
from hrss_portal.parties.models import Employer, Person
from hrss_portal.parties.models.persons import EIGHTEEN


@dataclass(frozen=True)
class Card:
    """One row that may be the same, as far as the asking user may know it."""

    id: int | None
    name: str
    number: str
    why: str
    recorded_by: str
    recorded_on: str
    town: str
    state: str
    url: str
    ask: str
    fields: Mapping[str, str]  # what choosing the row fills in, by the form's field names
    held: Mapping[str, str] = field(default_factory=dict)  # what an empty box takes, in words

    @property
    def label(self) -> str:
        """The line that names the row."""
        return " · ".join(part for part in (self.name, self.number, self.town) if part)

    @property
    def note(self) -> str:
        """Why it is suggested, who recorded it and when, in which state it is."""
        recorded = f"{self.recorded_by} {self.recorded_on} 录入"
        return " · ".join(part for part in (self.why, recorded, self.state, self.ask) if part)


def as_candidate(card: Card) -> dict[str, Any]:
    """A card as the entry script reads it."""
    return {**asdict(card), "label": card.label, "note": card.note}


def person_card(person: Person, why: str, user: User) -> Card:
    """What ``user`` may know of a person."""
    opens = policy.can(user, "parties.person.view", person)
    return Card(
        id=person.pk,
        name=person.name if opens else person.masked_name,
        number=person.masked_id,
        state=person.get_state_display(),
        fields={"name": person.name} if opens else {},
        held=_in_words(person, on_file(person, user)),
        **_about(person, why, opens, user),
    )


def on_file(person: Person, user: User) -> dict[str, str]:
    """The telephones and the address that the library has of a person, by the names of the boxes
    that take them when they are left empty; nothing for who may not open the person."""
    if not policy.can(user, "parties.person.view", person):
        return {}
    held = {"phone": "/".join(person.phones), "address": person.address}
    return {name: value for name, value in held.items() if value}


def _in_words(person: Person, held: Mapping[str, str]) -> dict[str, str]:
    """What stands beside an empty box: that the library has it, a telephone masked, whose entry it
    is; what it says is read on the person's page, which notes who reads."""
    shown = dict.fromkeys(held, "库里已有")
    if "phone" in held:
        shown["phone"] = person.masked_phone
    since = f"{person.unit} {timezone.localdate(person.updated_at):%Y-%m-%d} 登记"
    return {name: f"{value}（{since}），没有变的不用填" for name, value in shown.items()}


def employer_card(employer: Employer, why: str, user: User) -> Card:
    """What ``user`` may know of an employer; its name and code are public."""
    opens = policy.can(user, "parties.employer.view", employer)
    return Card(
        id=employer.pk,
        name=employer.name,
        number=employer.uscc or "",
        state=employer.get_op_status_display(),
        fields={
            "name": employer.name,
            "uscc": employer.uscc or "",
            "legal_rep": employer.legal_rep if opens else "",
            "address": employer.reg_address,
        },
        **_about(employer, why, opens, user),
    )


def _about(party: Any, why: str, opens: bool, user: User) -> dict[str, Any]:
    """Where the entry comes from; of another bureau's only which bureau it is."""
    here = party.unit.root_id == user.unit.root_id
    ask = f"本局已有 1 条，请联系{party.unit}" if here else f"{party.unit.root}已有 1 条"
    recorder = party.created_by.name if party.created_by_id else "系统"
    return {
        "why": why,
        "recorded_by": recorder if here else str(party.unit.root),
        "recorded_on": timezone.localdate(party.created_at).isoformat(),
        "town": str(party.town) if party.town_id else "",
        "url": party.get_absolute_url() if opens else "",
        "ask": "" if opens else ask,
    }


def person_answer(
    user: User, *, id_number: str, id_kind: str, name: str, phone: str, birth: date | None
) -> dict[str, Any]:
    """The answer to what is typed so far: the number's verdict, derived fields, duplicate cards.

    An incomplete number says nothing yet.
    """
    answer: dict[str, Any] = {"error": "", "derived": None, "suggestion": ""}
    number = identifiers.normalise_id_number(id_number)
    checked = id_kind not in {IdKind.RESIDENT, IdKind.HKMO_TAIWAN_RESIDENT}
    if number and not checked:
        if len(number) == 15 and number.isdecimal():
            answer["suggestion"] = identifiers.upgrade_old(number)
            id_kind = IdKind.OLD
        elif len(number) < 18:
            number = ""
        else:
            try:
                told = identifiers.check_id_number(number)
            except ValidationError as error:
                answer["error"], number = error.messages[0], ""
            else:
                answer["derived"] = _derived(told)
                birth = birth or told.birth
    match = matching.match_person(
        id_number=number, id_kind=id_kind, name=name, phone=_phone(phone), birth=birth
    )
    rows = [(match.found, "证件号相同")] if match.found else list(match.candidates)
    answer["candidates"] = [as_candidate(person_card(row, why, user)) for row, why in rows]
    answer["exact"] = match.found is not None
    answer["conflict"] = answer["message"] = match.conflict
    return answer


def near_people(user: User, cleaned: Mapping[str, Any]) -> list[Card]:
    """Persons with the same name and birth who do not surely have another number."""
    kind, number = rules.document_of(cleaned)
    birth = cleaned.get("birth")
    if number and kind in EIGHTEEN:
        birth = birth or identifiers.check_id_number(number).birth
    match = matching.match_person(
        id_number=number, id_kind=kind, name=cleaned.get("name") or "", birth=birth
    )
    return [person_card(row, why, user) for row, why in match.candidates]


def near_employers(user: User, cleaned: Mapping[str, Any]) -> list[Card]:
    """Employers of the same name that do not surely have another code."""
    name = cleaned.get("name") or ""
    match = matching.match_employer(uscc=cleaned.get("uscc") or "", name=name)
    rows = [match.found] if match.found else [row for row, _ in match.candidates]
    return [employer_card(row, "单位名称相同", user) for row in rows]


def _derived(told: identifiers.IdNumber) -> dict[str, Any]:
    return {
        "number": told.number,
        "birth": told.birth.isoformat(),
        "sex": told.sex,
        "sex_label": str(Sex(told.sex).label),
        "region": told.region_hint,
        "warnings": list(told.warnings),
    }


def _phone(text: str) -> str:
    try:
        return "/".join(identifiers.split_phones(text)) if text.strip() else ""
    except ValidationError:
        return ""


def employer_answer(user: User, *, uscc: str, name: str) -> dict[str, Any]:
    """The answer to a credit code or a name typed so far."""
    answer: dict[str, Any] = {"error": ""}
    code = identifiers.normalise_uscc(uscc)
    if len(code) >= 18:
        try:
            identifiers.check_uscc(code)
        except ValidationError as error:
            answer["error"], code = error.messages[0], ""
    else:
        code = ""
    match = matching.match_employer(uscc=code, name=name if len(name.strip()) >= 4 else "")
    why = "统一社会信用代码相同" if code else "单位名称相同"
    rows = [(match.found, why)] if match.found else list(match.candidates)
    answer["candidates"] = [as_candidate(employer_card(row, reason, user)) for row, reason in rows]
    answer["exact"] = match.found is not None
    answer["conflict"] = answer["message"] = match.conflict
    return answer


def employer_suggestions(user: User, part: str) -> dict[str, Any]:
    """The employers that a piece of a name, a code or pinyin initials may mean."""
    exact = matching.match_employer(uscc=part if part.isascii() else "", name=part).found
    rows = [exact] if exact else []
    if not rows and len(part) >= 2:
        rows = matching.employers_like(part, user.unit.root)
    why = "名称或代码相同" if exact else "名称相近"
    return {
        "error": "",
        "candidates": [as_candidate(employer_card(row, why, user)) for row in rows],
        "exact": exact is not None,
        "conflict": "",
        "message": "" if exact else "名称相近的单位",
    }
