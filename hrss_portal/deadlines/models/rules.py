"""Legal periods as dated versions."""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from hrss_portal.audit.triggers import change_log
from hrss_portal.deadlines.models.dated import Dated, version_constraints
from hrss_portal.deadlines.spec import MINIMUM, Counting, Nature, RuleSpec, Unit, standing
from hrss_portal.deadlines.tables import labels

WARNINGS = re.compile(r"(\d+(cd|wd)(;\d+(cd|wd))*)?")


class LegalRule(Dated):
    """One version of one legal or internal period.

    Basis: ``legal_basis_zh`` of each row; counting follows 民法典 200–204 and 民诉法 85 unless the
    row's own statute differs.  A change is a new version that one person proposes and a second
    confirms; the versions of one code and region never overlap.
    """

    code = models.CharField("编码", max_length=20)
    app = models.CharField("业务", max_length=20)
    case_kind = models.CharField("类别", max_length=30, blank=True)
    name_zh = models.CharField("名称", max_length=60)
    trigger_event = models.CharField("起算事由", max_length=80)
    length = models.DecimalField(
        "期限", max_digits=6, decimal_places=1, validators=[MinValueValidator(Decimal(0))]
    )
    unit = models.CharField("单位", max_length=12, choices=Unit)
    counting_rule = models.CharField("计算规则", max_length=20, choices=Counting)
    extension = models.CharField("延长", max_length=200, blank=True)
    suspension_causes = models.TextField("中止、重新计算的情形", blank=True)
    legal_basis_zh = models.CharField("依据", max_length=300)
    warn_before = models.CharField("预警", max_length=40, blank=True)
    consequence = models.CharField("后果", max_length=200, blank=True)
    direction = models.CharField(
        "方向", max_length=6, choices=[("after", "之后"), ("before", "之前")], default="after"
    )
    actor = models.CharField("义务人", max_length=20, default="bureau")
    nature = models.CharField("性质", max_length=15, choices=Nature)
    ext_length = models.PositiveIntegerField("最多延长", null=True, blank=True)
    ext_unit = models.CharField("延长单位", max_length=12, choices=Unit, blank=True)
    ext_approver = models.CharField("延长批准人", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "期限规则"
        ordering = ["code", "region", "valid_from"]
        constraints = [
            *version_constraints("deadlines_rule", "code", noun="规则"),
            models.CheckConstraint(
                condition=Q(ext_length=None) | Q(ext_unit=F("unit")),
                name="deadlines_rule_extension_unit",
                violation_error_message="延长的单位应与期限的单位一致",
            ),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    def clean(self) -> None:
        """Checks what the database cannot say in words."""
        if not WARNINGS.fullmatch(self.warn_before):
            raise ValidationError({"warn_before": "写成 15cd;2wd 的样子：cd 自然日，wd 工作日"})
        if (self.length or 0) % 1 and self.counting_rule != Counting.HALF_DAY:
            raise ValidationError({"length": "期限应为整数；只有半个工作日可以写 0.5"})

    @property
    def spec(self) -> RuleSpec:
        """The version as arithmetic needs it."""
        return RuleSpec(
            code=self.code,
            name=self.name_zh,
            trigger_event=self.trigger_event,
            length=self.length,
            unit=self.unit,
            counting=self.counting_rule,
            nature=self.nature,
            sureness=self.sureness,
            region=self.region,
            basis=self.legal_basis_zh,
            warn_before=self.warn_before,
            extendable=bool(self.extension),
            ext_length=self.ext_length,
            ext_unit=self.ext_unit,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )

    @property
    def standing(self) -> str:
        """法定, 本地默认, 待确认 …: the only word a screen may use for its rank."""
        return standing(self.nature, self.sureness)

    @property
    def is_minimum(self) -> bool:
        """Whether it says before when something must not be done, instead of by when it must."""
        return self.counting_rule in MINIMUM

    @property
    def app_label(self) -> str:
        """The work it belongs to, in Chinese."""
        return labels("app").get(self.app, self.app)

    @property
    def actor_label(self) -> str:
        """Whose duty or right it is, in Chinese."""
        return labels("actor").get(self.actor, self.actor)

    @property
    def period(self) -> str:
        """The length in words: ``45 自然日``, ``以文书为准``."""
        if not self.length:
            return Counting(self.counting_rule).label
        return f"{self.length.normalize():f} {Unit(self.unit).label}"

    @property
    def warning_words(self) -> str:
        """When warnings go out: ``15cd;2wd`` as ``到期前 15 自然日、2 工作日``; empty for none."""
        units = {"cd": "自然日", "wd": "工作日"}
        steps = [f"{one[:-2]} {units[one[-2:]]}" for one in self.warn_before.split(";") if one]
        return f"到期前 {'、'.join(steps)}" if steps else ""
