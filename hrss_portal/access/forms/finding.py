"""What the list of accounts may be asked for."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from hrss_portal.access.models import Grant, Unit, User
from hrss_portal.access.policy import visible
from hrss_portal.access.roles import POST_LABELS

EXPIRES_SOON = timedelta(days=30)
STATES = [
    ("", "全部"),
    ("active", "在用"),
    ("disabled", "停用"),
    ("expiring", "30天内岗位到期"),
    ("postless", "在用而没有岗位"),
]


class UserQuery(forms.Form):
    """The accounts of a unit, in a post, in a state; an answer that is none asks nothing."""

    fields: dict[str, Any]

    q = forms.CharField(
        label="用户",
        required=False,
        widget=forms.TextInput({"type": "search", "placeholder": "姓名、工号、首字母"}),
    )
    unit = forms.ModelChoiceField(label="单位", required=False, queryset=None, empty_label="全部")
    post = forms.ChoiceField(
        label="岗位", required=False, choices=[("", "全部"), *POST_LABELS.items()]
    )
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["unit"].queryset = Unit.objects.filter(visible(user, Unit)).order_by("path")
        self.is_valid()

    def found(self, users: QuerySet[User]) -> QuerySet[User]:
        """Those of ``users`` that the questions leave."""
        asked = self.cleaned_data
        if q := asked.get("q", "").strip():
            users = users.filter(
                Q(name__contains=q)
                | Q(staff_no__istartswith=q)
                | Q(pinyin_initials__startswith=q.lower())
            )
        if asked.get("unit"):
            users = users.filter(unit__in=Unit.objects.within(asked["unit"]))
        if asked.get("post"):
            users = users.filter(grants__in=Grant.objects.in_force().filter(post=asked["post"]))
        state = asked.get("state")
        if state == "disabled":
            users = users.filter(is_active=False)
        elif state:
            users = users.filter(is_active=True)
        if state == "expiring":
            last = timezone.localdate() + EXPIRES_SOON
            ending = Grant.objects.in_force().filter(valid_until__lte=last)
            users = users.filter(grants__in=ending)
        elif state == "postless":
            users = users.exclude(grants__in=Grant.objects.in_force())
        return users.distinct()
