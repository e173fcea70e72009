"""The base of every management command: one envelope for programs, one table for people.

With ``--json``: ``{"ok": true, "data": …}`` on standard output and exit 0, or
``{"ok": false, "error": {"code", "message", "hint"}}`` on standard error and exit 2 for bad input,
1 for a fault.  Dates are ISO, decimals are strings.  Without it a readable text in Chinese.
"""

import errno
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError

from hrss_portal.audit.arguments import argument_words, file_words, usage

log = logging.getLogger(__name__)
#: Django's own options, which help and usage of a command need not name.
OF_DJANGO = {
    *("--version", "--verbosity", "--settings", "--pythonpath", "--traceback"),
    *("--no-color", "--force-color"),
}


class BadInput(Exception):
    """The caller gave something that cannot be worked with: exit 2, and words that help."""

    exit_code = 2

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Fault(BadInput):
    """The command worked and found something wrong, or could not finish: exit 1."""

    exit_code = 1


def unusable(error: OSError, path: Path | None = None) -> BadInput:
    """What to say of a file that cannot be read or written."""
    return BadInput("no_file", *file_words(error, path))


def foreseen(error: Exception) -> BadInput | None:
    """What is said of a mistake that any command may meet; None for what nobody foresaw."""
    if isinstance(error, OSError) and (error.filename or error.errno == errno.ENOSPC):
        return unusable(error)
    if isinstance(error, OperationalError) and "connection" in str(error):
        words = f"数据库没有应答：{str(error).strip().splitlines()[0]}"
        return Fault("no_database", words, "核对 DATABASE_URL，启动数据库后再执行")
    return None


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner can read.  Raises ``BadInput`` where it cannot be made."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        words = "文件已存在" if isinstance(error, FileExistsError) else "不能写入"
        raise BadInput("cannot_write", f"{words}：{path}", "换一个文件名或位置") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def unforeseen(error: Exception, as_json: bool) -> Fault:
    """A fault of the programs; where it happened is logged unless a program reads the errors."""
    if not as_json:
        log.error("command failed", exc_info=error)
    hint = "不加 --json 再执行一次，可看到详情" if as_json else ""
    return Fault("fault", f"{type(error).__name__}: {error}", hint)


def fail(error: BadInput | CommandError, *, as_json: bool, to: Any) -> NoReturn:
    """Ends the process with the words of an error, in the envelope where it was asked for."""
    if isinstance(error, CommandError):
        error = BadInput("bad_argument", str(error))
    if as_json:
        detail = {"code": error.code, "message": error.message, "hint": error.hint}
        text = json.dumps({"ok": False, "error": detail}, ensure_ascii=False)
    else:
        text = error.message + (f"\n{error.hint}" if error.hint else "")
    to.write(text if text.endswith("\n") else f"{text}\n")
    sys.exit(error.exit_code)


class PortalCommand(BaseCommand):
    """A command that answers in the envelope.

    A subclass implements ``run(**options)``, which returns the data, and ``table(data)``, which
    returns it as text; arguments go into ``arguments(parser)``.  ``exit_code(data)`` may say that
    the work landed only in part.
    """

    suppressed_base_arguments = OF_DJANGO

    def arguments(self, parser: CommandParser) -> None:
        """The command's own arguments; none unless overridden."""

    def run(self, **options: Any) -> Any:
        """Does the work and returns the data of the envelope."""
        raise NotImplementedError

    def table(self, data: Any) -> str:
        """The data as people read it."""
        return json.dumps(data, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder)

    def exit_code(self, data: Any) -> int:
        """0 unless the command defines a code for partial success."""
        return 0

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds ``--json`` to the command's own arguments."""
        parser.add_argument("--json", action="store_true", help="answer in the JSON envelope")
        self.arguments(parser)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A parser that tells wrong arguments in Chinese, in the envelope too when ``--json`` is
        among them.  Where other code calls, it raises ``CommandError``."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        plain = parser.error

        def refuse(message: str) -> None:
            if parser.called_from_command_line:
                told = BadInput("bad_argument", argument_words(message), usage(parser))
                fail(told, as_json="--json" in sys.argv, to=self.stderr)
            plain(message)

        parser.error = refuse  # type: ignore[method-assign]
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the command and prints the envelope or the table."""
        as_json = options.pop("json")
        try:
            data = self.run(**options)
        except (BadInput, CommandError) as error:
            fail(error, as_json=as_json, to=self.stderr)
        except Exception as error:
            fail(foreseen(error) or unforeseen(error, as_json), as_json=as_json, to=self.stderr)
        else:
            self.stdout.write(self._envelope(data) if as_json else self.table(data))
            if code := self.exit_code(data):
                sys.exit(code)

    def _envelope(self, data: Any) -> str:
        return json.dumps({"ok": True, "data": data}, ensure_ascii=False, cls=DjangoJSONEncoder)
