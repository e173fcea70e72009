"""One envelope for every answer that is no success, the same as the commands have.

``{"ok": false, "error": {"code", "message", "hint", "fields"}}``; ``fields`` maps a field (of a
row: ``applicants[0].name``) to its messages.  A hidden and an absent case have one and the same
answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

Fields = Mapping[str, Sequence[str]]


class ApiError(Exception):
    """A refusal in the envelope."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        hint: str = "",
        fields: Fields | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.hint, self.fields = hint, dict(fields or {})


def invalid(fields: Fields) -> ApiError:
    """What was sent does not pass the rules of the form."""
    return ApiError(
        422, "invalid", "填写的内容有误，没有保存", "按 fields 逐项改正后重新发送", fields
    )


def absent() -> ApiError:
    """Nothing there, or nothing that this client may know of."""
    return ApiError(404, "not_found", "没有这条记录", "核对地址和编号")


def envelope(error: ApiError) -> dict[str, Any]:
    """The body of an answer that is no success."""
    return {
        "ok": False,
        "error": {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "fields": {name: list(texts) for name, texts in error.fields.items()},
        },
    }


def messages_of(error: ValidationError) -> dict[str, list[str]]:
    """The messages of a refusal, by field where it names fields, else under ``""``."""
    if hasattr(error, "error_dict"):
        return {
            "" if name == "__all__" else name: list(texts)
            for name, texts in error.message_dict.items()
        }
    return {"": error.messages}
