"""The app of ``access``."""

from django.core import checks

from hrss_portal import areas


class Access(areas.KernelApp):
    """Users, units, posts, grants; one policy module; scoped querysets."""

    name = "hrss_portal.access"
    label = "access"
    verbose_name = "组织与权限"

    def ready(self) -> None:
        """Registers the start-up checks."""
        from hrss_portal.access import checks as own  # noqa: PLC0415 - needs loaded models

        checks.register(own.every_route_has_a_policy)
        checks.register(own.every_role_names_a_post)
