"""Finding the person or employer that somebody means: while typing, in forms, in sheets, in bulk.

The document number decides.  A name alone never does: it only suggests.  All questions run under
the purpose ``matching`` over the whole bureau, because a person registered in another township is
still the same person; what a user then learns of that row is limited by ``duplicates.card``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import Q

from hrss_portal.access.models import Unit
from hrss_portal.access.scope import acting_as_system
from hrss_portal.parties import identifiers, names
from hrss_portal.parties.choices import IdKind
from hrss_portal.parties.models import Employer, Person
from hrss_portal.parties.models.persons import id_index, phone_index

CANDIDATES = 8
BATCH = 20_000

PartyT = TypeVar("PartyT", Person, Employer)


@dataclass(frozen=True)
class Match(Generic[PartyT]):
    """The party meant for certain (or None), and rows that may be meant, with the reason."""

    found: PartyT | None = None
    candidates: tuple[tuple[PartyT, str], ...] = ()
    conflict: str = ""

    @property
    def person(self) -> PartyT | None:
        """The person that is meant for certain."""
        return self.found

    @property
    def employer(self) -> PartyT | None:
        """The employer that is meant for certain."""
        return self.found


def standing(party: PartyT) -> PartyT:
    """The row that stands for this one."""
    return party.merged_into if party.merged_into_id else party  # type: ignore[return-value]


def match_person(
    *,
    id_number: str = "",
    id_kind: str = IdKind.RESIDENT,
    name: str = "",
    phone: str = "",
    birth: date | None = None,
) -> Match[Person]:
    """Who is meant.  The number decides; name with birth, or telephone, only suggest.

    Where the number is known under another name, ``conflict`` says so (the person still counts as
    found: a name may have changed).  A 15-digit number finds the holder of its 18-digit form as a
    candidate, never for certain.
    """
    number = identifiers.normalise_id_number(id_number)
    with acting_as_system("matching"):
        if number and (found := _by_index(id_index(id_kind, number))):
            return Match(found, conflict=name_conflict(found, name))
        candidates: dict[int, tuple[Person, str]] = {}
        if id_kind == IdKind.OLD and len(number) == 15:
            newer = id_index(IdKind.RESIDENT, identifiers.upgrade_old(number))
            if found := _by_index(newer):
                candidates[found.pk] = (found, "18 位身份证号相符")
        for person, why in _suggested_people(name, phone, birth):
            if not (number and _holds_another(person, id_kind, number)):
                candidates.setdefault(person.pk, (person, why))
        return Match(None, tuple(candidates.values())[:CANDIDATES])


def _by_index(index: str) -> Person | None:
    found = Person.objects.select_related("merged_into").filter(id_number_index=index).first()
    return standing(found) if found else None


def people_with_phone(phone: str) -> list[int]:
    """Numbers of the persons with one of these telephones (parted by ``/``).

    Neither ordered nor limited in SQL: with a limit the planner, who cannot know how rare a number
    is, walks the table in the order asked for instead of using the index.
    """
    indexes = [phone_index(number) for number in phone.split("/") if number]
    wanted = Person.objects.filter(phone_indexes__overlap=indexes).order_by()
    return sorted(wanted.values_list("pk", flat=True))


def _holds_another(person: Person, kind: str, number: str) -> bool:
    """Whether a person surely is another one: same kind of document, another number."""
    return bool(
        person.id_number_index
        and person.id_kind == kind
        and person.id_number_index != id_index(kind, number)
        and kind == IdKind.RESIDENT
    )


def _suggested_people(name: str, phone: str, birth: date | None) -> list[tuple[Person, str]]:
    rows = Person.objects.standing().select_related("town", "unit", "created_by")
    found: list[tuple[Person, str]] = []
    if name and birth:
        same = rows.filter(name=names.tidy_name(name), birth=birth)
        found += [(person, "姓名和出生日期相同") for person in same[:CANDIDATES]]
    if phone:
        same = rows.filter(pk__in=people_with_phone(phone)[:CANDIDATES]).order_by("pk")
        found += [(person, "联系电话相同") for person in same]
    return found


def name_conflict(person: Person, name: str) -> str:
    """Words for a number that is known under another name; empty if the names agree."""
    known = {names.match_key(person.name), names.match_key(person.former_name)}
    if not name or names.match_key(name) in known:
        return ""
    masked = identifiers.mask_name(person.name)
    return f"这个证件号登记的姓名是{masked}，与“{name}”不一致，请对照证件"


def match_employer(*, uscc: str = "", name: str = "", address: str = "") -> Match[Employer]:
    """Which employer is meant.  The credit code decides; without one the same name in full is a
    match only if exactly one standing row without another code carries it."""
    code = identifiers.normalise_uscc(uscc)
    with acting_as_system("matching"):
        rows = Employer.objects.select_related("merged_into")
        if code and (found := rows.filter(uscc=code).first()):
            return Match(standing(found), conflict=employer_conflict(standing(found), name))
        if not name:
            return Match()
        same = list(_employers_named(name)[:CANDIDATES])
        free = [row for row in same if not (code and row.uscc)]
        if len(free) == 1 and not code:
            return Match(free[0])
        return Match(None, tuple((row, "单位名称相同") for row in free))


def employers_like(text: str, bureau: Unit) -> list[Employer]:
    """Standing employers of a bureau whose name holds ``text`` or whose pinyin initials do, at most
    ``CANDIDATES``: suggestions, never a match."""
    with acting_as_system("matching"):
        own = Employer.objects.standing().filter(unit__path__startswith=bureau.root_path)
        standing_rows = own.select_related("town", "unit", "created_by")
        rows = list(standing_rows.named(text).order_by("pk")[:CANDIDATES])
        if not rows and names.looks_like_initials(text):  # people leave the county's name out
            held = standing_rows.filter(initials__contains=text.strip().lower())
            rows = list(held.order_by("pk")[:CANDIDATES])
        return rows


def _employers_named(name: str) -> Any:
    key, tidy = names.match_key(name)[:120], names.tidy_organisation(name)
    rows = Employer.objects.standing().select_related("town", "unit", "created_by")
    return rows.filter(Q(name_key=key) | Q(former_names__contains=[tidy])).order_by("id")


def employer_conflict(employer: Employer, name: str) -> str:
    """Words for a code that is known under another name; empty if the names agree."""
    known = {names.match_key(text) for text in (employer.name, *employer.former_names)}
    if not name or names.match_key(name) in known:
        return ""
    return f"这个信用代码登记的名称是“{employer.name}”，与“{name}”不一致，请对照营业执照"


def find_or_create_person(
    *,
    name: str,
    unit: Any,
    by: Any = None,
    id_number: str = "",
    id_kind: str = IdKind.RESIDENT,
    phone: str = "",
    town: Any = None,
    source: str = "form",
    **columns: Any,
) -> tuple[Person, bool]:
    """The person with this document number, or a new row; True if it is new.

    A person found is not changed, except that an empty telephone is filled.  Without a number a
    new row is made (``no_id_reason`` defaults to 未提供): a name never identifies.
    """
    with acting_as_system("matching"):
        if id_number:
            found = match_person(id_number=id_number, id_kind=id_kind).found
            if found is not None:
                if phone and not found.phone:
                    found.set_phones(phone.split("/"))
                    found.save(update_fields=["phone", "other_phones"])
                return found, False
        else:
            columns.setdefault("no_id_reason", "未提供")
        person = Person(
            name=names.tidy_name(name),
            unit=unit,
            town=town,
            created_by=by,
            updated_by=by,
            source=source,
            **columns,
        )
        person.set_id(id_kind, identifiers.normalise_id_number(id_number))
        person.set_phones(phone.split("/") if phone else [])
        person.save()
        return person, True


def find_or_create_employer(
    *,
    name: str,
    unit: Any,
    by: Any = None,
    uscc: str = "",
    town: Any = None,
    source: str = "form",
    **columns: Any,
) -> tuple[Employer, bool]:
    """The employer with this credit code (or, without one, this exact name), or a new row."""
    with acting_as_system("matching"):
        found = match_employer(uscc=uscc, name=name).found
        if found is not None:
            return found, False
        if not uscc:
            columns.setdefault("no_uscc_reason", "未提供")
        columns.setdefault("legal_rep", "")
        columns.setdefault("kind", "other")
        employer = Employer(
            name=names.tidy_organisation(name),
            uscc=identifiers.normalise_uscc(uscc) or None,
            unit=unit,
            town=town,
            created_by=by,
            updated_by=by,
            source=source,
            **columns,
        )
        employer.save()
        return employer, True


# --- in bulk ------------------------------------------------------------------------------------


def match_people(rows: Sequence[Mapping[str, Any]]) -> list[Person | None]:
    """For each row (``id_number``, optional ``id_kind``) the person with that number.

    One query per 20,000 rows.  The persons carry every column, encrypted ones closed.  A row
    without a number finds only a person without one whose name, birth *and* telephone agree
    (columns ``name``, ``birth``, ``phone``), so that the same sheet twice makes no second row.
    """
    indexes = [_row_index(row) for row in rows]
    known: dict[str, Person] = {}
    with acting_as_system("matching"):
        for part in _batches(sorted({index for index in indexes if index})):
            found = Person.objects.filter(id_number_index__in=part).select_related("merged_into")
            known.update({str(row.id_number_index): standing(row) for row in found})
        numberless = [row for row, index in zip(rows, indexes, strict=True) if not index]
        twins = _numberless(numberless)
    return [
        known.get(index) if index else twins.get(_traits(row))
        for row, index in zip(rows, indexes, strict=True)
    ]


Traits = tuple[str, date | None, str]


def _row_index(row: Mapping[str, Any]) -> str:
    number = identifiers.normalise_id_number(str(row.get("id_number") or ""))
    return id_index(str(row.get("id_kind") or IdKind.RESIDENT), number) if number else ""


def _traits(row: Mapping[str, Any]) -> Traits:
    phone = str(row.get("phone") or "").split("/")[0]
    key = names.match_key(str(row.get("name") or ""))[:120]
    return key, row.get("birth"), phone_index(phone) if phone else ""


def _numberless(rows: Sequence[Mapping[str, Any]]) -> dict[Traits, Person]:
    wanted = {traits for traits in map(_traits, rows) if traits[0] and traits[2]}
    found: dict[Traits, Person] = {}
    for part in _batches(sorted({traits[2] for traits in wanted})):
        people = Person.objects.standing().filter(id_number_index=None, phone_indexes__overlap=part)
        for person in people:
            for phone in person.phone_indexes:
                traits = (person.name_key, person.birth, phone)
                if traits in wanted:
                    found[traits] = person
    return found


def match_employers(rows: Sequence[Mapping[str, Any]]) -> list[Employer | None]:
    """For each row (``uscc`` or, without one, ``name``) the employer; two queries per 20,000 rows.

    A name that several standing rows carry matches none of them.
    """
    codes = [identifiers.normalise_uscc(str(row.get("uscc") or "")) for row in rows]
    keys = [names.match_key(str(row.get("name") or ""))[:120] for row in rows]
    by_code: dict[str, Employer] = {}
    by_name: dict[str, list[Employer]] = {}
    nameless = {key for key, code in zip(keys, codes, strict=True) if key and not code}
    with acting_as_system("matching"):
        for part in _batches(sorted({code for code in codes if code})):
            found = Employer.objects.filter(uscc__in=part).select_related("merged_into")
            by_code.update({str(row.uscc): standing(row) for row in found})
        for part in _batches(sorted(nameless)):
            for row in Employer.objects.standing().filter(name_key__in=part):
                by_name.setdefault(row.name_key, []).append(row)
    matched: list[Employer | None] = []
    for code, key in zip(codes, keys, strict=True):
        same = by_name.get(key, [])
        matched.append(by_code.get(code) if code else same[0] if len(same) == 1 else None)
    return matched


def _batches(values: list[str]) -> Iterable[list[str]]:
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))
