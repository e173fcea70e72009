"""The app of ``parties``."""

from hrss_portal import areas
from hrss_portal.areas import MenuItem


class Parties(areas.KernelApp):
    """One Person and one Employer for all areas."""

    name = "hrss_portal.parties"
    label = "parties"
    verbose_name = "人员与单位"
    menu = (
        MenuItem(label="人员", url="parties:persons", policy="parties.person.view", icon="users"),
        MenuItem(
            label="单位",
            url="parties:employers",
            policy="parties.employer.view",
            icon="building-2",
        ),
    )
