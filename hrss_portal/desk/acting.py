"""Pages with one form: what they share, and the base of those that do something once.

A page that is no move of a case and no form of a register (publish a draw, rename, prolong, hand
out) is an ``ActPage``: it says what it asks, what it does and where it leads.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic import View

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.routes import get_visible_or_404
from hrss_portal.casework.models import Case
from hrss_portal.casework.moves import StaleVersion
from hrss_portal.desk import badges, drafts, merging
from hrss_portal.desk.cases import find_case
from hrss_portal.desk.forms import add_messages, ask_in_words, parts_of
from hrss_portal.desk.links import case_url

CHANGED = "这条记录在你打开之后被别人改过，你的修改没有保存。请从列表重新打开，核对后再改"


class FormPage(View):
    """What the pages with one form share: who works, the page, what follows on success."""

    policy: ClassVar[str] = "login"
    template_name: ClassVar[str] = "desk/form.html"

    @property
    def user(self) -> User:
        """Who works; the route's policy let nobody else in."""
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - PolicyMiddleware guarantees it
        return user

    def form_page(
        self,
        form: Any,
        *,
        status: int = 200,
        asked: Sequence[tuple[str, str]] = (),
        **more: Any,
    ) -> HttpResponse:
        """The page with the form, as first shown or with what is to be mended.

        ``asked``: ids of boxes beside the form's own that want an answer, with the words for it.
        """
        in_rows = form.row_errors() if form.is_bound and hasattr(form, "rows") else []
        in_rows = [*asked, *in_rows]
        context = {
            "form": form,
            "error_count": sum(map(len, form.errors.values())) + len(in_rows),
            "parts": parts_of(form, getattr(form, "sections", ())),
            "row_sets": row_sets(form),
            "row_errors": in_rows,
            "key": self.request.POST.get(keys.FIELD) or keys.new(),
            "draft_key": drafts.key_of(self.request),
            "page_state": "error" if form.errors or in_rows else "ready",
            "twins": (),
            **more,
        }
        return render(self.request, self.template_name, context, status=status)

    def done(self, url: str, words: str) -> HttpResponse:
        """After the work: the draft goes, the badge is counted anew, the words say what is next."""
        drafts.drop(self.user, drafts.key_of(self.request))
        badges.forget(self.user.pk)
        messages.success(self.request, words)
        return redirect(url)


class ActPage(FormPage):
    """A page that asks for something and does it once for the key of its form.

    Key, row lock, act and answer are one transaction; a form that is refused, by its fields or by
    a ``ValidationError`` of the act, comes back and has changed nothing.  ``guards_version`` for
    what overwrites fields of the row: whoever saw an older version is told so (409).
    """

    model: ClassVar[Any] = None
    verb: ClassVar[str] = "edit"
    title: ClassVar[str] = ""
    submit: ClassVar[str] = "保存"
    intro: ClassVar[str] = ""
    entry: ClassVar[bool] = False  # Enter leads to the next field, as where much is typed
    guards_version: ClassVar[bool] = False

    def get(self, request: HttpRequest, **place: Any) -> HttpResponse:
        """The form."""
        thing = self.find(**place)
        return self.page(thing, worded(self.make(thing)))

    def post(self, request: HttpRequest, **place: Any) -> HttpResponse:
        """Do it once."""
        return keys.once(request, lambda: self.work(place))

    def find(self, **place: Any) -> Any:
        """The row that the address names, not voided, if this user may do this to it; locked while
        it is worked on.  404 where it is not seen, 403 where it is seen only.  None for a page
        about no single row, which has no ``model``: its route's policy decides."""
        if self.model is None:
            return None
        rows = self.model._default_manager.all()
        if self.request.method == "POST":
            rows = rows.select_for_update(of=("self",))
        row = get_visible_or_404(rows, voided_at=None, **place)
        scope = self.model.scope
        policies.require(self.user, f"{scope.area}.{scope.noun}.{self.verb}", row)
        return row

    def make(self, thing: Any, data: Any = None) -> Any:
        """The form, as first shown or with what was sent; files are in ``self.request.FILES``."""
        raise NotImplementedError

    def act(self, thing: Any, form: Any) -> str:
        """What a valid form does; the words for the next page.  ``ValidationError`` refuses."""
        raise NotImplementedError

    def back(self, thing: Any) -> str:
        """Where whoever gives it up goes."""
        return str(thing.get_absolute_url())

    def next(self, thing: Any) -> str:
        """Where the page leads when it is done."""
        return self.back(thing)

    def heading(self, thing: Any) -> str:
        """The title of the page."""
        return f"{self.title}：{thing}" if thing else self.title

    def more(self, thing: Any) -> Mapping[str, Any]:
        """What else the template shows, or other words for ``submit`` and ``intro``."""
        return {}

    def work(self, place: Mapping[str, Any]) -> HttpResponse:
        """Do it, or show what is to be mended."""
        thing = self.find(**place)
        if self.guards_version and merging.version_of(self.request.POST) != thing.version:
            return changed_meanwhile(self.request)
        form = worded(self.make(thing, self.request.POST))
        if form.is_valid():
            try:
                with transaction.atomic():
                    words = self.act(thing, form)
            except StaleVersion:
                return changed_meanwhile(self.request)
            except ValidationError as error:
                add_messages(form, refusals(error))
            else:
                return self.done(self.next(thing), words)
        return self.page(thing, form, status=422)

    def page(self, thing: Any, form: Any, *, status: int = 200) -> HttpResponse:
        """The page."""
        shown = {
            "title": self.heading(thing),
            "submit": self.submit,
            "intro": self.intro,
            "back": self.back(thing),
            "entry": self.entry,
            "version": thing.version if self.guards_version else "",
        }
        return self.form_page(form, status=status, **{**shown, **self.more(thing)})


class CaseAct(ActPage):
    """An act upon a case that is none of its moves; the door locks the case."""

    model: ClassVar[Any] = Case

    def find(self, **place: Any) -> Any:
        """The visible case, if this user may do this to it; ``verb=""``: the route's policy says
        enough."""
        case = find_case(self.model, place["pk"])
        if self.verb:
            policies.require(self.user, f"{case.kind}.{self.verb}", case)
        return case

    def heading(self, thing: Any) -> str:
        """The title of the page."""
        return f"{self.title} {thing.reference}"

    def back(self, thing: Any) -> str:
        """The page of the case."""
        return case_url(thing) or reverse("desk:home")


def changed_meanwhile(request: HttpRequest) -> HttpResponse:
    """The 409 page for whoever saw an older version of a row."""
    return render(request, "desk/stale.html", {"because": CHANGED}, status=409)


def row_sets(form: Any) -> list[dict[str, Any]]:
    """The repeated rows of a form with their formsets."""
    return [{"set": one, "formset": form.rows[one.name]} for one in getattr(form, "row_sets", ())]


def worded(form: Any) -> Any:
    """The form, asking for what is missing in words, in every row as well."""
    ask_in_words(form)
    for rows in getattr(form, "rows", {}).values():
        for row in rows.forms:
            ask_in_words(row)
    return form


def refusals(error: ValidationError) -> Any:
    """The messages of a refusal: by field where it names fields."""
    return error.message_dict if hasattr(error, "error_dict") else error.messages
