"""Factories of jobs."""

import factory

from hrss_portal.jobs.models import Job


class JobFactory(factory.django.DjangoModelFactory):
    """A waiting job that does nothing when it runs."""

    class Meta:
        model = Job

    kind = "jobs.canary"
