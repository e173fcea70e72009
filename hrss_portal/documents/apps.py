"""The app of ``documents``."""

from hrss_portal import areas


class Documents(areas.KernelApp):
    """Files, papers from docx templates, gap-free number series."""

    name = "hrss_portal.documents"
    label = "documents"
    verbose_name = "文书与文件"
