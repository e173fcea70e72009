"""What the child may use, and how it answers its parent."""

import json
import resource
import sys
from typing import Any

TEXT_LIMIT = 32767


class StopReading(Exception):
    """Reading cannot go on; the parent turns the code into a sentence."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.answer = {"error": code, "values": values}


def limit(limits: dict[str, int]) -> None:
    """Memory, processor time, and no file may be written."""
    memory = limits["memory"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(data: dict[str, Any]) -> None:
    """One JSON line to the parent."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.flush()
