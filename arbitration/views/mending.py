"""The correction of a mediation case: who acts for a town keeps the case in it."""

from typing import Any

from arbitration.forms.bodies import (
    EDIT,
    confine,
    offer_bodies,
    standing_bodies,
    towns_of_entry,
)
from hrss_portal.desk.doing import CaseEdit


class MediationEdit(CaseEdit):
    """更正调解案件."""

    def make(self, case: Any, data: Any = None) -> Any:
        """The form over the case, with the towns and bodies that the user may choose."""
        form = super().make(case, data)
        offer_bodies(form, standing_bodies(case.unit))
        confine(form, towns_of_entry(self.user, EDIT), case)
        return form
