"""The routes of one kind of case, from its model; an area replaces the pages that it makes its own.

::

    urlpatterns = [
        *case_urls("disputes", Dispute, list=DisputeList, detail=DisputeDetail),
        *case_urls("mediations", MediationCase),
    ]

Names follow the model: ``dispute_list``, ``dispute_open``, ``dispute_detail``, ``dispute_move``,
``dispute_edit``, ``dispute_correct``, ``dispute_assign``, ``dispute_attach``, ``dispute_paper``,
``dispute_paper_add``, ``dispute_print``.
"""

from typing import Any

from django.urls import URLPattern, path
from django.views.generic import View

from hrss_portal.casework.models import Case
from hrss_portal.desk.cases import CaseDetail, CaseList, CasePrint
from hrss_portal.desk.doing import CaseEdit, CaseMove, CaseOpen
from hrss_portal.desk.filing import CaseAssign, CaseAttach, CasePaperAsk, CasePaperPage
from hrss_portal.desk.mending import CaseCorrect

PAGES: tuple[tuple[str, str, type[View], str], ...] = (
    ("list", "", CaseList, "view"),
    ("open", "new/", CaseOpen, "open"),
    ("detail", "<int:pk>/", CaseDetail, "view"),
    ("move", "<int:pk>/move/<slug:code>/", CaseMove, "view"),
    ("edit", "<int:pk>/edit/", CaseEdit, "edit"),
    ("correct", "<int:pk>/correct/<slug:what>/<int:row>/", CaseCorrect, "edit"),
    ("assign", "<int:pk>/assign/", CaseAssign, "assign"),
    ("attach", "<int:pk>/files/new/", CaseAttach, "attach"),
    ("paper_add", "<int:pk>/papers/new/", CasePaperAsk, "paper"),
    ("paper", "<int:pk>/papers/<int:paper>/", CasePaperPage, "receipt"),
    ("print", "<int:pk>/print/", CasePrint, "print"),
)


def case_urls(prefix: str, model: type[Case], **own: type[View]) -> list[URLPattern]:
    """The routes under ``prefix``; ``own`` maps a page's name to the area's class for it.

    Each page asks for ``<kind>.<verb>``; a move is then decided by the posts of the move itself.
    Raises ``LookupError`` for a page that does not exist.
    """
    known = {name for name, *_ in PAGES}
    if unknown := set(own) - known:
        raise LookupError(f"no case page is called {sorted(unknown)}")
    return [
        path(
            f"{prefix}/{tail}",
            _page(own.get(name, standard), model, verb).as_view(),
            name=f"{model._meta.model_name}_{name}",
        )
        for name, tail, standard, verb in PAGES
    ]


def _page(base: type[Any], model: type[Case], verb: str) -> type[Any]:
    """The page over the model, with its policy; what the area's class says itself stands."""
    given = {"model": model, "__module__": base.__module__, "__doc__": base.__doc__}
    if base.policy == "login":
        given["policy"] = f"{model._meta.label_lower}.{verb}"
    return type(f"{model.__name__}{base.__name__}", (base,), given)
