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
OWN = ("dispute.view", "dispute.search", "dispute.print", "dispute.edit", "dispute.paper")


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
        "mediationcase.paper",
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
        "mediationcase.paper",
        "sheet.X16",
        classes={"P1"},
    ),
    _role("WIN", "bureau", "dispute.open", "mediationcase.open"),
    # a window sees how far what it took in has come, not what the court thinks of it
    _role("WIN", "own", "dispute.view", "mediationcase.view", hides={"summary", "handler_opinion"}),
    _role("WIN-C", "bureau", "dispute.open", "mediationcase.open"),
    _role("LEG", "bureau", "dispute.view", "dispute.search", classes=FILE),
    _role("OFF", "bureau", "board.view"),
    *(_role(post, "bureau", "body.view") for post in ("MED", "TOWN", "WIN", "WIN-C")),
]
