"""Forms of units and accounts."""

import re
import unicodedata
from typing import Any

from django import forms
from django.db.models import Model, Q

from hrss_portal.access import custody
from hrss_portal.access.models import Unit, User
from hrss_portal.access.policy import visible
from hrss_portal.areas import work_areas

STALE = "这条记录刚被别人改过，你的修改没有保存。查看最新内容后再改"


class VersionedForm(forms.ModelForm):
    """A form of a row with ``version``: whoever saves second is told, nothing is overwritten."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version if self.instance.pk else None

    def clean(self) -> dict[str, Any]:
        """Locks the row and compares the version that the page had shown."""
        cleaned = super().clean() or {}
        if self.instance.pk is not None:
            rows = type(self.instance)._base_manager.select_for_update(of=("self",))
            now = rows.values_list("version", flat=True).get(pk=self.instance.pk)
            if now != cleaned.get("version"):
                raise forms.ValidationError(STALE, code="stale")
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Saves under the next version."""
        if self.instance.pk is not None:
            self.instance.version = self.cleaned_data["version"] + 1
        return super().save(commit)


def _within(user: User, model: type[Model], verb: str = "view") -> Any:
    """The rows of a model of ``access`` that a person may choose from."""
    return model._default_manager.filter(visible(user, model, verb))


class UnitForm(VersionedForm):
    """A unit of the bureau."""

    synonyms = forms.CharField(label="别名", required=False, help_text="用顿号分开，导入时都认")
    areas = forms.MultipleChoiceField(
        label="承办业务",
        required=False,
        choices=lambda: [(one.label, one.verbose_name) for one in work_areas()],
        widget=forms.CheckboxSelectMultiple,
        help_text="窗口收的件按此转到承办股室",
    )

    class Meta:
        model = Unit
        fields = [
            "parent",
            "kind",
            "name",
            "short_name",
            "code",
            "synonyms",
            "region",
            "numbering_prefix",
            "phone",
            "areas",
            "led_by",
            "is_active",
        ]
        help_texts = {
            "region": "局填六位行政区划代码，其他单位不填",
            "numbering_prefix": "局的文号代字，如“霍”",
            "led_by": "分管此单位的局领导",
        }
        error_messages = {"name": {"required": "填写名称"}, "kind": {"required": "选择类别"}}

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = _within(by, Unit, "edit").exclude(kind=Unit.Kind.VILLAGE)
        if self.instance.pk is not None:
            parents = parents.exclude(path__startswith=self.instance.path)
            self.initial["synonyms"] = "、".join(self.instance.synonyms)
        self.fields["parent"].queryset = parents.filter(is_active=True)  # type: ignore[attr-defined]
        leaders = Q(grants__post__in=["DIR", "VDIR"], grants__revoked_at=None)
        chosen = _within(by, User).filter(leaders, is_active=True).distinct()
        self.fields["led_by"].queryset = chosen  # type: ignore[attr-defined]

    def clean_synonyms(self) -> list[str]:
        """Other names, one by one."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["synonyms"])
        return [word for word in re.split(r"[、,;\s]+", text) if word]

    def clean(self) -> dict[str, Any]:
        """A bureau has a region, everything else a parent; nobody is left in a disabled unit."""
        cleaned = super().clean()
        is_root = cleaned.get("kind") == Unit.Kind.BUREAU and cleaned.get("parent") is None
        if is_root and not re.fullmatch(r"\d{6}", cleaned.get("region") or ""):
            self.add_error("region", "局要填六位行政区划代码，如 341522")
        if not is_root and cleaned.get("parent") is None and self.instance.parent_id is None:
            self.add_error("parent", "选择上级单位")
        if self.instance.pk is not None and not cleaned.get("is_active"):
            staff = User.objects.filter(unit__path__startswith=self.instance.path, is_active=True)
            if count := staff.count():
                self.add_error("is_active", f"还有 {count} 名在用人员，先调整他们的单位再停用")
        return cleaned


class UserForm(VersionedForm):
    """An account.  What the person may do is granted elsewhere."""

    class Meta:
        model = User
        fields = ["staff_no", "name", "unit", "phone", "deputy"]
        help_texts = {
            "staff_no": "登录用，建好后尽量不改",
            "deputy": "缺勤期间代办此人待办的同事（AB 岗），修改须另一人复核",
        }
        error_messages = {
            "staff_no": {"required": "填写工号", "unique": "工号已有人用"},
            "name": {"required": "填写姓名"},
            "unit": {"required": "选择单位"},
        }

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = _within(by, Unit).filter(is_active=True).exclude(kind=Unit.Kind.VILLAGE)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        others = _within(by, User).filter(is_active=True).exclude(pk=self.instance.pk)
        self.fields["deputy"].queryset = others  # type: ignore[attr-defined]

    def clean_deputy(self) -> User | None:
        """Nobody of the three guards."""
        deputy: User | None = self.cleaned_data["deputy"]
        custody.check_deputy(self.instance, deputy)
        return deputy

    def clean_staff_no(self) -> str:
        """Half width, upper case, letters and digits; unique whatever the case."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["staff_no"]).strip().upper()
        if not re.fullmatch(r"[A-Z0-9-]{2,20}", text):
            raise forms.ValidationError("工号只用字母、数字和短横线，2 到 20 位")
        if User.objects.filter(staff_no__iexact=text).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("工号已有人用")
        return text
