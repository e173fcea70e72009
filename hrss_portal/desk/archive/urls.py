"""Routes of the archive, part of ``desk``."""

from django.urls import path

from hrss_portal.desk.archive import acts, disposal, files, subjects

urlpatterns = [
    path("archive/", files.Archive.as_view(), name="archive"),
    path("archive/<int:pk>/", files.case_file, name="case_file"),
    path("archive/<int:pk>/index/", files.case_file_sheet, name="case_file_sheet"),
    path("archive/<int:pk>/cover/", files.case_file_cover, name="case_file_cover"),
    path("archive/<int:pk>/hold/", acts.Hold.as_view(), name="hold"),
    path("archive/<int:pk>/lift/", acts.Lift.as_view(), name="hold_lift"),
    path("archive/<int:pk>/unarchive/", acts.Unarchive.as_view(), name="unarchive"),
    path("case/<int:pk>/void/", acts.Void.as_view(), name="case_void"),
    path("archive/disposal/", disposal.disposal, name="disposal"),
    path("archive/retention/", disposal.table, name="retention"),
    path("archive/retention/new/", disposal.RetentionPropose.as_view(), name="retention_new"),
    path(
        "archive/retention/<int:pk>/", disposal.RetentionPropose.as_view(), name="retention_propose"
    ),
    path("subjects/", subjects.SubjectFind.as_view(), name="subject_find"),
    path("subjects/<int:pk>/", subjects.report, name="subject"),
    path("subjects/<int:pk>/sheet/", subjects.sheet, name="subject_sheet"),
    path("subjects/sharing/", subjects.sharing, name="sharing"),
]
