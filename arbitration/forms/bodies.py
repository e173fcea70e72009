"""The mediation bodies that a form offers: a town's own to the town, all by town to the county."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.db.models import BigIntegerField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.forms.models import ModelChoiceIterator

from arbitration.forms.registered import BODIES, NO_BODY, hint_if_empty
from arbitration.models import MediationOrganisation
from hrss_portal.access.models import Unit, User
from hrss_portal.access.own_towns import confined_to
from hrss_portal.parties import towns as all_towns

OPEN = "arbitration.mediationcase.open"
EDIT = "arbitration.mediationcase.edit"
Level = MediationOrganisation.Level
ONLY_OWN = "只能登记本乡镇的案件"
ONLY_OWN_BODY = "只能选本乡镇的调解组织"
NO_TOWN_BODY = "本乡镇还没有登记调解组织，请仲裁院先在“调解组织”里登记"


def standing_bodies(unit: Unit) -> QuerySet[MediationOrganisation]:
    """Mediation bodies of a unit's bureau that are founded and not dissolved.

    Numbers in their names sort as numbers: 第2 before 第10.
    """
    return MediationOrganisation.objects.filter(
        state=MediationOrganisation.State.FOUNDED,
        unit__path__startswith=unit.root_path,
        voided_at__isnull=True,
    ).order_by(
        "level",
        Func(F("name"), Value(r"\d.*$"), Value(""), function="regexp_replace"),
        Cast(Func(F("name"), Value(r"\d{1,9}"), function="substring"), BigIntegerField()),
        "name",
    )


def bodies_of(towns: Collection[Unit]) -> Q:
    """The bodies of these towns: their committees and those of the firms in them.

    The county's centre has an address in some town and is no town's body.
    """
    here = Q(town__in=towns) | Q(town=None, employer__town__in=towns) | Q(unit__in=towns)
    return here & ~Q(level=Level.CENTRE)


class BodiesByTown(ModelChoiceIterator):
    """The county's centre first, then the bodies of each town, then those of no town."""

    def __iter__(self) -> Iterator[Any]:
        if not hasattr(self, "_groups"):
            self._groups = list(self._grouped())
        return iter(self._groups)

    def _grouped(self) -> Iterator[Any]:
        yield "", "—"
        groups: dict[tuple[int, str, str], list[Any]] = {}
        for body in self.queryset.select_related("town"):
            if body.level == Level.CENTRE or body.town is None:
                key = (0 if body.level == Level.CENTRE else 2, "", body.get_level_display())
            else:
                key = (1, body.town.code, body.town.name)
            groups.setdefault(key, []).append(self.choice(body))
        for key in sorted(groups):
            yield key[-1], groups[key]


def offer_bodies(form: forms.BaseForm, rows: QuerySet[MediationOrganisation]) -> None:
    """Let ``organisation`` of a form choose among the bodies, grouped by town."""
    field: Any = form.fields["organisation"]
    field.iterator = BodiesByTown
    field.queryset = rows
    hint_if_empty(form, "organisation", NO_BODY, BODIES)


def confine(form: Any, towns: list[Unit] | None, case: Any = None) -> None:
    """Who acts for towns chooses these and their bodies; what a stored case has stays possible.

    A single town and a single body are preset.  ``None``: nothing is narrowed.
    """
    if towns is None:
        return
    kept = {unit.pk for unit in towns} | ({case.town_id} if case is not None else set())
    town: Any = form.fields["town"]
    town.within = lambda: all_towns.choices().filter(pk__in=kept)
    town.queryset = None
    town.required = True
    town.outside = ONLY_OWN
    own = bodies_of(towns)
    if case is not None:
        own |= Q(pk=case.organisation_id)
    body: Any = form.fields["organisation"]
    body.queryset = body.queryset.filter(own)
    body.error_messages["invalid_choice"] = ONLY_OWN_BODY
    if case is None:
        preset(form, towns, body.queryset)


def preset(form: Any, towns: list[Unit], bodies: QuerySet[MediationOrganisation]) -> None:
    """The one town, and its committee where it has one only, stand there already."""
    if len(towns) == 1:
        form.fields["town"].empty_label = None
        form.initial.setdefault("town", towns[0].pk)
    committees = list(bodies.filter(level=Level.TOWN)[:2])
    if len(committees) == 1:
        form.initial.setdefault("organisation", committees[0].pk)
    elif not committees and not bodies.exists():
        form.fields["organisation"].help_text = NO_TOWN_BODY


def towns_of_entry(user: User | None, action: str = OPEN) -> list[Unit] | None:
    """The towns to which a person's entries are confined, None for the county's people."""
    return confined_to(user, action)
