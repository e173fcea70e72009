"""What the shared registers have in common: each record has a page."""

from django.urls import reverse

from hrss_portal.casework.models import Record


class Activity(Record):
    """A record of a shared register; its page is ``activities:<model>_detail``."""

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """The page of the record."""
        return reverse(f"activities:{self._meta.model_name}_detail", args=[self.pk])
