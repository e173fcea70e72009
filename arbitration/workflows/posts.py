"""Who works on disputes, the groups of states, and the sides of a case."""

INTAKE = frozenset({"WIN", "WIN-C", "ARB", "CLK", "ARB-C"})
HANDLER = frozenset({"ARB", "CLK", "ARB-C"})
JUDGE = frozenset({"ARB", "ARB-C"})
HEAD = frozenset({"ARB-C"})
DIRECTOR = frozenset({"DIR"})  # or whoever holds a recorded delegation (办案规则 45, 47)
CLERK = frozenset({"CLK", "ARB-C"})
TRIAL = frozenset({"accepted", "serving", "scheduled", "hearing", "deliberating"})
ENDED = frozenset(
    {"awarded", "mediated", "withdrawn", "revoked", "terminated", "rejected", "transferred"}
)
BEFORE_ACCEPTANCE = frozenset({"received", "correcting", "pre_mediation", "pending"})
AFTER_ACCEPTANCE = TRIAL | {"suspended", "awarded", "mediated", "withdrawn"}
PARTY_ROLES = {"applicant": "申请人", "respondent": "被申请人", "third": "第三人"}
