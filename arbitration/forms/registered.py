"""What a form says while the register that it chooses from is empty, and where that register is."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hrss_portal.access.scope import current

NOBODY = "还没有登记在职的仲裁员，先在“{}”里登记"
NO_ROOM = "还没有登记庭室，先在“{}”里登记"
NO_BODY = "还没有登记调解组织，先在“{}”里登记"
STAFF = ("arbitration:staffmember_list", "机构人员")
ROOMS = ("arbitration:room_list", "庭室")
BODIES = ("arbitration:mediationorganisation_list", "调解组织")


def register_hint(words: str, register: tuple[str, str]) -> SafeString:
    """The sentence with a link to the register, which opens beside what is half filled in."""
    route, label = register
    link = format_html('<a href="{}" target="_blank">{}</a>', reverse(route), label)
    return format_html(words, link)


def hint_if_empty(form: Any, name: str, words: str, register: tuple[str, str]) -> None:
    """A choice with nothing to choose from says where it comes from."""
    field = form.fields[name]
    if current() is None:
        return  # the form is described (for other systems), not shown to anybody
    if not field.queryset.exists():
        field.help_text = register_hint(words, register)
