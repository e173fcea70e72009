"""The app of ``access``."""

from django.core import checks

from hrss_portal import areas


class Access(areas.KernelApp):
    """Users, units, posts, grants; one policy module; scoped querysets."""

    name = "hrss_portal.access"
    label = "access"
    verbose_name = "组织与权限"
    duties = ("hrss_portal.access.proposals.duties",)
    menu = (
        areas.MenuItem(
            label="机构设置", url="access:unit_list", policy="access.unit.view", icon="network"
        ),
        areas.MenuItem(
            label="用户", url="access:user_list", policy="access.user.view", icon="users"
        ),
        areas.MenuItem(
            label="双人复核", url="access:proposal_list", policy="login", icon="check-check"
        ),
        areas.MenuItem(
            label="业务模块",
            url="access:module_list",
            policy="access.module.view",
            icon="toggle-right",
        ),
        areas.MenuItem(
            label="委托",
            url="access:delegation_list",
            policy="access.delegation.view",
            icon="signature",
        ),
        areas.MenuItem(
            label="缺勤",
            url="access:absence_list",
            policy="access.absence.view",
            icon="calendar-off",
        ),
        areas.MenuItem(
            label="审计日志", url="access:log_list", policy="audit.log.view", icon="scroll-text"
        ),
    )

    def ready(self) -> None:
        """Registers the start-up checks, and what no log may hold."""
        from hrss_portal.access import checks as own  # noqa: PLC0415 - needs loaded models
        from hrss_portal.access import secret_paths  # noqa: PLC0415
        from hrss_portal.audit import logs  # noqa: PLC0415

        logs.hide_also(secret_paths.hide)

        checks.register(own.every_route_has_a_policy)
        checks.register(own.every_role_names_a_post)
