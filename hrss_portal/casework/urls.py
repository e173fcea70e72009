"""Routes of ``casework``."""

from django.urls import path

from hrss_portal.casework import progress_views, views

app_name = "casework"
urlpatterns = [
    path("clocks/<int:pk>/", views.clock, name="clock"),
    path("clocks/<int:pk>/sheet/", views.clock_sheet, name="clock_sheet"),
    path("progress/", progress_views.ask, name="progress"),
    path("progress/<str:code>/", progress_views.show, name="progress_of"),
]
