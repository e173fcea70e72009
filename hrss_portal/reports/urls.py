"""Routes of ``reports``."""

from django.urls import path

from hrss_portal.reports import figure_rows, then_and_now, views

app_name = "reports"
urlpatterns = [
    path("reports/", views.report_list, name="reports"),
    path("reports/<int:pk>/", views.report_page, name="report"),
    path("reports/<int:pk>/figures/<slug:use>/rows/", figure_rows.report_figure, name="figure"),
    path("reports/<int:pk>/texts/", views.report_texts, name="texts"),
    path("reports/<int:pk>/export/", views.report_export, name="export"),
    path("reports/<int:pk>/freeze/", views.report_freeze, name="freeze"),
    path("reports/<int:pk>/difference/", then_and_now.report_difference, name="difference"),
    path("reports/<int:pk>/send/", views.report_send, name="send"),
    path("reports/<int:pk>/handovers/<int:handover>/", views.handover_page, name="handover"),
    path("reports/<int:pk>/sections/<slug:code>/", views.section_page, name="section"),
    path(
        "reports/<int:pk>/sections/<slug:code>/<slug:verb>/", views.section_act, name="section_act"
    ),
]
