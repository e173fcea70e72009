"""``audit_verify``: proves that no sealed log row was changed, added or removed."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.audit import seal
from hrss_portal.audit.commands import BadInput, Fault, PortalCommand


class Command(PortalCommand):
    """Exit 0 and the head of the chain, or exit 1 and the first bad block."""

    help = "核验审计日志的封存链，指出第一个不符的块"

    def arguments(self, parser: CommandParser) -> None:
        """``--head NUMBER:SEAL`` compares with a head kept outside; ``--seal`` seals first;
        ``--new-epoch`` is for a dump restored into another server."""
        parser.add_argument("--head", default="", metavar="NUMBER:SEAL")
        parser.add_argument("--seal", action="store_true", help="先封存已结束的事务")
        parser.add_argument("--new-epoch", action="store_true", help="恢复到新服务器后，先起新链段")

    def run(self, **options: Any) -> dict[str, Any]:
        """Verifies; raises ``Fault`` for a bad block."""
        if options["new_epoch"]:
            seal.begin_epoch()
        if options["seal"]:
            seal.seal_due()
        report = seal.verify(head=self._head(options["head"]))
        if report.bad is not None:
            bad = report.bad
            raise Fault(
                "bad_block",
                f"第 {bad.block} 块不符：{bad.table} {bad.why}",
                "停止使用，保存现场（数据库和备份），报告安全管理员",
            )
        return {key: value for key, value in asdict(report).items() if key != "bad"}

    def _head(self, text: str) -> tuple[int, str] | None:
        if not text:
            return None
        number, _, mark = text.partition(":")
        if not number.isdigit() or not mark:
            raise BadInput("bad_head", f"块头写成 块号:封印，现在是 {text!r}")
        return int(number), mark

    def table(self, data: Any) -> str:
        """One line for people."""
        return (
            f"封存链完好：{data['blocks']} 块，{data['rows']} 条记录；"
            f"未封存 {data['unsealed']} 条\n块头 {data['head']}:{data['head_seal']}"
        )
