"""A trial area of one model, for the tests of scopes and policies."""

from django.apps.registry import Apps
from django.db import models

from hrss_portal.access.policy import Scope
from hrss_portal.access.roles import Role
from hrss_portal.access.scope import ScopedManager

isolated = Apps()


class Matter(models.Model):
    """A matter of an office about a town, handled by somebody."""

    unit = models.BigIntegerField()
    town = models.BigIntegerField(null=True)
    handler = models.BigIntegerField(null=True)
    label = models.CharField(max_length=20)

    scope = Scope(area="trial", noun="matter", unit="unit", town="town", own=("handler",))
    objects = ScopedManager()

    class Meta:
        app_label = "trial"
        apps = isolated
        ordering = ["label"]


def role(post: str, scope: str, *can: str, classes: str = "") -> Role:
    """A role of the trial area."""
    return Role(
        post=post,
        area="trial",
        can=frozenset(can or {"matter.view"}),
        scope=scope,
        classes=frozenset(classes.split()),
    )


ROLES = (
    role("ARB-C", "unit", "matter.view", "matter.edit", classes="P1 P3"),
    role("ARB", "unit", "matter.view", classes="P1"),
    role("ARB", "own", "matter.view", "matter.edit", classes="P1 P3"),
    role("VDIR", "chain", "matter.view", "matter.extend"),
    role("TOWN", "town"),
    role("DIR", "bureau"),
)
