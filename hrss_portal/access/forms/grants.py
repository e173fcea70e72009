"""Forms of grants, delegations, absences and second signatures."""

from typing import Any

from django import forms
from django.utils import timezone

from hrss_portal import areas
from hrss_portal.access.models import Absence, Delegation, Grant, Unit, User
from hrss_portal.access.models.grants import POSTS, all_classes
from hrss_portal.access.policy import visible
from hrss_portal.access.roles import DATA_CLASSES

DAY = {"autocomplete": "off"}
DAY_FORMATS = ["%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y/%m/%d"]


def area_choices() -> list[tuple[str, str]]:
    """Every app in which some role is declared, by label."""
    named = {config.label: str(config.verbose_name) for config in areas.portal_apps()}
    declared = {role.area for role in areas.declared("roles")}
    return [(label, named[label]) for label in named if label in declared]


def _day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={"required": f"填写{label}", "invalid": "日期写成 2026-03-05 或 20260305"},
        **more,
    )


class GrantForm(forms.ModelForm):
    """Proposes that a person holds a post."""

    post = forms.ChoiceField(label="岗位", choices=POSTS)
    area = forms.ChoiceField(label="业务", required=False)
    classes = forms.MultipleChoiceField(
        label="可看的敏感信息上限",
        choices=DATA_CLASSES,
        required=False,
        initial=all_classes,
        widget=forms.CheckboxSelectMultiple,
        help_text="只能比岗位规定的少，不能多",
    )
    valid_until = _day("有效期至", required=False, help_text="不填为长期")
    reason = forms.CharField(
        label="理由", max_length=200, error_messages={"required": "填写授权理由"}
    )

    class Meta:
        model = Grant
        fields = ["post", "unit", "area", "classes", "valid_until"]

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(visible(by, Unit), is_active=True)
        self.fields["unit"].queryset = units.exclude(  # type: ignore[attr-defined]
            kind=Unit.Kind.VILLAGE
        )
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            ("", "岗位的全部业务"),
            *area_choices(),
        ]

    def clean_valid_until(self) -> Any:
        """A grant that has already ended is a typing error."""
        day = self.cleaned_data["valid_until"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError("有效期不能早于今天")
        return day

    def _post_clean(self) -> None:
        """The model's constraints are checked when the second person confirms."""


class DelegationForm(forms.ModelForm):
    """Records a written delegation: the own, or one that its giver has to confirm."""

    area = forms.ChoiceField(label="业务")
    moves = forms.CharField(
        label="办理事项",
        help_text="事项代码，用逗号分开",
        error_messages={"required": "填写办理事项"},
    )
    from_on = _day("自")
    to_on = _day("至")
    scan = forms.FileField(
        label="授权文件扫描件", error_messages={"required": "上传签字盖章的授权文件扫描件"}
    )

    class Meta:
        model = Delegation
        fields = ["giver", "taker", "area", "moves", "from_on", "to_on", "file_ref", "reason"]
        error_messages = {
            "file_ref": {"required": "填写授权文件的文号"},
            "reason": {"required": "填写事由"},
        }

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(visible(by, User), is_active=True)
        for name in ("giver", "taker"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]
        self.fields["giver"].initial = by.pk
        self.fields["giver"].help_text = "替别人登记的，委托人本人在“双人复核”确认后生效"
        self.fields["area"].choices = area_choices()  # type: ignore[attr-defined]

    def clean_moves(self) -> list[str]:
        """Codes of moves, one by one."""
        text = self.cleaned_data["moves"].replace("，", ",").replace("、", ",")
        return [code.strip() for code in text.split(",") if code.strip()]


class AbsenceForm(forms.ModelForm):
    """Records who is absent until when; the person's B works the queue meanwhile."""

    from_on = _day("自")
    to_on = _day("至")

    class Meta:
        model = Absence
        fields = ["user", "from_on", "to_on", "reason"]

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(visible(by, User), is_active=True)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]

    def clean_user(self) -> User:
        """Without a B there is nobody to see the queue."""
        user: User = self.cleaned_data["user"]
        if user.deputy_id is None:
            raise forms.ValidationError(f"{user.name}还没有 B 岗，先在用户页指定")
        return user


class AnswerForm(forms.Form):
    """The words of the second person."""

    answer = forms.CharField(label="复核意见", max_length=200, required=False)
