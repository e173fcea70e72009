"""The states and moves of this area's cases, with who may make them."""

from arbitration.workflows.dispute import dispute
from arbitration.workflows.mediation import mediation

workflows = [dispute, mediation]
