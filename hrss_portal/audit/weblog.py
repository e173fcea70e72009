"""The logs of gunicorn itself, masked as the portal's own.

``gunicorn.conf.py`` names ``MaskedLogger``: what gunicorn writes of a request that failed, and an
access log where a site switches one on, go through the same masks.
"""

import logging

from gunicorn.glogging import Logger

from hrss_portal.audit.logs import mask_identifiers


class MaskedFormatter(logging.Formatter):
    """Writes what another formatter made, masked, tracebacks included."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """The finished line, masked."""
        return mask_identifiers(self.inner.format(record))


class MaskedLogger(Logger):
    """gunicorn's logger with every line of its error and access log masked."""

    def setup(self, cfg: object) -> None:
        """Make the handlers as ever, then put the mask over each."""
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(MaskedFormatter(handler.formatter or logging.Formatter()))
