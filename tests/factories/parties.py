"""Factories of persons and employers; every number is synthetic."""

from datetime import date
from typing import Any

import factory

from hrss_portal.access.scope import acting_as_system
from hrss_portal.parties import synthetic
from hrss_portal.parties.models import Employer, Person, Restriction
from tests.factories.access import OfficeFactory

_people = synthetic.people(50_000, seed=7)
_employers = synthetic.employers(50_000, seed=7)


class _InSystemScope(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        with acting_as_system("test"):
            return super()._create(model_class, *args, **kwargs)


class PersonFactory(_InSystemScope):
    """A made-up person with an 18-character number and a mobile telephone."""

    class Meta:
        model = Person
        exclude = ("fake",)

    fake = factory.LazyFunction(lambda: next(_people))
    name = factory.SelfAttribute("fake.name")
    id_number = factory.SelfAttribute("fake.id_number")
    sex = factory.SelfAttribute("fake.sex")
    birth = factory.SelfAttribute("fake.birth")
    phone = factory.SelfAttribute("fake.phone")
    unit = factory.SubFactory(OfficeFactory)
    source = synthetic.SOURCE


class EmployerFactory(_InSystemScope):
    """A made-up manufacturer with a credit code."""

    class Meta:
        model = Employer
        exclude = ("fake",)

    fake = factory.LazyFunction(lambda: next(_employers))
    name = factory.SelfAttribute("fake.name")
    uscc = factory.SelfAttribute("fake.uscc")
    legal_rep = factory.SelfAttribute("fake.legal_rep")
    contact = factory.SelfAttribute("fake.legal_rep")
    contact_phone = factory.SelfAttribute("fake.phone")
    kind = "company"
    industry = "13"
    reg_address = "霍邱县示例路 1 号"
    unit = factory.SubFactory(OfficeFactory)
    source = synthetic.SOURCE


class RestrictionFactory(_InSystemScope):
    """A subsidy ban from the first day of 2026, on an employer unless told otherwise."""

    class Meta:
        model = Restriction

    employer = factory.SubFactory(EmployerFactory)
    kind = "no_subsidy"
    basis = "测试依据"
    from_on = date(2026, 1, 1)
    unit = factory.SubFactory(OfficeFactory)
