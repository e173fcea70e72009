"""What the administration and archive pages share: reasons and the two signatures."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from hrss_portal.access import keys, proposals
from hrss_portal.access.models import Proposal, User
from hrss_portal.desk.forms import DeskForm
from hrss_portal.desk.links import url_of
from hrss_portal.parties.fields import TextCell

#: The plain page of one form; the pages of cases have one that keeps drafts.
ADMIN_FORM = "desk/admin/form.html"


def me(request: HttpRequest) -> User:
    """The member of staff; every page here needs one."""
    return cast(User, request.user)


class ReasonForm(DeskForm):
    """Why."""

    reason = TextCell(label="理由", max_length=200)


class AnswerForm(DeskForm):
    """What the second person says; asked for where the change is sent back or signed alone."""

    answer = TextCell(label="复核意见", max_length=200, required=False)


def key_of(request: HttpRequest) -> str:
    """The key of the form: the one that was sent, else a new one."""
    return request.POST.get(keys.FIELD) or keys.new()


def signing(proposal: Proposal | None, user: User) -> Mapping[str, Any]:
    """What the box of the second signature shows."""
    waiting = proposal is not None and proposal.state == Proposal.State.WAITING
    return {
        "proposal": proposal,
        "is_waiting": waiting,
        "may_confirm": proposal is not None and proposals.may_confirm(proposal, user),
        "alone": proposal is not None and waiting and proposals.may_sign_alone(proposal, user),
        "proposal_url": url_of("access:proposal_detail", proposal.pk) if proposal else "",
    }


def say(request: HttpRequest, form: forms.BaseForm, error: ValidationError) -> None:
    """Put what the rules refused over the form."""
    for text in error.messages:
        form.add_error(None, text)


def waits(what: str) -> str:
    """After a proposal: what happens next."""
    return f"{what}已提交，由另一人复核后生效"
