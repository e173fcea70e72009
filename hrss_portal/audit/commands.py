"""The base of every management command: one envelope for programs, one table for people.

With ``--json``: ``{"ok": true, "data": …}`` on standard output and exit 0, or
``{"ok": false, "error": {"code", "message", "hint"}}`` on standard error and exit 2 for bad input,
1 for a fault.  Dates are ISO, decimals are strings.  Without it a readable text in Chinese.
"""

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

log = logging.getLogger(__name__)


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


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner can read.  Raises ``BadInput`` where it cannot be made."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        words = "文件已存在" if isinstance(error, FileExistsError) else "不能写入"
        raise BadInput("cannot_write", f"{words}：{path}", "换一个文件名或位置") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


class PortalCommand(BaseCommand):
    """A command that answers in the envelope.

    A subclass implements ``run(**options)``, which returns the data, and ``table(data)``, which
    returns it as text; arguments go into ``arguments(parser)``.  ``exit_code(data)`` may say that
    the work landed only in part.
    """

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
        """A parser that tells wrong arguments in the envelope too when ``--json`` is among them."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        plain = parser.error

        def refuse(message: str) -> None:
            if parser.called_from_command_line and "--json" in sys.argv:
                self._fail(BadInput("bad_argument", message, parser.format_usage().strip()), True)
            plain(message)

        parser.error = refuse  # type: ignore[method-assign]
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the command and prints the envelope or the table."""
        as_json = options.pop("json")
        try:
            data = self.run(**options)
        except (BadInput, CommandError) as error:
            self._fail(error, as_json)
        except Exception as error:
            if not as_json:  # a program reads standard error as the envelope and nothing else
                log.exception("command failed")
            message = f"{type(error).__name__}: {error}"
            self._fail(Fault("fault", message, "不加 --json 再执行一次，可看到详情"), as_json)
        else:
            self.stdout.write(self._envelope(data) if as_json else self.table(data))
            if code := self.exit_code(data):
                sys.exit(code)

    def _envelope(self, data: Any) -> str:
        return json.dumps({"ok": True, "data": data}, ensure_ascii=False, cls=DjangoJSONEncoder)

    def _fail(self, error: BadInput | CommandError, as_json: bool) -> NoReturn:
        if isinstance(error, CommandError):
            error = BadInput("bad_argument", str(error))
        if as_json:
            detail = {"code": error.code, "message": error.message, "hint": error.hint}
            text = json.dumps({"ok": False, "error": detail}, ensure_ascii=False)
        else:
            text = error.message + (f"\n{error.hint}" if error.hint else "")
        self.stderr.write(text)
        sys.exit(error.exit_code)
