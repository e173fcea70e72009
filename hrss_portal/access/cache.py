"""The cache that may be away: Django's Redis backend, which then answers as an empty one.

What is cached is read from the database again (ADR 0005: the server can be emptied or replaced at
any time), so pages become slower, not unusable.  Counting (``incr``) still raises: whoever counts
says himself what a lost count means.
"""

import logging
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

logger = logging.getLogger(__name__)
ANSWER_WITHIN, ASK_AGAIN_AFTER = 2, 10  # seconds


class MayBeAwayClient(RedisCacheClient):
    """Reads nothing and writes nothing while the server does not answer or refuses.

    A server that hangs is not waited for again and again: after one failure nobody in this process
    asks it for ``ASK_AGAIN_AFTER`` seconds.
    """

    asked_again_at = 0.0  # of all threads of the process

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"socket_timeout": ANSWER_WITHIN, **kwargs})
        # Loaded here, as Django does: commands that ask nothing start without the client.
        self.failure: type[Exception] = import_module("redis").RedisError

    def _try(self, ask: Callable[..., Any], empty: Any, *args: Any) -> Any:
        if time.monotonic() < MayBeAwayClient.asked_again_at:
            return empty
        try:
            return ask(*args)
        except self.failure as error:
            MayBeAwayClient.asked_again_at = time.monotonic() + ASK_AGAIN_AFTER
            logger.warning("cache is away: %s", type(error).__name__)
            return empty

    def get(self, key: Any, default: Any) -> Any:
        """The value, or the default."""
        return self._try(super().get, default, key, default)

    def get_many(self, keys: Any) -> Any:
        """What is known of the keys."""
        return self._try(super().get_many, {}, keys)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        """Keep a value if it can be kept."""
        self._try(super().set, None, key, value, timeout)

    def set_many(self, data: Any, timeout: Any) -> None:
        """Keep values if they can be kept."""
        self._try(super().set_many, None, data, timeout)

    def delete(self, key: Any) -> Any:
        """Whether something was forgotten."""
        return self._try(super().delete, False, key)

    def delete_many(self, keys: Any) -> None:
        """Forget what is known."""
        self._try(super().delete_many, None, keys)


class MayBeAwayCache(RedisCache):
    """``CACHES`` backend with ``MayBeAwayClient``."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = MayBeAwayClient
