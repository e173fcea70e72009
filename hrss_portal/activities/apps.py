"""The app of ``activities``."""

from hrss_portal import areas
from hrss_portal.areas import MenuItem


def _item(label: str, model: str, icon: str, query: str = "") -> MenuItem:
    return MenuItem(
        label=label,
        url=f"activities:{model}_list",
        policy=f"activities.{model}.view",
        icon=icon,
        query=query,
    )


class Activities(areas.KernelApp):
    """What several areas report once: campaigns, visits, meetings, tasks."""

    name = "hrss_portal.activities"
    label = "activities"
    verbose_name = "活动与任务"
    menu = (
        _item("交办督办", "task", "clipboard-list", "stage=open"),
        _item("乡镇填报", "round", "table-properties"),
        _item("走访服务", "visit", "footprints"),
        _item("会议宣讲", "meeting", "presentation"),
        _item("活动", "campaign", "flag"),
        _item("资料发放", "handout", "book-open"),
        _item("宣传报道", "publicitypost", "megaphone"),
        _item("培训班", "trainingclass", "graduation-cap"),
        _item("表扬加分", "commendation", "award"),
        _item("问卷", "survey", "message-square-text"),
        _item("随机抽取", "draw", "dices"),
    )
