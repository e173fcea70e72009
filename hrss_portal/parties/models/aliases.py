"""Names that people write in two ways."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from hrss_portal.audit.triggers import change_log
from hrss_portal.parties import names


class Alias(models.Model):
    """One way of writing that means another: in one list (the label of a field), or anywhere.

    Read where a form, a sheet or the interface does not know a word of a list or a township; the
    entry itself is never changed, only what is stored.
    """

    list = models.CharField("用于", max_length=60, blank=True)
    written = models.CharField("写作", max_length=80)
    key = models.CharField(max_length=80, editable=False)
    means = models.CharField("即", max_length=80)
    note = models.CharField("说明", max_length=200, blank=True)
    is_shipped = models.BooleanField("随系统发布", default=False, editable=False)
    noted_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    noted_by = models.ForeignKey(
        "access.User", models.PROTECT, related_name="+", null=True, editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "写法对照"
        ordering = ["list", "written"]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "key"],
                name="parties_alias_once",
                violation_error_message="这个写法已经登记过",
            ),
            models.CheckConstraint(
                condition=~models.Q(written="") & ~models.Q(means=""), name="parties_alias_words"
            ),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.written} → {self.means}"

    def clean(self) -> None:
        """The key by which the way of writing is found, whatever its brackets and blanks."""
        self.key = names.match_key(self.written)
        same = Alias.objects.filter(list=self.list, key=self.key).exclude(pk=self.pk)
        if same.exists():
            raise ValidationError({"written": "这个写法已经登记过"})
