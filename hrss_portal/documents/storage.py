"""Where files lie on disk."""

import secrets
from typing import Any

from django.utils import timezone


def own_path(instance: Any, filename: str) -> str:
    """``files/2023/11/<128 random bits>.<ext>``: only the checked type is not ours."""
    extension = filename.rpartition(".")[2]
    return f"files/{timezone.localdate():%Y/%m}/{secrets.token_hex(16)}.{extension}"
