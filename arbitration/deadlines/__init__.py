"""The clocks of disputes and mediation cases: which rule, from which move, met by which.

Lengths, articles and counting stand in the dated rules (docs: 期限规则); here a rule code is bound
to moves.  Terms whose rule is a policy or a local default are marked ``target``: they are shown
beside the statutory clock and never make a case overdue.
"""

from arbitration.deadlines.after import AFTER
from arbitration.deadlines.disputes import DISPUTES
from arbitration.deadlines.mediations import MEDIATIONS

deadlines = [*DISPUTES, *AFTER, *MEDIATIONS]
