"""Fields that several forms of activities share: an employer, people, tags, a file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from hrss_portal.access.models import Unit, User
from hrss_portal.activities.models import Campaign, Topic
from hrss_portal.parties import matching
from hrss_portal.parties.fields import OrganisationField, UsccField
from hrss_portal.parties.models import Employer
from hrss_portal.parties.names import tidy_organisation

TO_BE_FILLED = "待补"  # of an employer that is known by name only


def colleagues(unit: Unit) -> QuerySet[User]:
    """The active people of the unit's bureau, towns included."""
    root = unit.root.path
    people: QuerySet[User] = User.objects.filter(is_active=True, unit__path__startswith=root)
    return people.order_by("staff_no")


def offices(unit: Unit) -> QuerySet[Unit]:
    """The active units of the unit's bureau that can be given work."""
    units: QuerySet[Unit] = Unit.objects.active().filter(path__startswith=unit.root.path)
    return units.exclude(kind__in=("village", "body")).order_by("path")


def campaigns() -> QuerySet[Campaign]:
    """The campaigns that stand, as tags."""
    rows: QuerySet[Campaign] = Campaign.objects.filter(voided_at__isnull=True)
    return rows.order_by("name")


def topics() -> QuerySet[Topic]:
    """The topics in use, as tags."""
    return Topic.objects.filter(is_active=True).order_by("pk")


class Tags(forms.ModelMultipleChoiceField):
    """Several tags, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple


class People(forms.ModelMultipleChoiceField):
    """Several colleagues."""

    def label_from_instance(self, obj: Any) -> str:
        """The name and the office."""
        return f"{obj.name}（{obj.unit.short_name or obj.unit.name}）"


def find_employer(
    *, name: str, uscc: str, unit: Unit, by: User | None, town: Unit | None
) -> Employer:
    """The employer with this code or name; one known by name only is made with 待补 to fill in."""
    found, _ = matching.find_or_create_employer(
        name=name, uscc=uscc, unit=unit, by=by, town=town, legal_rep=TO_BE_FILLED
    )
    return found


def employer_fields(*, required: bool = True) -> dict[str, forms.Field]:
    """The two boxes that name an employer: the code first, because it identifies."""
    return {
        "uscc": UsccField(label="统一社会信用代码", required=False),
        "employer_name": OrganisationField(label="单位名称", required=required),
    }


def check_employer(form: Any) -> None:
    """The code belongs to the name; otherwise the error stands at the name."""
    data = form.cleaned_data
    name = tidy_organisation(data.get("employer_name") or "")
    if data.get("uscc") and not name:
        form.add_error("employer_name", "填写单位名称")
    elif data.get("uscc"):
        conflict = matching.match_employer(uscc=data["uscc"], name=name).conflict
        if conflict:
            form.add_error("employer_name", conflict)


def named_people(chosen: Any, extra: str) -> str:
    """Everybody's names in one line: colleagues chosen, then those written out."""
    names = [user.name for user in chosen or ()]
    names += [name for name in extra.replace("，", "、").replace(",", "、").split("、") if name]
    line = "、".join(dict.fromkeys(name.strip() for name in names))
    if not line:
        raise ValidationError("选择或填写至少一名人员")
    if len(line) > 200:
        raise ValidationError("人员太多，写主要人员")
    return line
