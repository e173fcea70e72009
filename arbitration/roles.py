"""Who works on disputes and mediation, and what they may do and see."""

from hrss_portal.access.roles import Reach, Role

FILE = {"P1", "P4"}  # identifiers; cases heard in private
INNER = {"P3"}  # the inner file: deliberation records never reach the parties

COURT = (  # what arbitrators and clerks share: the court's registers, its mediation, its numbers
    "dispute.open",
    "mediationcase.view",
    "mediationcase.search",
    "mediationcase.open",
    "mediationcase.add",
    "mediationcase.edit",
    "mediationcase.attach",
    "register.view",
    "register.add",
    "register.edit",
    "body.view",
    "body.add",
    "body.edit",
    "board.view",
    "sheet.X10",
    "sheet.X16",
)
OWN = (
    "dispute.view",
    "dispute.search",
    "dispute.print",
    "dispute.edit",
    "dispute.attach",
    "dispute.paper",
    "dispute.receipt",
)
#: What the window does with what it took in: how far it has come, its receipt, what is handed in.
TAKEN_IN = ("view", "attach", "receipt")
WINDOW = ("WIN", "WIN-C")


def _role(
    post: str,
    scope: Reach,
    *can: str,
    classes: set[str] | None = None,
    hides: set[str] | None = None,
) -> Role:
    return Role(
        post=post,
        area="arbitration",
        can=frozenset(can),
        scope=scope,
        classes=frozenset(classes or ()),
        hides=frozenset(hides or ()),
    )


roles = [
    _role("DIR", "bureau", "*.view", "*.search", "*.print", classes=FILE),
    _role("VDIR", "chain", "*.view", "*.search", "*.print", classes=FILE),
    _role(
        "ARB-C",
        "unit",
        "dispute.*",
        "register.*",
        "body.*",
        "sheet.X10",
        "sheet.X16",
        "sheet.X17",
        "sheet.X18",
        "board.view",
        classes=FILE | INNER,
    ),
    _role("ARB-C", "bureau", "mediationcase.*", classes={"P1"}),
    # disputes: one's own — as handler, deputy, member of the tribunal, or who entered it
    _role("ARB", "unit", *COURT),
    _role("ARB", "own", *OWN, classes=FILE | INNER),
    _role("CLK", "unit", *COURT),
    _role("CLK", "own", *OWN, classes=FILE),
    _role(
        "MED",
        "unit",
        "mediationcase.view",
        "mediationcase.search",
        "mediationcase.print",
        "mediationcase.open",
        "mediationcase.add",
        "mediationcase.edit",
        "mediationcase.attach",
        "mediationcase.paper",
        "mediationcase.receipt",
        "register.view",
        "board.view",
        "sheet.X16",
        classes={"P1"},
    ),
    _role(
        "TOWN",
        "town",
        "mediationcase.view",
        "mediationcase.search",
        "mediationcase.print",
        "mediationcase.open",
        "mediationcase.edit",
        "mediationcase.attach",
        "mediationcase.paper",
        "mediationcase.receipt",
        "sheet.X16",
        classes={"P1"},
    ),
    *(_role(post, "bureau", "dispute.open", "mediationcase.open") for post in WINDOW),
    # a window sees how far what it took in has come, not what the court thinks of it
    *(
        _role(
            post,
            "own",
            *(f"{kind}.{verb}" for kind in ("dispute", "mediationcase") for verb in TAKEN_IN),
            hides={"summary", "handler_opinion", "note"},
        )
        for post in WINDOW
    ),
    _role("LEG", "bureau", "dispute.view", "dispute.search", classes=FILE),
    _role("OFF", "bureau", "board.view"),
    *(_role(post, "bureau", "body.view") for post in ("MED", "TOWN", "WIN", "WIN-C")),
]
