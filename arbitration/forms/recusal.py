"""回避: the request and its decision."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from arbitration.models import Recusal, StaffMember
from arbitration.workflows import recusals
from hrss_portal.access.models import User
from hrss_portal.casework.forms import MoveForm
from hrss_portal.parties.fields import DateField, NamesField, TextCell

#: People from outside who may be challenged too, known by their name alone.
OUTSIDE = (Recusal.Part.INTERPRETER, Recusal.Part.APPRAISER, Recusal.Part.INSPECTOR)
Choice = tuple[str, str]
#: The key of a choice, who it is, in which part, and with which account of the portal.
Known = tuple[str, StaffMember | User, Recusal.Part, User | None]


class RecusalForm(MoveForm):
    """回避申请 against an arbitrator or who keeps the record (办案规则 Articles 11, 12).

    ``whom`` is a seat, a hand of the case, or one of ``OUTSIDE`` with the ``name`` of the person.
    """

    on = DateField(label="提出日期", past=True)
    whom = forms.ChoiceField(
        label="被申请回避的人员",
        help_text="承办人、书记员没有列出的，先由院长分派到本案",
    )
    name = NamesField(label="被申请回避人员的姓名", required=False, max_length=50)
    asked_by = NamesField(label="申请人", max_length=80)
    reason = TextCell(label="事由", max_length=1000, widget=forms.Textarea({"rows": 3}))

    show_when: ClassVar = {"name": f"whom={'|'.join(OUTSIDE)}"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {told[0]: told for told in self._of_the_case()}
        here = [(key, _words(who, part, user)) for key, who, part, user in self.known.values()]
        outside: list[Choice] = [(str(one.value), str(one.label)) for one in OUTSIDE]
        self.fields["whom"].choices = [("", "请选择"), *here, ("其他人员", outside)]

    def _of_the_case(self) -> Iterable[Known]:
        """Who sits, handles and assists, each once: by the register, else by the account.

        Where the register knows no account of one who sits, a hand of the case with his name is the
        same person, else the only account of the bureau that bears it.  Of several nobody knows
        whose it is: all of them keep away (``recusals.is_about``).
        """
        arbitrator, keeper = Recusal.Part.ARBITRATOR, Recusal.Part.CLERK
        seated = StaffMember.objects.filter(
            seats__dispute=self.case.pk, seats__left_on__isnull=True
        )
        hands = ((self.case.handler, arbitrator), (self.case.deputy, keeper))
        by_name = {user.name: user for user, _ in hands if user}
        named: set[int | None] = set()
        for member in seated.select_related("user").order_by("pk"):
            account = member.user or by_name.get(member.name) or self._namesake(member)
            named.add(account.pk if account else None)
            yield f"member:{member.pk}", member, arbitrator, account
        for user, part in hands:
            if user is None or user.pk in named:
                continue
            named.add(user.pk)
            row = StaffMember.objects.filter(user=user, voided_at__isnull=True).first()
            key = f"member:{row.pk}" if row else f"user:{user.pk}"
            yield key, row or user, part, user

    def _namesake(self, member: StaffMember) -> User | None:
        """The only account of the bureau with the name of a member; None where there are more."""
        same = recusals.namesakes(self.case, member.name)
        return same[0] if len(same) == 1 else None

    def clean(self) -> dict[str, Any]:
        """Whoever is no part of the house is named."""
        data = super().clean() or {}
        if data.get("whom") in OUTSIDE and not data.get("name"):
            self.add_error("name", "写明被申请回避人员的姓名")
        return data

    def move_data(self) -> dict[str, Any]:
        """The one who is challenged, as a row of the register, an account, or a name."""
        data = super().move_data()
        whom, name = data.pop("whom"), data.pop("name")
        who, part, account = None, None, None
        if whom in self.known:
            _, who, part, account = self.known[whom]
        return {
            **data,
            "member": who if isinstance(who, StaffMember) else None,
            "user": account,
            "name": "" if who else name,
            "part": str(part.value) if part else whom,
        }


def _words(who: StaffMember | User, part: Recusal.Part, account: User | None) -> str:
    """Who it is and in which part; an account that only the name tells is named."""
    tied = isinstance(who, StaffMember) and account is not None and who.user_id is None
    told = f"，按姓名即账号{account.staff_no}" if tied and account else ""
    return f"{who.name}（{part.label}{told}）"


class RecusalChoice(forms.ModelChoiceField):
    """One of the requests, with who asks and why: that is what is decided on."""

    def label_from_instance(self, obj: Any) -> str:
        """Day, person, who asks, and the reason."""
        return f"{obj}（{obj.get_part_display()}）：{obj.asked_by}申请，{obj.reason}"


class RecusalDecisionForm(MoveForm):
    """回避决定; whose request is the commission's to decide is left to it."""

    by_commission: ClassVar[bool] = False

    recusal = RecusalChoice(label="回避申请", queryset=None)
    granted = forms.TypedChoiceField(
        label="决定",
        choices=[("1", "准许回避"), ("0", "驳回申请")],
        coerce=lambda value: value == "1",
    )
    note = TextCell(
        label="理由",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="印在回避决定书上；口头决定的同样写明，决定书不需要的写“口头决定，已记录”",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [one.pk for one in recusals.about_director(self.case)]
        waiting = self.case.recusals.filter(granted__isnull=True)
        found = waiting.filter(pk__in=own) if self.by_commission else waiting.exclude(pk__in=own)
        self.fields["recusal"].queryset = found

    def move_data(self) -> dict[str, Any]:
        """Whom the decision is about: the clock of that request is met, no other."""
        data = super().move_data()
        about = data["recusal"]
        return {**data, "member": about.member, "user": about.user, "name": about.name}


class CommissionRecusalForm(RecusalDecisionForm):
    """仲裁委员会的回避决定, about its director alone."""

    by_commission = True
    meeting = TextCell(
        label="仲裁委员会会议",
        max_length=200,
        help_text="会议日期、参加人或者会议纪要文号；主任本人不参加",
    )
