"""What a password of staff must be, in words for the person who chooses it."""

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError


class LongEnough(password_validation.MinimumLengthValidator):
    """At least ``min_length`` characters (Django's sentence has no Chinese words yet)."""

    def get_error_message(self) -> str:
        """What to do."""
        return f"密码至少 {self.min_length} 位"


class UnlikeThePerson(password_validation.UserAttributeSimilarityValidator):
    """Not near the staff number or the name."""

    def get_error_message(self) -> str:
        """What to do."""
        return "密码与姓名、工号太相近，换一个"


class Uncommon(password_validation.CommonPasswordValidator):
    """None of the passwords that everybody tries first."""

    def get_error_message(self) -> str:
        """What to do."""
        return "这个密码太常见，换一个不容易猜到的"


class NotOnlyDigits(password_validation.NumericPasswordValidator):
    """Not digits alone."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ``ValidationError`` in words."""
        if password.isdigit():
            raise ValidationError("密码不能全是数字，加上字母", code="password_entirely_numeric")
