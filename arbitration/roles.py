"""Who works on disputes and mediation, and what they may do and see."""

from hrss_portal.access.roles import Role

FILE = {"P1", "P4"}  # identifiers; cases heard in private
INNER = {"P3"}  # the inner file: deliberation records never reach the parties


def _role(post: str, scope: str, *can: str, classes: set[str] | None = None) -> Role:
    return Role(
        post=post,
        area="arbitration",
        can=frozenset(can),
        scope=scope,
        classes=frozenset(classes or ()),
    )


roles = [
    _role("DIR", "bureau", "*.view", "*.search", "*.print", classes=FILE),
    _role("VDIR", "chain", "*.view", "*.search", "*.print", classes=FILE),
    _role(
        "ARB-C",
        "unit",
        "dispute.*",
        "mediationcase.*",
        "register.*",
        "sheet.X10",
        "sheet.X16",
        "board.view",
        classes=FILE | INNER,
    ),
    _role(
        "ARB",
        "unit",
        "dispute.view",
        "dispute.search",
        "dispute.print",
        "dispute.open",
        "mediationcase.view",
        "mediationcase.search",
        "mediationcase.open",
        "mediationcase.edit",
        "register.view",
        "register.add",
        "register.edit",
        "board.view",
        "sheet.X10",
        "sheet.X16",
    ),
    _role("ARB", "own", "dispute.edit", "dispute.paper", classes=FILE | INNER),
    _role(
        "CLK",
        "unit",
        "dispute.view",
        "dispute.search",
        "dispute.print",
        "dispute.open",
        "mediationcase.view",
        "mediationcase.search",
        "mediationcase.open",
        "register.view",
        "register.add",
        "register.edit",
        "board.view",
        "sheet.X10",
        "sheet.X16",
    ),
    _role("CLK", "own", "dispute.edit", "dispute.paper", classes=FILE),
    _role(
        "MED",
        "unit",
        "mediationcase.view",
        "mediationcase.search",
        "mediationcase.print",
        "mediationcase.open",
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
    _role("WIN", "own", "dispute.view", "mediationcase.view"),
    _role("WIN-C", "bureau", "dispute.open", "mediationcase.open"),
    _role("LEG", "bureau", "dispute.view", "dispute.search", "mediationcase.view", classes=FILE),
    _role("OFF", "bureau", "board.view"),
]
