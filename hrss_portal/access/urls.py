"""Routes of ``access``."""

from django.urls import path

from hrss_portal.access.views import session

app_name = "access"
urlpatterns = [
    path("login/", session.log_in, name="login"),
    path("logout/", session.log_out, name="logout"),
    path("lock/", session.lock, name="lock"),
    path("unlock/", session.unlock, name="unlock"),
    path("account/password/", session.password_change, name="password_change"),
    path("account/totp/", session.totp, name="totp"),
]
