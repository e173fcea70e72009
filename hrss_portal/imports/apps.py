"""The app of ``imports``."""

from hrss_portal import areas
from hrss_portal.areas import MenuItem


class Imports(areas.KernelApp):
    """Sheets in and out: staging, cell-level messages, commit, receipt."""

    name = "hrss_portal.imports"
    label = "imports"
    verbose_name = "导入导出"
    menu = (
        MenuItem(
            label="表格导入",
            url="imports:batches",
            policy="imports.batch.view",
            icon="sheet",
        ),
    )
