"""The log of calls is kept as long as the law asks, and some months more."""

from datetime import timedelta

from django.utils import timezone

from hrss_portal.desk.models import ClientCall
from hrss_portal.jobs.models import Job

KEEP_CALLS = timedelta(days=400)  # 网络安全法 Article 21 asks for six months


def forget(job: Job) -> dict[str, int]:
    """Delete calls older than 400 days."""
    old = ClientCall.objects.filter(at__lt=timezone.now() - KEEP_CALLS)
    return {"calls": old.delete()[0]}
