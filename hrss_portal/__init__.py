"""The county HR and social-security portal: wiring and kernel apps."""

from hrss_portal.celery import app as celery_app

__all__ = ["celery_app"]
