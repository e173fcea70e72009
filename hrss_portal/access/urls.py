"""Routes of ``access``."""

from django.urls import path

from hrss_portal.access.views import grants, logs, modules, session, units, users

app_name = "access"
urlpatterns = [
    path("login/", session.log_in, name="login"),
    path("logout/", session.log_out, name="logout"),
    path("lock/", session.lock, name="lock"),
    path("unlock/", session.unlock, name="unlock"),
    path("account/password/", session.password_change, name="password_change"),
    path("account/totp/", session.totp, name="totp"),
    path("organisation/units/", units.unit_list, name="unit_list"),
    path("organisation/units/new/", units.unit_edit, name="unit_new"),
    path("organisation/units/<int:pk>/", units.unit_edit, name="unit_edit"),
    path("organisation/users/", users.user_list, name="user_list"),
    path("organisation/users/new/", users.user_new, name="user_new"),
    path("organisation/users/<int:pk>/", users.user_detail, name="user_detail"),
    path("organisation/users/<int:pk>/edit/", users.user_edit, name="user_edit"),
    path("organisation/users/<int:pk>/password/", users.user_password, name="user_password"),
    path("organisation/users/<int:pk>/totp/", users.user_totp, name="user_totp"),
    path("organisation/users/<int:pk>/disable/", users.user_disable, name="user_disable"),
    path("organisation/users/<int:pk>/grants/", users.grant_propose, name="grant_propose"),
    path("organisation/grants/<int:pk>/revoke/", users.grant_revoke, name="grant_revoke"),
    path("organisation/delegations/", grants.delegation_list, name="delegation_list"),
    path("organisation/delegations/<int:pk>/end/", grants.delegation_end, name="delegation_end"),
    path("organisation/absences/", grants.absence_list, name="absence_list"),
    path("organisation/absences/<int:pk>/end/", grants.absence_end, name="absence_end"),
    path("organisation/proposals/", grants.proposal_list, name="proposal_list"),
    path("organisation/proposals/<int:pk>/", grants.proposal_detail, name="proposal_detail"),
    path("organisation/modules/", modules.module_list, name="module_list"),
    path("organisation/modules/new/", modules.module_switch, name="module_switch"),
    path("organisation/logs/", logs.log_list, name="log_list"),
    path("organisation/logs/<slug:name>/", logs.log_list, name="log"),
]
