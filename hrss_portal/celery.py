"""The Celery app.  Messages carry a job id and nothing else: the work itself is rows (jobs)."""

import os

from celery import Celery
from kombu import Queue

from hrss_portal.jobs.schedule import BEAT_SCHEDULE, QUEUES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrss_portal.settings")
app = Celery("hrss_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["hrss_portal.jobs"])
app.conf.beat_schedule = BEAT_SCHEDULE
app.conf.task_queues = [Queue(name) for name in QUEUES]
