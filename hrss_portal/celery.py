"""The Celery app.  Messages carry a job id and nothing else: the work itself is rows (jobs)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrss_portal.settings")
app = Celery("hrss_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["hrss_portal.jobs"])
