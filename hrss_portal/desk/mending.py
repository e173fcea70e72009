"""The page that puts one entry of a case right: first what follows from it, then the change.

The first sending stores nothing: the correction is made, looked at and rolled back, and the page
says which clocks would move and which issued papers show an old value.  Sent again unchanged, it
is stored.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.crypto import salted_hmac

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.casework import correcting, corrections, moves, secrecy
from hrss_portal.casework.refusals import ARCHIVED
from hrss_portal.desk import merging, wording
from hrss_portal.desk.acting import refusals, worded
from hrss_portal.desk.cases import find_case
from hrss_portal.desk.doing import CasePage
from hrss_portal.desk.forms import add_messages
from hrss_portal.desk.links import case_url

SEEN = "_seen"
NOT_YOURS = "由承办人或者本单位负责人更正"
TELL_HANDLER = "请把错在哪里告诉承办人，由承办人更正。"


class CaseCorrect(CasePage):
    """更正: one party, claim, delivery or day, with what it moves."""

    template_name = "desk/correct.html"

    def find(self, pk: int, what: str, row: int) -> tuple[Any, type[corrections.CorrectForm], Any]:
        """The case, the form and the entry; 404 where there is none."""
        case = find_case(self.model, pk)
        policies.require(self.user, f"{case.kind}.edit", case)
        form_class = corrections.forms_of(self.workflow).get(what)
        entry = corrections.row_of(form_class, case, row) if form_class else None
        if form_class is None or entry is None:
            raise Http404
        return case, form_class, entry

    def get(self, request: HttpRequest, pk: int, what: str, row: int) -> HttpResponse:
        """The entry as it stands."""
        case, form_class, entry = self.find(pk, what, row)
        form = worded(form_class(case=case, row=entry, user=self.user))
        return self.page(case, form)

    def post(self, request: HttpRequest, pk: int, what: str, row: int) -> HttpResponse:
        """Show what follows, or store the correction once."""
        case, form_class, entry = self.find(pk, what, row)
        form = worded(form_class(request.POST, case=case, row=entry, user=self.user))
        return keys.once(request, lambda: self.correct(case, form))

    def correct(self, case: Any, form: corrections.CorrectForm) -> HttpResponse:
        """Correct the entry; ``keys.once`` takes back whatever does not end in a redirect."""
        if not form.is_valid():
            return self.page(case, form, status=422)
        try:
            done = correcting.correct(
                case,
                form.act,
                by=self.user,
                reason=form.cleaned_data["reason"],
                version=merging.version_of(self.request.POST),
            )
        except moves.StaleVersion as error:
            form.add_error(None, "刚才有人改过此件，核对这一条现在的内容后再提交")
            return self.page(error.case, form, status=409, version=error.case.version)
        except ValidationError as error:
            add_messages(form, refusals(error))
            return self.page(case, form, status=422)
        seen = seen_of(form, self.request.POST)
        if self.request.POST.get(SEEN) != seen:
            return self.page(case, form, done=done, seen=seen)
        return self.done(case_url(case), f"已更正：{done.correction.what}，原值和新值记在时间轴")

    def page(self, case: Any, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        """The form, and over it what the correction brings about once it was tried."""
        done: correcting.Done | None = more.pop("done", None)
        told = None if correcting.may_correct(self.user, case) else (NOT_YOURS, TELL_HANDLER)
        refused = (ARCHIVED, "") if case.archived_on else told or ("", "")
        return self.form_page(
            form,
            status=status,
            case=case,
            title=f"更正{form.label}：{form.words(form.row)}",
            submit="确认更正" if done else "看更正后的影响",
            refused=refused[0],
            refused_body=refused[1],
            version=more.pop("version", self.request.POST.get("_version") or case.version),
            back=case_url(case, "edit"),
            seen=more.pop("seen", ""),
            tried=preview_of(case, done, self.user) if done else None,
        )


def preview_of(case: Any, done: correcting.Done, user: User) -> dict[str, Any]:
    """What the page says of a correction that was tried; papers only that the user may know of."""
    old = [pair[0] for pair in done.correction.values.values()]
    papers = secrecy.papers_seen(user, case, correcting.papers_showing(case, old))
    return {
        "values": [
            (label, wording.worded(was), wording.worded(now))
            for label, (was, now) in done.correction.values.items()
        ],
        "clocks": [(one.clock.label, one.words) for one in done.moved],
        "papers": [row.paper for row in papers],
        "stands": done.correction.stands,
    }


def seen_of(form: Any, post: QueryDict) -> str:
    """The mark of the values that were shown with what follows from them.

    Keyed: what stands masked in the values cannot be found out by trying.
    """
    parts = [f"{name}={'|'.join(post.getlist(name))}" for name in sorted(form.fields)]
    return salted_hmac("mending.seen", "\n".join(parts), algorithm="sha256").hexdigest()
