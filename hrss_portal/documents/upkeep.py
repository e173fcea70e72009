"""Looking after the folder of files."""

import time
from pathlib import Path

from django.conf import settings

from hrss_portal.documents import kept
from hrss_portal.documents.models import File
from hrss_portal.jobs.models import Job

DAY = 24 * 60 * 60
KEEP_DAYS = 30


def sweep_orphans(job: Job) -> dict[str, int]:
    """Move files without a row aside, and delete what has lain aside for a month.

    A file is written before its row, so a rolled-back upload leaves a file that nobody knows.  It
    is moved, not deleted: after a restore of an older database the rows may be missing, not the
    files too many.  What came with a refused form and was not sent again goes after a day.
    """
    root = Path(settings.MEDIA_ROOT)
    aside = root / "orphans"
    now = time.time()
    moved = deleted = 0
    for path in sorted((root / "files").glob("*/*/*")):
        if now - path.stat().st_mtime < DAY or not path.is_file():
            continue
        if File.objects.filter(content=path.relative_to(root).as_posix()).exists():
            continue
        aside.mkdir(exist_ok=True)
        path.replace(aside / path.name)
        (aside / path.name).touch()
        moved += 1
    for path in sorted(aside.glob("*")):
        if now - path.stat().st_mtime > KEEP_DAYS * DAY:
            path.unlink()
            deleted += 1
    for path in sorted(kept.folder().glob("*")):
        if now - path.stat().st_mtime > kept.DAY:
            path.unlink()
            deleted += 1
    return {"moved": moved, "deleted": deleted}
