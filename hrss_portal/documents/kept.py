"""Files that came with a form which was refused: kept for a day, so that nobody sends them twice.

The page holds a signed token for each; only who was shown the token can send it back.
"""

import uuid
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

SALT = "documents.kept"
DAY = 24 * 60 * 60


def folder() -> Path:
    """Where kept files lie; ``documents.upkeep`` empties it."""
    return Path(settings.MEDIA_ROOT) / "kept"


class KeptFile(UploadedFile):
    """A kept file, opened again as if it had been sent now."""

    token = ""


def keep(uploaded: UploadedFile) -> str:
    """Keep a sent file and return its token; a kept one has its token already."""
    if isinstance(uploaded, KeptFile):
        return uploaded.token
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    name = uuid.uuid4().hex
    uploaded.seek(0)
    with (folder() / name).open("wb") as out:
        for chunk in uploaded.chunks():
            out.write(chunk)
    return signing.dumps([name, uploaded.name, uploaded.content_type], salt=SALT)


def reopen(token: str) -> KeptFile | None:
    """The file of a token; None when the token is not ours or its day is over."""
    try:
        name, called, content_type = signing.loads(token, salt=SALT, max_age=DAY)
        content = (folder() / name).read_bytes()
    except (signing.BadSignature, FileNotFoundError):
        return None
    found = KeptFile(BytesIO(content), called, content_type, len(content))
    found.token = token
    return found
