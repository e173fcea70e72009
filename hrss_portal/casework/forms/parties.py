"""Who a case is about, ID first: the rows of parties, and of those who must stay unknown."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from hrss_portal.access.models import Unit, User
from hrss_portal.casework.forms.rows import RowForm
from hrss_portal.casework.moves import PartyIn
from hrss_portal.parties import duplicates, matching, towns
from hrss_portal.parties.fields import (
    IdNumberField,
    NamesField,
    PhonesField,
    TextCell,
    UsccField,
)
from hrss_portal.parties.names import tidy_name, tidy_organisation

#: A box for a name that offers the employers of the library while it is typed in.
SUGGEST = {
    "data-suggest": "name",
    "data-suggest-when": "kind=employer",
    "data-lookup-name": "part",
    "data-noun": "单位",
    "autocomplete": "off",
}


class PartyForm(RowForm):
    """A party, ID first: a known number brings its person, an unknown one makes a new person.

    ``is_person`` None lets the clerk choose; a respondent is an employer unless said otherwise.
    """

    kind = forms.ChoiceField(
        label="当事人类型", choices=[("person", "个人"), ("employer", "单位")], required=False
    )
    id_number = IdNumberField(label="身份证号", required=False)
    uscc = UsccField(label="统一社会信用代码", required=False)
    name = NamesField(label="姓名或单位名称", max_length=120)
    phone = PhonesField(label="联系电话", required=False)
    address = TextCell(label="送达地址", max_length=200, required=False)
    legal_rep = NamesField(label="法定代表人（负责人）及职务", max_length=80, required=False)
    is_representative = forms.BooleanField(label="代表人", required=False)
    role: ClassVar[str] = ""
    default_kind: ClassVar[str] = "person"
    show_when: ClassVar[Mapping[str, str]] = {
        "id_number": "kind=person",
        "is_representative": "kind=person",
        "uscc": "kind=employer",
        "legal_rep": "kind=employer",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = self.default_kind
        self.fields["name"].widget.attrs.update(SUGGEST)

    def clean(self) -> dict[str, Any]:
        """The number belongs to the kind, and to the name."""
        data = super().clean() or {}
        data["kind"] = kind = data.get("kind") or self.default_kind
        name = data.get("name", "")
        if kind == "person":
            data["name"] = tidy_name(name)
            if data.get("id_number"):
                match = matching.match_person(id_number=data["id_number"], name=name)
                if match.conflict and not self.is_public:
                    self.add_error("name", match.conflict)
                elif match.person is not None and (user := getattr(self.context, "user", None)):
                    self._take_on_file(duplicates.on_file(match.person, user))
        else:
            data["name"] = tidy_organisation(name)
            if data.get("uscc"):
                conflict = matching.match_employer(uscc=data["uscc"], name=name).conflict
                if conflict and not self.is_public:
                    self.add_error("name", conflict)
        return data

    @property
    def is_public(self) -> bool:
        """Whether it stands on a public page, which tells nobody what the library knows."""
        return hasattr(self.context, "user") and self.context.user is None

    def _take_on_file(self, held: Mapping[str, str]) -> None:
        """What a known person has on file goes where a box was left empty."""
        for name, value in held.items():
            if not self.data.get(self.add_prefix(name)):
                self.cleaned_data[name] = value
                self.errors.pop(name, None)


class InformantForm(RowForm):
    """举报人: who told of the matter and must stay unknown; all of it is encrypted.

    ``informants`` is the name of the rows of an intake form that ask for it.
    """

    name = NamesField(label="姓名", max_length=50)
    id_number = IdNumberField(label="身份证号", required=False)
    phone = PhonesField(label="联系电话", required=False)
    address = TextCell(label="联系地址", max_length=200, required=False)
    remark = TextCell(label="备注", max_length=200, required=False, help_text="如 方便联系的时间")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for box in self.fields.values():
            box.widget.attrs.pop("data-lookup", None)  # nobody is looked for in the library


def _belongs_to_another(row: Mapping[str, Any]) -> bool:
    """Whether the number of a cleaned row is known under another name."""
    number, code = row.get("id_number"), row.get("uscc")
    if row["kind"] == "person" and number:
        return bool(matching.match_person(id_number=number, name=row["name"]).conflict)
    return bool(code and matching.match_employer(uscc=code, name=row["name"]).conflict)


def party_of(row: Mapping[str, Any], role: str, *, unit: Unit, by: User | None) -> PartyIn:
    """The party of a cleaned row: its person or employer is found or made now.

    A new one lives where the address typed for it says, never where the matter happened.  Without
    ``by`` (a public page) a number that is known under another name ties the party to nobody.
    """
    person = employer = None
    if by is None and _belongs_to_another(row):
        return PartyIn(
            role=role,
            name=row["name"],
            phone=row.get("phone", "")[:60],
            address=row.get("address", ""),
        )
    address = row.get("address", "")
    town = towns.in_address(address, unit.root) if address else None
    who: dict[str, Any] = {"name": row["name"], "unit": unit, "by": by, "town": town}
    if row["kind"] == "person":
        phone = row.get("phone", "") if by else ""  # nobody's word changes a master record
        known = {"id_number": row.get("id_number", ""), "phone": phone}
        person, _ = matching.find_or_create_person(**who, **known, address=address)
    else:
        legal_rep = row.get("legal_rep", "")[:50] or "待补"
        uscc = row.get("uscc", "")
        employer, _ = matching.find_or_create_employer(**who, uscc=uscc, legal_rep=legal_rep)
    return PartyIn(
        role=role,
        name=row["name"],
        person=person,
        employer=employer,
        phone=row.get("phone", "")[:60],
        address=address,
        legal_rep=row.get("legal_rep", ""),
        is_representative=row.get("is_representative", False),
    )
