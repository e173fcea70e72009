"""Factories of units, users and what they hold."""

from datetime import date

import factory

from hrss_portal.access.models import Absence, Delegation, Grant, Unit, User

PASSWORD = "Changting-2026"


class UnitFactory(factory.django.DjangoModelFactory):
    """A bureau unless a parent or kind is given."""

    class Meta:
        model = Unit

    kind = Unit.Kind.BUREAU
    name = factory.Sequence(lambda n: f"测试县{n}人力资源和社会保障局")
    region = "341522"
    numbering_prefix = "霍"


class OfficeFactory(UnitFactory):
    """An office of a bureau."""

    kind = Unit.Kind.OFFICE
    parent = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"第{n}股")
    region = ""
    numbering_prefix = ""


class TownFactory(OfficeFactory):
    """A town served by a bureau."""

    kind = Unit.Kind.TOWN
    name = factory.Sequence(lambda n: f"第{n}镇")
    code = factory.Sequence(lambda n: f"341522{n:03d}")


class UserFactory(factory.django.DjangoModelFactory):
    """A person with a password (``PASSWORD``) and no grant."""

    class Meta:
        model = User

    staff_no = factory.Sequence(lambda n: f"T{n:05d}")
    name = factory.Sequence(lambda n: f"测试员{n}")
    unit = factory.SubFactory(OfficeFactory)

    @classmethod
    def _create(cls, model_class: type[User], *args: object, **kwargs: object) -> User:
        kwargs.setdefault("password", PASSWORD)
        return model_class.objects.create_user(*args, **kwargs)


class GrantFactory(factory.django.DjangoModelFactory):
    """A post held at the user's unit, in all areas."""

    class Meta:
        model = Grant

    user = factory.SubFactory(UserFactory)
    unit = factory.SelfAttribute("user.unit")
    post = "EMP"


class AbsenceFactory(factory.django.DjangoModelFactory):
    """Absent all through 2026."""

    class Meta:
        model = Absence

    user = factory.SubFactory(UserFactory)
    from_on = date(2026, 1, 1)
    to_on = date(2026, 12, 31)


class DelegationFactory(factory.django.DjangoModelFactory):
    """Extensions delegated all through 2026."""

    class Meta:
        model = Delegation

    giver = factory.SubFactory(UserFactory)
    taker = factory.SubFactory(UserFactory)
    area = "access"
    moves = ["extend"]
    from_on = date(2026, 1, 1)
    to_on = date(2026, 12, 31)
    file_ref = "测委〔2026〕1号"
    reason = "测试"
