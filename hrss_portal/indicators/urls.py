"""Routes of ``indicators``."""

from django.urls import path

from hrss_portal.indicators import entry_views, views

app_name = "indicators"
urlpatterns = [
    path("indicators/", views.figure_list, name="figures"),
    path("indicators/<str:code>/", views.figure_page, name="figure"),
    path("indicators/<str:code>/rows/", views.row_list, name="rows"),
    path("indicators/<str:code>/rows/export/", entry_views.rows_export, name="rows_export"),
    path("indicators/<str:code>/monthly-rows/", views.monthly_row_list, name="monthly_rows"),
    path("indicators/<str:code>/tasks/", entry_views.target_page, name="targets"),
    path("indicators/<str:code>/as-reported/", entry_views.override_page, name="override"),
    path("as-reported/<int:pk>/withdraw/", entry_views.override_withdraw, name="override_withdraw"),
    path("boards/", entry_views.board_list, name="boards"),
    path("boards/<str:code>/", entry_views.board_page, name="board"),
]
