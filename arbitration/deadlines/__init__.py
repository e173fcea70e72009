"""The clocks of disputes and mediation cases: which rule, from which move, met by which;
and the facts that the conditions of a track may ask about.

Lengths, articles and counting stand in the dated rules (docs: 期限规则); here a rule code is bound
to moves.  Terms whose rule is a policy or a local default are marked ``target``: they are shown
beside the statutory clock and never make a case overdue.
"""

from arbitration.deadlines.after import AFTER
from arbitration.deadlines.disputes import DISPUTES
from arbitration.deadlines.mediations import MEDIATIONS
from arbitration.deadlines.tracks import TRACKS

deadlines = [*DISPUTES, *AFTER, *MEDIATIONS, *TRACKS]
