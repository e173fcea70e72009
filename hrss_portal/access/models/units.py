"""The organisation as a tree of units."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models, router

from hrss_portal.access.acting import forget_rights
from hrss_portal.access.pinyin import first_letters
from hrss_portal.access.scoping import Scope
from hrss_portal.audit.triggers import change_log

WIDTH = 5  # digits of one step of the path: 99,999 units in one database


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units by their place in the tree."""

    def active(self) -> Self:
        """Units in use."""
        return self.filter(is_active=True)

    def roots(self) -> Self:
        """Bureaus: each has its region, its number prefixes and its reports."""
        return self.filter(parent=None)

    def within(self, unit: "Unit") -> Self:
        """The unit and everything below it."""
        return self.filter(path__startswith=unit.path)

    def towns(self) -> Self:
        """Townships and parks, in the order of their codes."""
        return self.filter(kind=Unit.Kind.TOWN).order_by("code", "pk")


class Unit(models.Model):
    """A bureau, its offices, the towns and villages it serves, and outside bodies.

    Several roots may live in one database (a prefecture with its counties): a root carries the
    ``region`` for dated rules and the ``numbering_prefix`` of its document numbers.  ``led_by`` is
    the deputy director in charge (分管领导), which is what the scope "chain" follows.  ``areas``
    are the work areas whose matters the office handles, wherever they were taken in.
    """

    class Kind(models.TextChoices):
        BUREAU = "bureau", "局"
        OFFICE = "office", "股室、二级机构"
        TOWN = "town", "乡镇、园区"
        VILLAGE = "village", "村、社区"
        BODY = "body", "外部单位"

    parent = models.ForeignKey(
        "self",
        verbose_name="上级单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    path = models.CharField("路径", max_length=60, unique=True, editable=False)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    code = models.CharField("代码", max_length=20, blank=True, db_index=True)
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=20, blank=True)
    synonyms = models.JSONField("别名", default=list, blank=True)
    initials = models.CharField("拼音首字母", max_length=30, blank=True)
    region = models.CharField("行政区划代码", max_length=12, blank=True)
    numbering_prefix = models.CharField("文号前缀", max_length=30, blank=True)
    phone = models.CharField("电话", max_length=30, blank=True)
    areas = ArrayField(
        models.CharField(max_length=30), verbose_name="承办业务", default=list, blank=True
    )
    led_by = models.ForeignKey(
        "access.User",
        verbose_name="分管领导",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
    )
    is_active = models.BooleanField("在用", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    scope = Scope(area="access", noun="unit", unit="id")
    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                nulls_distinct=False,
                name="access_unit_name",
                violation_error_message="同一上级下已有同名单位",
            ),
        ]
        triggers = change_log(skip=("version",))

    def __str__(self) -> str:
        return self.short_name or self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the path, and the paths of everything below when the unit moves."""
        self.initials = first_letters(self.name)[:30]
        if self.pk is None:
            self.pk = self._next_id(kwargs.get("using"))
            kwargs["force_insert"] = True
        before, self.path = self.path, f"{self._parent_path()}{self.pk:0{WIDTH}d}/"
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "path", "initials"}
        super().save(*args, **kwargs)
        if before and before != self.path:
            self._move_below(before)
        forget_rights()

    def _next_id(self, using: str | None) -> int:
        connection = connections[using or router.db_for_write(type(self), instance=self)]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [self._meta.db_table]
            )
            return int(cursor.fetchone()[0])

    def _parent_path(self) -> str:
        return self.parent.path if self.parent is not None else ""

    def _move_below(self, before: str) -> None:
        below = Unit.objects.filter(path__startswith=before).exclude(pk=self.pk)
        moved = models.functions.Concat(
            models.Value(self.path), models.functions.Substr("path", len(before) + 1)
        )
        below.update(path=moved)

    @property
    def root_id(self) -> int:
        """The id of the bureau at the top, read from the path."""
        return int(self.path.split("/", 1)[0])

    @staticmethod
    def path_of_root(key: int) -> str:
        """The path of a bureau by its id: every unit of the bureau begins with it."""
        return f"{key:0{WIDTH}d}/"

    @property
    def root_path(self) -> str:
        """The path of the bureau at the top: every unit of the bureau begins with it."""
        return self.path.split("/", 1)[0] + "/"

    @property
    def root(self) -> "Unit":
        """The bureau at the top, read once for each unit in hand."""
        if self.parent_id is None:
            return self
        known: Unit | None = self.__dict__.get("_root")
        if known is None or known.pk != self.root_id:
            known = self.__dict__["_root"] = Unit.objects.get(pk=self.root_id)
        return known

    @property
    def rules_region(self) -> str:
        """The region whose rules, rates and calendar count here: the unit's own, else its bureau's
        (an office or a court has none of its own)."""
        return str(self.region or self.root.region)

    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to the unit itself."""
        return [int(step) for step in self.path.rstrip("/").split("/")]

    def contains(self, other: "Unit") -> bool:
        """Whether the other unit is this one or below it."""
        return other.path.startswith(self.path)
