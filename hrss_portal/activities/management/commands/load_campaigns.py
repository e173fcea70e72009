"""``manage load_campaigns``: the shipped topics and campaigns; idempotent."""

from typing import Any

from hrss_portal.activities.loading import load_campaigns
from hrss_portal.audit.commands import PortalCommand


class Command(PortalCommand):
    """Loads topics, and for each bureau the campaigns that it does not have."""

    help = "载入随系统发布的事由和活动（可重复执行）"

    def run(self, **options: Any) -> dict[str, int]:
        """How many of each were new."""
        loaded = load_campaigns()
        return {"topics": loaded.topics, "campaigns": loaded.campaigns}

    def table(self, data: dict[str, int]) -> str:
        """One line."""
        return f"新增事由 {data['topics']} 个，活动 {data['campaigns']} 个"
