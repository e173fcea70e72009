"""Routes of ``documents``."""

from django.urls import path

from hrss_portal.documents import views

app_name = "documents"
urlpatterns = [
    path("files/<int:pk>/", views.download, name="download"),
    path("papers/", views.papers, name="papers"),
    path("papers/<int:pk>/", views.paper, name="paper"),
    path("papers/<int:pk>/file/", views.paper_file, name="paper_file"),
    path("papers/<int:pk>/void/", views.paper_void, name="paper_void"),
    path("paper-templates/", views.templates, name="templates"),
    path("paper-templates/<str:code>/", views.template, name="template"),
    path("paper-templates/<str:code>/file/", views.template_file, name="template_file"),
    path("number-series/", views.series, name="series"),
    path("number-series/<str:code>/", views.series_edit, name="series_edit"),
]
