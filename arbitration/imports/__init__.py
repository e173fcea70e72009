"""The sheets of this area: X10, the ledger of disputes, and X16, the ledger of mediation."""

from arbitration.imports.disputes import X10
from arbitration.imports.mediations import X16

imports = [X10, X16]
