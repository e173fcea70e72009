"""Commendations and bonus points of the bureau, its offices and its people."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrss_portal.access.scope import Scope
from hrss_portal.activities.models.base import Activity
from hrss_portal.activities.models.choices import Level
from hrss_portal.audit.triggers import change_log


class Commendation(Activity):
    """A commendation from above, with its document and the bonus points it brings."""

    scope: ClassVar[Scope] = Scope(
        area="activities", noun="commendation", unit="unit", town="town", own=("created_by",)
    )

    title = models.CharField("表扬（表彰）名称", max_length=150)
    on = models.DateField("日期", default=timezone.localdate)
    level = models.CharField("级别", max_length=10, choices=Level)
    body = models.CharField("授予单位", max_length=100)
    document = models.CharField("文号", max_length=60, blank=True)
    subject = models.CharField("受表扬的单位（个人）", max_length=100)
    matter = models.CharField("事项", max_length=200, blank=True)
    points = models.DecimalField("加分", max_digits=6, decimal_places=2, null=True, blank=True)
    file = models.ForeignKey(
        "documents.File",
        models.PROTECT,
        verbose_name="文件",
        related_name="+",
        null=True,
        blank=True,
    )
    topics = models.ManyToManyField(
        "activities.Topic", verbose_name="事由", related_name="commendations", blank=True
    )

    class Meta:
        verbose_name, verbose_name_plural = "表扬", "表扬和加分"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0),
                name="activities_commendation_points",
                violation_error_message="加分不能是负数",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.title
