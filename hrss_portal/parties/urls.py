"""Routes of ``parties``, by the object in the path."""

from django.urls import path

from hrss_portal.parties.views import changes, detail, entry, lists, lookup, staff

app_name = "parties"

person = [
    path("persons/", lists.PersonList.as_view(), name="persons"),
    path("persons/add/", entry.PersonAdd.as_view(), name="person_add"),
    path("persons/find/", lists.PersonFind.as_view(), name="person_find"),
    path("persons/lookup/", lookup.person_lookup, name="person_lookup"),
    path("persons/<int:pk>/", detail.PersonDetail.as_view(), name="person"),
    path("persons/<int:pk>/edit/", entry.PersonEdit.as_view(), name="person_edit"),
    path("persons/<int:pk>/reveal/", detail.PersonReveal.as_view(), name="person_reveal"),
    path("persons/<int:pk>/stop/", detail.Stop.as_view(), name="person_stop"),
    path("persons/<int:pk>/merge/", changes.PersonMerge.as_view(), name="person_merge"),
    path("persons/<int:pk>/restrict/", changes.PersonRestrict.as_view(), name="person_restrict"),
]
employer = [
    path("employers/", lists.EmployerList.as_view(), name="employers"),
    path("employers/add/", entry.EmployerAdd.as_view(), name="employer_add"),
    path("employers/lookup/", lookup.employer_lookup, name="employer_lookup"),
    path("employers/<int:pk>/", detail.EmployerDetail.as_view(), name="employer"),
    path("employers/<int:pk>/edit/", entry.EmployerEdit.as_view(), name="employer_edit"),
    path("employers/<int:pk>/reveal/", detail.EmployerReveal.as_view(), name="employer_reveal"),
    path("employers/<int:pk>/merge/", changes.EmployerMerge.as_view(), name="employer_merge"),
    path(
        "employers/<int:pk>/restrict/",
        changes.EmployerRestrict.as_view(),
        name="employer_restrict",
    ),
]
shared = [
    path("users/<int:pk>/id-number/", staff.staff_number, name="staff_number"),
    path("merges/<int:pk>/undo/", changes.undo, name="merge_undo"),
    path("restrictions/<int:pk>/lift/", changes.lift, name="restriction_lift"),
]
urlpatterns = [*person, *employer, *shared]
