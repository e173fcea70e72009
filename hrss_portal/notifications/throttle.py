"""A brake on guessing: so many tries a minute from one address."""

import logging

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from hrss_portal.access.addresses import client_address

logger = logging.getLogger(__name__)
PER_MINUTE = 20


def too_many(request: HttpRequest, what: str, limit: int = PER_MINUTE) -> bool:
    """Count one try from the caller's address; True once the minute's share is used up.

    Counted in the cache: it only slows a guesser down, the 128 bits of a token are what protects.
    A cache that is away therefore lets people through.
    """
    minute = timezone.now().strftime("%Y%m%d%H%M")
    key = f"throttle:{what}:{client_address(request)}:{minute}"
    try:
        cache.add(key, 0, 120)
        return int(cache.incr(key)) > limit
    except Exception as error:  # the cache's client raises many kinds; a brake must not stop all
        logger.warning("throttle without cache: %s", error.__class__.__name__)
        return False
