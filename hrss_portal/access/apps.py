"""The app of ``access``."""

from hrss_portal import areas


class Access(areas.KernelApp):
    """Users, units, posts, grants; one policy module; scoped querysets."""

    name = "hrss_portal.access"
    label = "access"
    verbose_name = "组织与权限"
