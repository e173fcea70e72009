"""The app of ``documents``."""

from hrss_portal import areas
from hrss_portal.areas import MenuItem


class Documents(areas.KernelApp):
    """Files, papers from docx templates, gap-free number series."""

    name = "hrss_portal.documents"
    label = "documents"
    verbose_name = "文书与文件"
    menu = (
        MenuItem(
            label="文书登记簿",
            url="documents:papers",
            policy="documents.paper.view",
            icon="file-text",
        ),
        MenuItem(
            label="文书模板",
            url="documents:templates",
            policy="documents.template.edit",
            icon="file-pen",
        ),
        MenuItem(
            label="编号格式", url="documents:series", policy="documents.series.edit", icon="hash"
        ),
    )
