"""Forms of the notifications pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hrss_portal.notifications.gateways import check_endpoint
from hrss_portal.notifications.models import Announcement, Endpoint, MessageKind


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; each is checked when it is stored."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """All files that were chosen."""
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        if not chosen:
            super().clean(None, initial)
        return [super(FilesField, self).clean(one, initial) for one in chosen]


class AnswerForm(forms.Form):
    """An outside body's answer."""

    text = forms.CharField(
        label="答复内容", max_length=5000, widget=forms.Textarea(attrs={"rows": 8})
    )
    name = forms.CharField(label="答复人姓名", max_length=50)
    phone = forms.CharField(label="联系电话", max_length=20, required=False)
    proofs = FilesField(label="附件", required=False, help_text="可多选，最多 5 个")

    def values(self) -> dict[str, Any]:
        """The cleaned answer as ``tasklinks.answer`` takes it."""
        data = self.cleaned_data
        return {
            "text": data["text"],
            "name": data["name"],
            "phone": data["phone"],
            "files": data["proofs"],
        }


class EnteredAnswerForm(AnswerForm):
    """A reply that came by letter or phone, entered by a clerk with proof."""

    proofs = FilesField(label="凭证", help_text="来函扫描件、通话记录等，必须上传")


class AnnouncementForm(forms.ModelForm):
    """A new announcement."""

    class Meta:
        model = Announcement
        fields = ["title", "body", "level", "from_at", "until_at"]
        widgets = {
            "body": forms.Textarea(attrs={"rows": 3}),
            "from_at": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
            "until_at": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
        }


class KindForm(forms.ModelForm):
    """The delivery guarantee of one kind of message."""

    class Meta:
        model = MessageKind
        fields = ["guarantee"]


class EndpointForm(forms.ModelForm):
    """An address of another system; its secret is made here and shown once."""

    class Meta:
        model = Endpoint
        fields = ["name", "url"]

    def clean_name(self) -> str:
        """Each name once in a bureau."""
        name: str = self.cleaned_data["name"]
        taken = Endpoint.objects.filter(bureau=self.instance.bureau_id, name=name)
        if taken.exists():
            raise ValidationError("这个名称已经登记")
        return name

    def clean_url(self) -> str:
        """Refused: this machine, reserved addresses, names that do not exist."""
        url: str = self.cleaned_data["url"]
        try:
            check_endpoint(url)
        except ValueError as error:
            raise ValidationError("地址写法有误") from error
        return url
