"""The portal's routes with one page of an area that does something of its own."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.urls import path

from arbitration.models import Room
from hrss_portal.desk.acting import ActPage
from hrss_portal.desk.forms import DeskForm
from hrss_portal.parties.fields import TextCell
from hrss_portal.urls import handler403, handler404, handler500
from hrss_portal.urls import urlpatterns as portal

__all__ = ["handler403", "handler404", "handler500"]


class NameForm(DeskForm):
    """A new name."""

    name = TextCell(label="新名称", max_length=20)


class Rename(ActPage):
    """改名: of a hearing room."""

    policy = "arbitration.register.edit"
    model, verb = Room, "edit"
    title, submit = "改名", "改好"
    intro = "旧名称留在变更记录里。"
    guards_version: ClassVar[bool] = True

    def make(self, thing: Room, data: Any = None) -> NameForm:
        """The new name."""
        return NameForm(data)

    def act(self, thing: Room, form: Any) -> str:
        """Store it; some names are refused after they were written."""
        thing.name = form.cleaned_data["name"]
        thing.version += 1
        thing.save()
        if thing.name == "没有这间":
            raise ValidationError({"name": "换一个名称"})
        return f"已改名：{thing.name}"

    def back(self, thing: Room) -> str:
        """The list."""
        return "/rooms/"


urlpatterns = [*portal, path("rename/<int:pk>/", Rename.as_view(), name="rename")]
