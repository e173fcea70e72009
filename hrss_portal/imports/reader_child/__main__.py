"""The way in: isolated Python finds the portal's own modules here and nowhere else."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[3])

from hrss_portal.imports.reader_child.serving import main  # noqa: E402 - found by the line above

if __name__ == "__main__":
    sys.exit(main())
