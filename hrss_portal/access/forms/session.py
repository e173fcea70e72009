"""Forms of log-in, unlocking, passwords and the second factor."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from hrss_portal.access.models import User

WRONG = "工号或密码不对，请重新填写"
PASSWORD = {"autocomplete": "current-password"}
PASSWORDS = ("old_password", "new_password1", "new_password2")
TOKEN = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "6"}


def device_of(user: User) -> TOTPDevice | None:
    """The confirmed second factor of a person, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk").first()


class LoginForm(forms.Form):
    """Staff number, password, and the six digits of those who have set up a second factor.

    One answer for a wrong number, a wrong password and a disabled account.
    """

    username = forms.CharField(
        label="工号",
        max_length=20,
        error_messages={"required": "填写工号"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        error_messages={"required": "填写密码"},
        widget=forms.PasswordInput(attrs=PASSWORD),
    )
    token = forms.CharField(
        label="动态口令",
        required=False,
        help_text="启用了动态口令的填写，其他人不填",
        widget=forms.TextInput(attrs=TOKEN),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None
        self.device: TOTPDevice | None = None

    def clean_username(self) -> str:
        """The staff number as the lock-out counts it: half width, upper case, without blanks."""
        return unicodedata.normalize("NFKC", self.cleaned_data["username"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """Compares the password, then the second factor."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        user = authenticate(
            self.request, username=cleaned["username"], password=cleaned["password"]
        )
        if not isinstance(user, User):
            raise forms.ValidationError(WRONG)
        device = device_of(user)
        if device is not None and not device.verify_token(cleaned["token"].strip()):
            self.add_error("token", "动态口令不对或已过期，填写手机上当前的 6 位数字")
            return cleaned
        self.user, self.device = user, device
        return cleaned


class UnlockForm(forms.Form):
    """The password of the person whose screen is locked."""

    password = forms.CharField(
        label="密码",
        strip=False,
        error_messages={"required": "填写密码"},
        widget=forms.PasswordInput(attrs={**PASSWORD, "autofocus": True}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Compares the password; wrong ones count towards the same lock-out as log-in."""
        password: str = self.cleaned_data["password"]
        me = self.request.user
        staff_no = me.staff_no.upper() if isinstance(me, User) else ""
        if authenticate(self.request, username=staff_no, password=password) != me:
            raise forms.ValidationError("密码不对，请重新填写")
        return password


class PasswordForm(PasswordChangeForm):
    """Old and new password.  The new one must differ."""

    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": "当前密码不对，请重新填写",
        "password_mismatch": "两次填写的新密码不一样",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = ("当前密码", "新密码", "新密码（再填一次）")
        for name, label in zip(PASSWORDS, labels, strict=True):
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = f"填写{label}"
        self.fields["new_password1"].help_text = "至少 10 位，不能全是数字，不能与姓名、工号相近"
        self.fields["new_password2"].help_text = ""

    def clean_new_password1(self) -> str:
        """Refuses the old password as the new one."""
        new: str = self.cleaned_data["new_password1"]
        if self.user.check_password(new):
            raise forms.ValidationError("新密码不能与当前密码相同")
        return new


class TokenForm(forms.Form):
    """The six digits that show that the phone has the secret."""

    token = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label="动态口令",
        error_messages={"required": "填写动态口令", "invalid": "动态口令是 6 位数字"},
        widget=forms.TextInput(attrs=TOKEN),
    )

    def __init__(self, device: TOTPDevice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.device = device

    def clean_token(self) -> str:
        """Compares the digits with the device's."""
        token = str(self.cleaned_data["token"]).strip()
        if not self.device.verify_token(token):
            raise forms.ValidationError("动态口令不对或已过期，填写手机上当前的 6 位数字")
        return token
