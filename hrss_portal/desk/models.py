"""Habits of a user at the desk: columns and page size of a list, saved views."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class ListPreference(models.Model):
    """How one user wants one list; kept on the server, so that it follows to another machine."""

    class Density(models.TextChoices):
        COMPACT = "compact", "紧凑"
        NORMAL = "normal", "适中"
        LOOSE = "loose", "宽松"

    user = models.ForeignKey("access.User", models.CASCADE, related_name="+")
    page = models.CharField("列表", max_length=80)
    columns = ArrayField(models.CharField(max_length=40), verbose_name="列", default=list)
    density = models.CharField("密度", max_length=10, choices=Density, blank=True)
    size = models.PositiveSmallIntegerField("每页条数", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "列表习惯"
        constraints = [
            models.UniqueConstraint(fields=["user", "page"], name="desk_preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.page}"


class SavedView(models.Model):
    """A set of filters with a name: a user's own, or shared with the office by its head."""

    owner = models.ForeignKey("access.User", models.CASCADE, related_name="+")
    unit = models.ForeignKey("access.Unit", models.CASCADE, related_name="+", null=True)
    page = models.CharField("列表", max_length=80)
    name = models.CharField("名称", max_length=20)
    query = models.CharField("条件", max_length=1000)
    made_at = models.DateTimeField("保存时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "常用视图"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                name="desk_view_once",
                violation_error_message="已有同名的常用视图",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="desk_view_named"),
        ]

    def __str__(self) -> str:
        return self.name
