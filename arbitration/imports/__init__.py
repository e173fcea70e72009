"""The sheets of this area: ledgers of disputes and of mediation, and two registers."""

from arbitration.imports.disputes import X10
from arbitration.imports.mediations import X16
from arbitration.imports.registers import X17, X18

imports = [X10, X16, X17, X18]
