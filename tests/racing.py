"""Races on purpose: the same work at the same moment, each runner with a connection of its own."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection

WAIT = 60


def together(
    count: int,
    work: Callable[[int], Any],
    *,
    scope: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> list[Any]:
    """What ``work(0)`` … ``work(count - 1)`` give when all start at once; an exception is a result.

    ``scope`` is entered in every runner (``lambda: acting_as(user)``).
    """
    results: list[Any] = [None] * count
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            with scope():
                barrier.wait(WAIT)
                results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return results
