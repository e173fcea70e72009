"""The page of one record of a register: its facts, what hangs on it, who has seen it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from hrss_portal.access import policy as policies
from hrss_portal.access.routes import get_visible_or_404
from hrss_portal.audit.log import record_access, viewers
from hrss_portal.desk import anatomy, recent, wording
from hrss_portal.desk.anatomy import Fact, Facts
from hrss_portal.desk.registers import RecordPage, action, route

__all__ = ["Fact", "Facts", "Linked", "Panel", "RecordDetail"]
SEEN_BY = 20


@dataclass(frozen=True, kw_only=True)
class Linked(Fact):
    """A fact that opens a page."""

    url: Callable[[Any], str]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of the page under a heading, drawn by its own template from ``data``.

    A ``wide`` one stands first, in the broad column; the others beside it.
    """

    title: str
    template: str
    data: Any = None
    id: str = ""
    wide: bool = False


class RecordDetail(RecordPage):
    """One record as a page; a register names its class as ``detail_page``."""

    facts: ClassVar[Sequence[Facts]] = ()
    shows_void: ClassVar[bool] = False  # what hangs on a void record is shown as well
    related: ClassVar[Sequence[str]] = ("unit", "town", "created_by", "updated_by", "voided_by")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; that it was opened is written down before it leaves."""
        rows = self.model._default_manager.select_related(*self.related)
        record = get_visible_or_404(rows, pk=pk)
        scope = record.scope
        kind = f"{scope.area}.{scope.noun}"
        record_access("open", subject_type=kind, subject_id=record.pk, label=str(record)[:100])
        recent.remember(self.user.pk, request.path, str(record))
        panels = list(self.panels(record)) if self.shows_void or not record.is_void else []
        context = {
            "record": record,
            "title": str(record),
            "noun": self.model._meta.verbose_name,
            "tag": self.tag(record),
            "sections": self.sections(record),
            "wide": [panel for panel in panels if panel.wide],
            "panels": [panel for panel in panels if not panel.wide],
            "acts": [] if record.is_void else self.acts(record),
            "list_url": reverse(route(self.model, "list")),
            "viewers": list(viewers(kind, record.pk)[:SEEN_BY]),
            "page_state": "ready",
        }
        return render(request, "desk/record.html", context)

    def tag(self, record: Any) -> tuple[str, str]:
        """(tint, words) of how the record stands; empty words for none."""
        return "", ""

    def acts(self, record: Any) -> list[dict[str, str]]:
        """What this user may do with the record, the first one first."""
        if not policies.can(self.user, action(self.model, "edit"), record):
            return []
        url = reverse(route(self.model, "edit"), args=[record.pk])
        return [{"label": "修改", "url": url, "icon": "pencil"}]

    def panels(self, record: Any) -> Sequence[Panel]:
        """What hangs on the record."""
        return ()

    def sections(self, record: Any) -> list[dict[str, Any]]:
        """The declared facts in words, without those that say nothing."""
        made = []
        for part in self.facts:
            lines = [self.line(record, fact) for fact in part.rows]
            rows = [line for line in lines if line.value != wording.NOTHING]
            if rows:
                made.append({"title": part.title, "rows": rows})
        return made

    def line(self, record: Any, fact: Fact) -> anatomy.Line:
        """One fact, with its link where it has one."""
        words = anatomy.read(record, fact)
        url = fact.url(record) if isinstance(fact, Linked) else ""
        return anatomy.Line(fact.label, words, fact.wide, url)
