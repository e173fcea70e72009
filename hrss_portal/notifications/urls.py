"""Routes of ``notifications``."""

from django.urls import path

from hrss_portal.notifications import public, views

app_name = "notifications"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.notice_read_all, name="read_all"),
    path("inbox/<int:pk>/read/", views.notice_read, name="read"),
    path("announcements/", views.announcements, name="announcements"),
    path("announcements/<int:pk>/end/", views.announcement_end, name="announcement_end"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<int:pk>/resend/", views.message_resend, name="resend"),
    path("outbox/kinds/<int:pk>/", views.kind_edit, name="kind"),
    path("outbox/endpoints/", views.endpoint_add, name="endpoint_add"),
    path("outbox/endpoints/<int:pk>/", views.endpoint_switch, name="endpoint"),
    path("task-links/<int:pk>/", views.task_link, name="task_link"),
    path("task-links/<int:pk>/revoke/", views.task_link_revoke, name="task_link_revoke"),
    path("t/<str:token>/", public.answer, name="answer"),
]
