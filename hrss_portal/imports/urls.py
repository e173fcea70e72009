"""Routes of ``imports``: five steps, each with its own address."""

from django.urls import path

from hrss_portal.imports import fix_views, land_views, out_views, views

app_name = "imports"
urlpatterns = [
    path("imports/", views.index, name="batches"),
    path("imports/sheets/<str:code>/", views.upload, name="upload"),
    path("imports/sheets/<str:code>/template/", out_views.sheet_template, name="template"),
    path("imports/sheets/<str:code>/export/", out_views.export, name="export"),
    path("imports/<int:pk>/", views.batch, name="batch"),
    path("imports/<int:pk>/columns/", views.columns, name="columns"),
    path("imports/<int:pk>/fix/", fix_views.fix, name="fix"),
    path("imports/<int:pk>/rows/<int:number>/", fix_views.row, name="row"),
    path("imports/<int:pk>/errors/", fix_views.errors, name="errors"),
    path("imports/<int:pk>/confirm/", land_views.confirm, name="confirm"),
    path("imports/<int:pk>/result/", land_views.result, name="result"),
    path("imports/<int:pk>/progress/", land_views.progress, name="progress"),
    path("imports/<int:pk>/undo/", land_views.undo, name="undo"),
    path("imports/<int:pk>/take-over/", views.take_over, name="take_over"),
    path("imports/<int:pk>/give-up/", views.give_up, name="give_up"),
]
