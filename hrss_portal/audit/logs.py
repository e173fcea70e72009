"""Log lines as JSON, with identifiers masked, and secrets in addresses left out.

Two nets: the filter masks the message before any formatter sees it, the formatter masks every
value it writes, tracebacks included.
"""

import logging
import re
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

from hrss_portal.audit import context

IDENTIFIERS = re.compile(
    r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9}|\d{16,19})(?!\d)"
)  # ID number (18, 15), mobile phone, bank card


#: What else is left out of a log, told by higher apps (``access.secret_paths``).
_hiders: list[Callable[[str], str]] = []


def hide_also(hider: Callable[[str], str]) -> None:
    """Let ``hider(text) -> text`` take out of every log line what must not stand there."""
    if hider not in _hiders:
        _hiders.append(hider)


def hide_secrets(text: str) -> str:
    """The text without the secrets of addresses."""
    for hider in _hiders:
        text = hider(text)
    return text


def mask_identifiers(text: str) -> str:
    """The text with ID numbers, phones and card numbers reduced to their last two characters, and
    without the secrets of addresses."""
    return IDENTIFIERS.sub(lambda match: "***" + match[0][-2:], hide_secrets(text))


class MaskIdentifiers(logging.Filter):
    """Masks ID numbers and phones in log records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replaces the message by its masked form; always lets the record through."""
        if isinstance(record.msg, str):
            record.msg, record.args = mask_identifiers(record.getMessage()), ()
        return True


def _mask_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {
        key: mask_identifiers(value) if isinstance(value, str) and key != "timestamp" else value
        for key, value in event.items()
    }


def _add_request(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if identifier := context.request_id():
        event["request"] = identifier
    return event


def json_formatter() -> logging.Formatter:
    """The formatter of the ``stderr`` handler: one JSON object per line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            _add_request,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _mask_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
