"""Round: a table that the county asks its towns to return, one task for each town (填报)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hrss_portal.access.scope import Scope
from hrss_portal.activities.models.base import Activity
from hrss_portal.areas import Sheet
from hrss_portal.audit.triggers import change_log
from hrss_portal.imports import registry


class Round(Activity):
    """填报任务: which sheet, about which days, until when, what is asked.

    ``unit`` is the office that asks; the towns are those of its tasks.  What a town returns lands
    through the ledger of the sheet, as any import does: nothing is kept twice.
    """

    scope: ClassVar[Scope] = Scope(
        area="activities", noun="round", unit="unit", own=("created_by",)
    )

    title = models.CharField("名称", max_length=100)
    sheet_code = models.CharField("表", max_length=20)
    from_on = models.DateField("所属期起")
    to_on = models.DateField("所属期止")
    due_given = models.DateField("报送期限", help_text="这一天以前报，含当天")
    content = models.TextField("要求", blank=True)

    class Meta:
        verbose_name = "填报任务"
        verbose_name_plural = "乡镇填报"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")),
                name="activities_round_span",
                violation_error_message="所属期止不能早于所属期起",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.title

    @property
    def sheet(self) -> Sheet:
        """The declaration of the sheet.  Raises ``UnknownSheet`` when no app declares it now."""
        return registry.sheet(self.sheet_code)

    @property
    def sheet_title(self) -> str:
        """The title of the sheet, or its code when the declaration is gone."""
        try:
            return self.sheet.title
        except registry.UnknownSheet:
            return self.sheet_code

    @property
    def span(self) -> str:
        """The days that it is about, in words."""
        return f"{self.from_on:%Y-%m-%d} 至 {self.to_on:%Y-%m-%d}"
