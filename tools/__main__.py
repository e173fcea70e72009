"""The command line behind ``./portal``."""

import os
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from tools import commands  # noqa: E402 - the line above makes the package importable

if __name__ == "__main__":
    sys.exit(commands.main(sys.argv[1:], dict(os.environ)))
