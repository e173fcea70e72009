"""A brake on guessing: so many tries in a while from one address, and on one secret."""

import hashlib
import logging

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from hrss_portal.access.addresses import client_address

logger = logging.getLogger(__name__)
PER_MINUTE, MINUTE = 20, 60


def too_many(
    request: HttpRequest, what: str, limit: int = PER_MINUTE, *, seconds: int = MINUTE
) -> bool:
    """Count one try from the caller's address; True once the share of these seconds is used up.

    Counted in the cache: it only slows a guesser down, the 128 bits of a token are what protects.
    A cache that is away therefore lets people through.
    """
    return _count(f"{what}:{client_address(request)}", limit, seconds)


def too_many_of(secret: str, what: str, limit: int = PER_MINUTE, *, seconds: int = MINUTE) -> bool:
    """Count one try of a secret, from wherever it comes; the cache holds no more than its hash."""
    return _count(f"{what}:of:{hashlib.sha256(secret.encode()).hexdigest()}", limit, seconds)


def _count(who: str, limit: int, seconds: int) -> bool:
    key = f"throttle:{who}:{int(timezone.now().timestamp()) // seconds}"
    try:
        cache.add(key, 0, 2 * seconds)
        return int(cache.incr(key)) > limit
    except Exception as error:  # the cache's client raises many kinds; a brake must not stop all
        logger.warning("throttle without cache: %s", error.__class__.__name__)
        return False
