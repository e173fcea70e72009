#!/usr/bin/env python
"""Django's command line.  ``./portal manage …`` calls it with the servers running."""

import gc
import os
import sys

from hrss_portal.audit.command_line import execute

#: Hardly anything that is imported is garbage: looking for it every 700 objects, as Python does by
#: default, takes a quarter of the start.
OBJECTS_BETWEEN_COLLECTIONS = 50_000

if __name__ == "__main__":
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrss_portal.settings")
    execute(sys.argv)
