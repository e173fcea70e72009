"""The 360 page: what is known of a party, its facts, restrictions, merges, timeline, viewers."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.generic import View

from hrss_portal.access import policy
from hrss_portal.audit.log import record_access, viewers
from hrss_portal.parties import reveals, timeline
from hrss_portal.parties.choices import PersonState
from hrss_portal.parties.facts import facts_of
from hrss_portal.parties.models import Employer, Merge, Person
from hrss_portal.parties.restrictions import restrictions_of
from hrss_portal.parties.views.kinds import EMPLOYER, PERSON, Kind, party_or_404, user_of

VIEWERS = 20


def row(label: str, value: Any, **more: Any) -> dict[str, Any]:
    """A line of the summary list."""
    return {"label": label, "value": value, **more}


Section = tuple[str, list[Any]]


def person_rows(person: Person, *, health: bool, reveal: str) -> list[Section]:
    """The sections of a person's page."""
    sections = [
        ("身份", _identity(person, reveal)),
        ("联系和住址", _whereabouts(person, reveal)),
        (
            "学历和类别",
            [
                row("文化程度", person.get_education_display()),
                row("毕业院校及专业", person.school_major),
                row("毕业时间", person.graduated_on),
                row("政治面貌", person.get_politics_display()),
                row("人员类别", "、".join(person.tag_labels), wide=True),
            ],
        ),
        (
            "其他",
            [
                row(
                    "银行卡号",
                    person.masked_card,
                    note=person.bank_name,
                    reveal=f"{reveal}?field=bank_card" if person.bank_card else "",
                ),
                row("备注", person.remark, wide=True),
            ],
        ),
    ]
    if health:
        grade = person.get_disability_grade_display()
        sections[3][1].insert(0, row("残疾", f"{person.get_disability_display()} {grade}".strip()))
    return sections


def _identity(person: Person, reveal: str) -> list[Any]:
    former = f"曾用名 {person.former_name}" if person.former_name else ""
    number = person.masked_id or f"无（{person.no_id_reason}）"
    show = f"{reveal}?field=id_number" if person.id_number else ""
    return [
        row("姓名", person.name, note=former),
        row(person.get_id_kind_display(), number, reveal=show),
        row("性别", person.get_sex_display()),
        row("出生日期", person.birth),
        row("年龄", person.age_on(timezone.localdate())),
        row("民族", person.get_ethnic_display()),
    ]


def _whereabouts(person: Person, reveal: str) -> list[Any]:
    show = f"{reveal}?field=phone" if person.phone else ""
    return [
        row("联系电话", person.masked_phone, reveal=show),
        row("乡镇（园区）", person.town),
        row("村（社区）", person.village),
        row("常住地址", person.address, wide=True),
        row("户籍地址", person.hukou_address, wide=True),
        row("户籍性质", person.get_hukou_kind_display()),
    ]


def employer_rows(employer: Employer, *, reveal: str) -> list[Section]:
    """The sections of an employer's page."""
    phone = f"{reveal}?field=contact_phone" if employer.contact_phone else ""
    return [
        ("名称和证照", _registration(employer, reveal)),
        (
            "地址和联系",
            [
                row("乡镇（园区）", employer.town),
                row("联系人", employer.contact),
                row("联系电话", employer.masked_phone, reveal=phone),
                row("注册地址", employer.reg_address, wide=True),
                row("经营（用工）地址", employer.address, wide=True),
            ],
        ),
        ("行业和规模", _size(employer)),
        (
            "状态和标记",
            [
                row("经营状态", employer.get_op_status_display()),
                row("守法诚信等级", employer.get_credit_grade_display()),
                row("社保单位编号", employer.si_no),
                row("四上企业", employer.get_four_up_display() or _yes(employer.is_four_up)),
                row("重点缺工企业", _yes(employer.is_short_staffed)),
                row("结对帮扶市县企业", _yes(employer.paired_county)),
                row("备注", employer.remark, wide=True),
            ],
        ),
    ]


def _registration(employer: Employer, reveal: str) -> list[Any]:
    legal = f"{reveal}?field=legal_rep_id" if employer.legal_rep_id else ""
    code = employer.uscc or f"无（{employer.no_uscc_reason}）"
    return [
        row("单位名称", employer.name, note="、".join(employer.former_names), wide=True),
        row("统一社会信用代码", code),
        row("旧注册号", employer.old_register_no),
        row("单位类型", employer.get_kind_display()),
        row("所有制", employer.get_ownership_display()),
        row("法定代表人", employer.legal_rep),
        row("法定代表人证件号", employer.masked_legal_rep_id, reveal=legal),
        row("成立日期", employer.founded_on),
    ]


def _size(employer: Employer) -> list[Any]:
    by_hand = "人工认定：" if employer.size_by_hand else ""
    size = employer.get_size_display() or "未判定"
    return [
        row("行业", employer.industry_label, note=employer.industry_group),
        row("从业人员数", employer.headcount),
        row("上年营业收入", _wan(employer.revenue)),
        row("资产总额", _wan(employer.assets)),
        row("企业规模", size, note=by_hand + employer.size_why),
    ]


def _yes(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


def _wan(amount: Any) -> str:
    return "" if amount is None else f"{(amount / 10_000).normalize():f} 万元"


@method_decorator(never_cache, name="dispatch")
class Detail(View):
    """One party.  Opening the page is noted in the access log."""

    kind: ClassVar[Kind]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; of a row that was merged away, the way to the one that stands."""
        kind, user = self.kind, user_of(request)
        party = party_or_404(kind, pk)
        label = party.masked_name if kind.noun == "person" else party.name
        record_access("view", subject_type=f"parties.{kind.noun}", subject_id=pk, label=label)
        area = request.GET.get("area", "")
        seen = viewers(f"parties.{kind.noun}", pk)
        facts = facts_of(party) if isinstance(party, Employer) else None
        context = {
            "title": party.name,
            "page_id": f"parties-{kind.noun}",
            "kind": kind,
            "party": party,
            "sections": self.sections(party, user, reverse(kind.url("reveal"), args=[pk])),
            "restrictions": restrictions_of(party).select_related("unit", "set_by"),
            "today": timezone.localdate(),
            "facts": facts,
            "merges": Merge.objects.filter(noun=kind.noun, stands_id=pk).select_related("done_by"),
            "timeline": timeline.of(party, user=user, area=area),
            "area": area,
            "seen": seen[:VIEWERS],
            "seen_count": seen.count(),
            "may": {
                verb: policy.can(user, kind.action(verb), party)
                for verb in ("edit", "merge", "stop", "reveal")
            },
            "may_restrict": policy.can(user, "parties.restriction.add"),
            "may_lift": policy.can(user, "parties.restriction.lift"),
            "may_undo": policy.can(user, "parties.merge.undo"),
        }
        return render(request, "parties/detail.html", context)

    def sections(self, party: Any, user: Any, reveal: str) -> list[tuple[str, list[Any]]]:
        """What is known, in sections."""
        if isinstance(party, Employer):
            return employer_rows(party, reveal=reveal)
        health = policy.sees_class(user, party, "P5")
        return person_rows(party, health=health, reveal=reveal)


@method_decorator(never_cache, name="dispatch")
class Reveal(View):
    """查看完整信息: asks for the reason, then shows one value once."""

    kind: ClassVar[Kind]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The question why."""
        return self.page(request, party_or_404(self.kind, pk), request.GET.get("field", ""))

    @method_decorator(sensitive_variables("value"))
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The value, after the log entry; 400 with words without a reason or over the limit."""
        party, field = party_or_404(self.kind, pk), request.POST.get("field", "")
        user = user_of(request)
        if request.POST.get("unlock"):
            reveals.ask_unlock(user, request.POST.get("note", ""))
            messages.success(request, "已向股室负责人申请，同意后可继续查看")
            return redirect(party.get_absolute_url())
        try:
            value = reveals.reveal(
                party,
                field,
                by=user,
                reason=request.POST.get("reason", ""),
                note=request.POST.get("note", ""),
                case_id=_case_number(request.POST.get("case", "")),
            )
        except reveals.NeedsUnlock as error:
            return self.page(request, party, field, error=error.messages[0], locked=True)
        except ValidationError as error:
            return self.page(request, party, field, error=error.messages[0])
        return self.page(request, party, field, value=value)

    def page(self, request: HttpRequest, party: Any, field: str, **more: Any) -> HttpResponse:
        """The reasons, the value or the refusal."""
        labels = dict(reveals.FIELDS[self.kind.noun])
        field = field if field in labels else next(iter(labels))
        context = {
            "title": f"查看{labels[field]}",
            "page_id": f"parties-{self.kind.noun}-reveal",
            "page_state": "error" if more.get("error") else "ready",
            "kind": self.kind,
            "party": party,
            "field": field,
            "field_label": labels[field],
            "reasons": reveals.REASONS,
            "reason": request.POST.get("reason", ""),
            "note": request.POST.get("note", ""),
            "case": request.POST.get("case", ""),
            **more,
        }
        status = 400 if more.get("error") else 200
        return render(request, "parties/reveal.html", context, status=status)


def _case_number(text: str) -> int:
    """The number of a case, 0 where none is given.  Raises ``ValidationError``."""
    if text and not (text.isdecimal() and len(text) <= 18):
        raise ValidationError("案件的编号不对")
    return int(text or 0)


class Stop(View):
    """停用 (death, wrong entry) and 恢复 of a person's row, by the head of an office."""

    policy = PERSON.action("stop")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Switch the state, with the reason."""
        person = party_or_404(PERSON, pk)
        policy.require(user_of(request), PERSON.action("stop"), person)
        with transaction.atomic():
            person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
            self.switch(request, person)
        return redirect(person.get_absolute_url())

    def switch(self, request: HttpRequest, person: Person) -> None:
        """Change the state of the locked row, or say why not."""
        reason = request.POST.get("reason", "").strip()[:100]
        target = request.POST.get("state", "")
        turn: dict[str, str] = {
            PersonState.VALID: PersonState.STOPPED,
            PersonState.STOPPED: PersonState.VALID,
        }
        if not reason:
            messages.error(request, "填写停用或恢复的原因")
        elif target != turn.get(person.state):
            messages.info(request, f"已经是“{person.get_state_display()}”")
        else:
            person.state, person.state_reason = target, reason
            person.updated_by, person.version = user_of(request), person.version + 1
            person.save()
            messages.success(request, f"已改为“{person.get_state_display()}”")


class PersonDetail(Detail):
    """人员 360."""

    policy = PERSON.action("view")
    kind = PERSON


class EmployerDetail(Detail):
    """单位 360."""

    policy = EMPLOYER.action("view")
    kind = EMPLOYER


class PersonReveal(Reveal):
    """查看人员完整信息."""

    policy = PERSON.action("reveal")
    kind = PERSON


class EmployerReveal(Reveal):
    """查看单位完整信息."""

    policy = EMPLOYER.action("reveal")
    kind = EMPLOYER
