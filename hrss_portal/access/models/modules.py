"""Which optional parts of the areas a bureau has, from which day."""

from django.db import models

from hrss_portal.audit.triggers import change_log


class ModuleSwitch(models.Model):
    """A module switched on or off for a bureau from a day on; the newest begun one counts.

    Confirmed by a second person; nothing of the module's rows is touched.
    """

    unit = models.ForeignKey(
        "access.Unit", models.PROTECT, verbose_name="局", related_name="module_switches"
    )
    code = models.CharField("业务模块", max_length=40)
    is_on = models.BooleanField("开展")
    from_on = models.DateField("自何日起")
    reason = models.CharField("理由", max_length=200)
    proposal = models.ForeignKey(
        "access.Proposal", models.PROTECT, verbose_name="双人复核记录", related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "业务模块开关"
        ordering = ["code", "-from_on", "-pk"]
        triggers = change_log()

    def __str__(self) -> str:
        return f"{self.code} {'开展' if self.is_on else '不开展'}（{self.from_on}起）"
