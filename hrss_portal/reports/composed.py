"""A composed report as plain data: paragraphs of pieces, figures in use, gaps.

The one source of the page, the docx and the check workbook, and what a freeze keeps.
"""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from hrss_portal.reports.narrative import LineKind


class NotReady(ValueError):
    """What was asked of a report needs something filled, checked, locked or frozen first."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """One figure in the text: where, under which question, as it is printed there."""

    id: str
    section: str
    code: str
    label: str
    printed: str
    value: str | None
    numerator: str | None
    denominator: str | None
    previous: str | None
    frm: str | None
    to: str
    org: str
    org_spec: str
    filters: str
    definition: str
    version: int
    as_of: str
    provisional: bool
    override: dict[str, str] | None
    rows_url: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some words of a paragraph; ``use`` is the id of the figure they print, ``mark`` what is
    missing."""

    text: str
    use: str = ""
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph of a composed report."""

    kind: LineKind
    section: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, kw_only=True)
class SectionText:
    """A section as staff left it: heading, body in the narrative language, texts filled in.

    ``omitted`` is the reason why it is left out of this period's report (本期不编入).
    """

    code: str
    number: str
    heading: str
    level: int
    body: str
    awaiting: tuple[str, ...] = ()
    omitted: str = ""


@dataclass(kw_only=True)
class Composed:
    """A whole report, ready for page, docx and workbook."""

    code: str
    title: str
    org: str
    frm: date
    to: date
    paragraphs: list[Paragraph] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # names of the filled-in texts it came to

    def as_json(self) -> dict[str, Any]:
        """For the freeze: everything as plain data."""
        return {
            **{name: getattr(self, name) for name in ("code", "title", "org", "missing", "texts")},
            "from": self.frm.isoformat(),
            "to": self.to.isoformat(),
            "paragraphs": [asdict(paragraph) for paragraph in self.paragraphs],
            "uses": [asdict(use) for use in self.uses],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Composed":
        """A frozen report as it was."""
        return cls(
            code=data["code"],
            title=data["title"],
            org=data["org"],
            frm=date.fromisoformat(data["from"]),
            to=date.fromisoformat(data["to"]),
            paragraphs=[
                Paragraph(
                    kind=paragraph["kind"],
                    section=paragraph["section"],
                    pieces=tuple(Piece(**piece) for piece in paragraph["pieces"]),
                )
                for paragraph in data["paragraphs"]
            ],
            uses=[Use(**use) for use in data["uses"]],
            missing=data["missing"],
            texts=data.get("texts", []),
        )
