"""``import_sheet SHEET FILE [--user U] [--commit]``: check a sheet, or land it."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.access.models import User
from hrss_portal.access.policy import Refused
from hrss_portal.audit.commands import BadInput, PortalCommand, unusable
from hrss_portal.imports import batches
from hrss_portal.imports.landing import NotPossible
from hrss_portal.imports.models import Batch, StagedRow
from hrss_portal.imports.refusals import FileRefused
from hrss_portal.imports.registry import UnknownSheet, sheets

PARTS = (("created", "新增"), ("updated", "更新"), ("unchanged", "未变"), ("rejected", "未导入"))


class Command(PortalCommand):
    """Exit 0 when all rows land, 3 when some are rejected, 2 when the file is not usable."""

    help = "检查或导入一张表格"

    def arguments(self, parser: CommandParser) -> None:
        """Sheet code, file, and who lands it."""
        parser.add_argument("sheet")
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", help="staff number; needed with --commit")
        parser.add_argument("--commit", action="store_true", help="land the rows")

    def run(self, **options: Any) -> dict[str, Any]:
        """Dry run, and with ``--commit`` the landing."""
        user = user_of(options["user"])
        if options["commit"] and user is None:
            raise BadInput("user_required", "导入需要 --user 工号", "只检查时不要写 --commit")
        content = read(options["file"])
        try:
            name = options["file"].name
            trial = not options["commit"]
            batch = batches.dry_run(options["sheet"], content, name=name, by=user, trial=trial)
            if options["commit"] and user is not None:
                batch = batches.commit(batch, by=user)
        except UnknownSheet:
            raise unknown_sheet(options["sheet"]) from None
        except (FileRefused, NotPossible) as refused:
            raise BadInput(refused.code, str(refused)) from None
        except Refused as refused:
            raise BadInput(
                "not_allowed", f"工号 {options['user']} 不能导入本表：{refused}"
            ) from None
        with batches.acting(user):
            return data_of(batch, dry_run=not options["commit"])

    def exit_code(self, data: dict[str, Any]) -> int:
        """3 when rows were rejected."""
        return 3 if data["rejected"] else 0

    def table(self, data: dict[str, Any]) -> str:
        """The receipt and the list of problems."""
        head = "检查结果（没有写入）" if data["dry_run"] else "导入结果"
        sums = " + ".join(f"{label} {data[name]}" for name, label in PARTS)
        lines = [f"{data['sheet']} {head}，批次 {data['batch']}：读入 {data['read']} = {sums}"]
        for error in data["errors"]:
            mark = "■" if error["level"] == "wrong" else "▲"
            place = f"{error['column']}{error['row']}" if error["column"] else f"第{error['row']}行"
            lines.append(
                f"{mark} {place} {error['heading']} {error['value_masked']} {error['message']}"
            )
        return "\n".join(lines)


def data_of(batch: Batch, *, dry_run: bool) -> dict[str, Any]:
    """The documented shape of a batch, with every message of every row."""
    page = batch.place.sheet_name or batch.sheet_code
    rows = StagedRow.objects.filter(batch=batch).exclude(messages=[]).defer("content", "outcome")
    errors = [
        {
            "sheet": page,
            "row": row.number,
            "column": item["letter"],
            "heading": item["heading"],
            "value_masked": item["value"],
            "code": item["code"],
            "message": item["message"],
            "level": item["level"],
        }
        for row in rows.order_by("number").iterator(chunk_size=1000)
        for item in row.messages
    ]
    return {
        "sheet": batch.sheet_code,
        "file_sha256": batch.sha256,
        "batch": batch.pk,
        "dry_run": dry_run,
        **batch.figures(),
        "errors": errors,
    }


def user_of(staff_no: str | None) -> User | None:
    """The active account with a staff number.  Raises ``BadInput``."""
    if not staff_no:
        return None
    user: User | None = User.objects.filter(staff_no__iexact=staff_no, is_active=True).first()
    if user is None:
        raise BadInput("unknown_user", f"没有工号 {staff_no} 的在用账号")
    return user


def read(path: Path) -> bytes:
    """The file.  Raises ``BadInput`` when it is not there."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unusable(error, path) from None


def require_suffix(path: Path, *suffixes: str) -> None:
    """Raises ``BadInput`` for a file of another kind."""
    if path.suffix.lower() not in suffixes:
        kinds = " 或 ".join(suffixes)
        raise BadInput("bad_path", f"文件名要以 {kinds} 结尾：{path}", "改文件名后再执行")


def unknown_sheet(code: str) -> BadInput:
    """What to say about a code that nobody declares."""
    known = "、".join(sheet.code for sheet in sheets())
    return BadInput("unknown_sheet", f"没有表号 {code}", f"可用的表号：{known}")
