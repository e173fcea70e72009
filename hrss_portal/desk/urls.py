"""Routes of ``desk``."""

from django.urls import path

from hrss_portal.desk import case_page

app_name = "desk"
urlpatterns = [
    path("case/<int:pk>/", case_page.case_page, name="case"),
]
