"""Build the shipped paper templates and check their tags."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from hrss_portal.audit.commands import Fault, PortalCommand
from hrss_portal.documents.kinds import paper_kinds
from hrss_portal.documents.rendering import check_template
from hrss_portal.documents.source import shipped_docx


class Command(PortalCommand):
    """Writes the docx of every declared paper into a folder; fails when a source is not usable."""

    help = "把自带的文书模板生成为 docx，并检查其中的标签"

    def arguments(self, parser: CommandParser) -> None:
        """The folder to write into; only checks without it."""
        parser.add_argument("folder", nargs="?", help="写到这个文件夹；不写则只检查")

    def run(self, **options: Any) -> list[dict[str, str]]:
        """One row per paper: code, label, file."""
        folder = Path(options["folder"]) if options["folder"] else None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        made: list[dict[str, str]] = []
        wrong: list[str] = []
        for kind in sorted(paper_kinds().values(), key=lambda kind: kind.code):
            try:
                content = shipped_docx(kind.template)
                check_template(content, kind)
            except FileNotFoundError:
                wrong.append(f"{kind.code}：没有 {kind.template}")
                continue
            except ValidationError as error:
                wrong.append(f"{kind.code}：{'；'.join(error.messages)}")
                continue
            name = f"{kind.code}.docx"
            if folder is not None:
                (folder / name).write_bytes(content)
            made.append({"code": kind.code, "label": kind.label, "file": name})
        if wrong:
            raise Fault("bad_template", "\n".join(wrong), "改正模板源文件后再运行")
        return made

    def table(self, data: list[dict[str, str]]) -> str:
        """One line per paper."""
        lines = [f"{row['code']}\t{row['label']}" for row in data]
        return "\n".join([*lines, f"共 {len(data)} 种文书，标签都可用"])
