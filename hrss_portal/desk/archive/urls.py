"""Routes of the archive, part of ``desk``."""

from django.urls import path

from hrss_portal.desk.archive import acts, disposal, files, subjects

urlpatterns = [
    path("archive/", files.Archive.as_view(), name="archive"),
    path("archive/<int:pk>/", files.case_file, name="case_file"),
    path("archive/<int:pk>/index/", files.case_file_sheet, name="case_file_sheet"),
    path("archive/<int:pk>/cover/", files.case_file_cover, name="case_file_cover"),
    path("archive/<int:pk>/hold/", acts.hold, name="hold"),
    path("archive/<int:pk>/lift/", acts.lift, name="hold_lift"),
    path("archive/<int:pk>/unarchive/", acts.unarchive, name="unarchive"),
    path("case/<int:pk>/void/", acts.void, name="case_void"),
    path("archive/disposal/", disposal.disposal, name="disposal"),
    path("archive/retention/", disposal.table, name="retention"),
    path("archive/retention/new/", disposal.propose, name="retention_new"),
    path("archive/retention/<int:pk>/", disposal.propose, name="retention_propose"),
    path("subjects/", subjects.find, name="subject_find"),
    path("subjects/<int:pk>/", subjects.report, name="subject"),
    path("subjects/<int:pk>/sheet/", subjects.sheet, name="subject_sheet"),
    path("subjects/sharing/", subjects.sharing, name="sharing"),
]
