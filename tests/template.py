"""The migrated database that test processes copy: ``python -m tests.template make``, ``drop``.

Each process of each stage needs a database of its own, and to make one by migrations takes ten
seconds of processor time; to copy one takes a fraction of a second.  ``PORTAL_TEST_TEMPLATE`` names
the one to copy (``tests/conftest.py``); without it a process migrates its own.
"""

import os
import sys
import warnings

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- the apps must be loaded first
from django.db import connection  # noqa: E402


def drop(name: str) -> None:
    """Away with it, where there is one."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")


def make(name: str) -> None:
    """A new one, migrated; a warning on the way is a failure, as in the tests."""
    drop(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    connection.close()
    connection.settings_dict["NAME"] = name
    warnings.simplefilter("error")
    call_command("migrate", interactive=False, verbosity=0)


if __name__ == "__main__":
    {"make": make, "drop": drop}[sys.argv[1]](os.environ["PORTAL_TEST_TEMPLATE"])
