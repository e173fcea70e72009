"""The app of ``imports``."""

from hrss_portal import areas


class Imports(areas.KernelApp):
    """Sheets in and out: staging, cell-level messages, commit, receipt."""

    name = "hrss_portal.imports"
    label = "imports"
    verbose_name = "导入导出"
