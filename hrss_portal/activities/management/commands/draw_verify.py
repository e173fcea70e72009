"""``draw_verify FILE``: proves that a draw's result follows from its list and seed."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hrss_portal.activities import drawing
from hrss_portal.audit.commands import BadInput, Fault, PortalCommand


class Command(PortalCommand):
    """Exit 0 when it does, 1 when it does not, 2 for what is no draw file.

    Of two sealed halves each must fit its digest, and both the seed.
    """

    help = "核验抽取文件：结果是否由公布的名单和种子得出"

    def arguments(self, parser: CommandParser) -> None:
        """The file that the page of a draw hands out."""
        parser.add_argument("file", metavar="FILE")

    def run(self, **options: Any) -> dict[str, Any]:
        """Raises ``BadInput`` for what is no draw file and ``Fault`` for what proves nothing."""
        try:
            content = Path(options["file"]).read_bytes()
            found = drawing.faults(content)
        except OSError:
            raise BadInput("cannot_read", f"读不出文件：{options['file']}") from None
        except drawing.DrawError as error:
            hint = "下载抽取结果页上的“抽取文件”，不要重新保存"
            raise BadInput("not_a_draw", str(error), hint) from None
        if found:
            raise Fault("differs", "不符：" + "；".join(found), "向公布单位索取原文件再核验")
        return drawing.summary(content)

    def table(self, data: Any) -> str:
        """One line for people."""
        halves = "".join(f"\n封存的哈希值 {digest}" for digest in data["halves"])
        return (
            f"相符：{data['objects']} 个对象抽取 {data['k']} 个，检查人员 {data['officers']} 名\n"
            f"名单哈希值 {data['list_sha256']}\n种子 {data['seed']}{halves}"
        )
