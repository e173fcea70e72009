"""The app of ``activities``."""

from hrss_portal import areas


class Activities(areas.KernelApp):
    """What several areas report once: campaigns, visits, meetings, tasks."""

    name = "hrss_portal.activities"
    label = "activities"
    verbose_name = "活动与任务"
