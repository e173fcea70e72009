"""Routes of ``casework``."""

from django.urls import path

from hrss_portal.casework import views

app_name = "casework"
urlpatterns = [
    path("clocks/<int:pk>/", views.clock, name="clock"),
    path("clocks/<int:pk>/sheet/", views.clock_sheet, name="clock_sheet"),
]
