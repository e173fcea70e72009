"""The desk's name for what ``access.keys`` does: a form sent twice has one effect."""

from hrss_portal.access.keys import FIELD, fingerprint, idempotent, new, once

__all__ = ["FIELD", "fingerprint", "idempotent", "new", "once"]
