"""更正: a party typed wrongly, or the wrong person or employer chosen."""

from collections.abc import Iterable
from typing import Any

from django import forms

from hrss_portal.casework.correcting import Correction
from hrss_portal.casework.corrections import CorrectForm
from hrss_portal.casework.models import CaseParty, Delivery
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.parties import matching, towns
from hrss_portal.parties.fields import IdNumberField, NamesField, PhonesField, TextCell, UsccField
from hrss_portal.parties.identifiers import mask_phone
from hrss_portal.parties.names import tidy_name, tidy_organisation


class PartyCorrection(CorrectForm):
    """The right name, number and address of a party of this case.

    A number that belongs to somebody else puts that person or employer in the place of the one
    who was chosen; the master records themselves stay as they are.  Moves of the case join or
    leave parties; this mends only what was typed.
    """

    label = "当事人"
    columns = ("name", "phone", "address", "legal_rep", "is_representative")

    name = NamesField(label="姓名或单位名称", max_length=120)
    id_number = IdNumberField(
        label="对的身份证号", required=False, help_text="选错了、号码录错的填；没有错的不填"
    )
    uscc = UsccField(
        label="对的统一社会信用代码",
        required=False,
        help_text="选错了、代码录错的填；没有错的不填",
    )
    phone = PhonesField(label="联系电话", required=False)
    address = TextCell(label="送达地址", max_length=200, required=False)
    legal_rep = NamesField(label="法定代表人（负责人）及职务", max_length=80, required=False)
    is_representative = forms.BooleanField(label="代表人", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.row.employer_id is None
        for name in ("uscc", "legal_rep") if person else ("id_number", "is_representative"):
            del self.fields[name]

    @classmethod
    def entries(cls, case: Any) -> Iterable[CaseParty]:
        """The parties of the case by role."""
        return list(case.parties.select_related("person", "employer", "case"))

    @classmethod
    def words(cls, row: Any) -> str:
        """The role and the name."""
        return f"{workflow_of(row.case).party_roles.get(row.role, row.role)} {row.name}"

    def clean(self) -> dict[str, Any]:
        """The number belongs to the name."""
        data = super().clean() or {}
        name = data.get("name", "")
        match: Any = None
        if self.row.employer_id is None:
            data["name"] = tidy_name(name)
            if data.get("id_number"):
                match = matching.match_person(id_number=data["id_number"], name=name)
        else:
            data["name"] = tidy_organisation(name)
            if data.get("uscc"):
                match = matching.match_employer(uscc=data["uscc"], name=name)
        if match and match.conflict:
            self.add_error("name", match.conflict)
        return data

    def act(self, case: Any) -> Correction:
        """Put the party of the locked case right; what was sent to it bears the right name."""
        row = CaseParty._base_manager.select_related("person", "employer").get(pk=self.row.pk)
        what, was = self.words(row), row.name
        values = self._identity(case, row)
        columns = [name for name in self.columns if name in self.fields]
        values |= self.put(row, columns)
        if "电话" in values:
            old, new = values["电话"]
            values["电话"] = (mask_phone(old) if old else "", mask_phone(new) if new else "")
        row.full_clean(exclude=["case"])
        row.save()
        if row.name != was:
            Delivery._base_manager.filter(party=row.pk, recipient=was).update(recipient=row.name)
        return Correction(what=what, values=values)

    def _identity(self, case: Any, row: CaseParty) -> dict[str, tuple[Any, Any]]:
        """The person or employer of the right number, found or made; old and new where another."""
        data = self.cleaned_data
        address = data.get("address", "")
        town = towns.in_address(address, case.unit.root) if address else None
        common = {"name": data["name"], "unit": case.unit, "by": self.user, "town": town}
        if data.get("id_number"):
            old: Any = row.person
            new: Any = self._person(row, common)
            row.person = new
        elif data.get("uscc"):
            old = row.employer
            legal_rep = data["legal_rep"][:50] or "待补"
            new = matching.find_or_create_employer(
                uscc=data["uscc"], legal_rep=legal_rep, **common
            )[0]
            row.employer = new
        else:
            return {}
        if old is not None and old.pk == new.pk:
            return {}
        label = "对应的单位" if row.employer_id else "对应的人员"
        return {label: (f"{old}（{old.pk}号）" if old else None, f"{new}（{new.pk}号）")}

    def _person(self, row: CaseParty, common: dict[str, Any]) -> Any:
        """The person of the number; one who is known stays as he is.

        Telephone and address that stood there already belong to whoever was wrongly chosen.
        """
        data = self.cleaned_data
        number = data["id_number"]
        own = {
            name: data[name]
            for name in ("phone", "address")
            if name in data and data[name] != getattr(row, name)
        }
        return (
            matching.match_person(id_number=number).found
            or matching.find_or_create_person(id_number=number, **own, **common)[0]
        )
