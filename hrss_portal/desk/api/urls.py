"""Routes of the API: those of every case resource that an area declares, and the common ones."""

from typing import Any

from django.urls import URLPattern, path, re_path

from hrss_portal.desk.api.cases import CaseByIdView, CaseItemView, CaseListView, CaseView
from hrss_portal.desk.api.correcting import CorrectionView
from hrss_portal.desk.api.doing import AttachmentView, MoveView
from hrss_portal.desk.api.events import EventListView
from hrss_portal.desk.api.figures import FigureListView, FigureView
from hrss_portal.desk.api.portal import ClientView, NowhereView, SchemaView
from hrss_portal.desk.api.resources import CaseResource, resources

ITEM = "<str:system>/<str:external_no>"
VIEWS: tuple[tuple[str, str, type[CaseView], str], ...] = (
    ("list", "", CaseListView, "view"),
    ("by_id", "/<int:pk>", CaseByIdView, "view"),
    ("item", f"/{ITEM}", CaseItemView, "view"),
    ("move", f"/{ITEM}/moves/<slug:code>", MoveView, "view"),
    ("correct", f"/{ITEM}/corrections", CorrectionView, "edit"),
    ("attach", f"/{ITEM}/attachments", AttachmentView, "edit"),
)


def case_routes(resource: CaseResource) -> list[URLPattern]:
    """The addresses of one kind of case."""
    return [
        path(
            f"v1/cases/{resource.of}{tail}",
            _view(base, resource, verb).as_view(),
            name=f"{resource.of}.{name}",
        )
        for name, tail, base, verb in VIEWS
    ]


def _view(base: type[Any], resource: CaseResource, verb: str) -> type[Any]:
    given = {
        "resource": resource,
        "kind": resource.of,
        "policy": f"api:{resource.of}.{verb}",
        "__module__": base.__module__,
        "__doc__": base.__doc__,
    }
    return type(base.__name__, (base,), given)


app_name = "api"
urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("v1/client", ClientView.as_view(), name="client"),
    path("v1/events", EventListView.as_view(), name="events"),
    path("v1/figures", FigureListView.as_view(), name="figures"),
    path("v1/figures/<str:code>", FigureView.as_view(), name="figure"),
    *(route for one in resources().values() for route in case_routes(one)),
    re_path(r"^", NowhereView.as_view(), name="nowhere"),
]
