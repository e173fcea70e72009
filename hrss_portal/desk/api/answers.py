"""The shapes of what the API answers, for the interface description.

``shapes`` makes the answers; a test compares real ones with these.
"""

from typing import Any

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
NULLABLE: Json = {"type": ["string", "null"]}
WHOLE: Json = {"type": "integer"}
YES_NO: Json = {"type": "boolean"}
DAY: Json = {"type": ["string", "null"], "format": "date"}
MOMENT: Json = {"type": "string", "format": "date-time"}


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


def _rows(**properties: Json) -> Json:
    return {"type": "array", "items": _object(**properties)}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _many(name: str) -> Json:
    return {"type": "array", "items": _ref(name)}


REFERENCE = ("id", "kind", "external_system", "external_no", "number", "intake_no")
RECEIPT: Json = {
    **dict.fromkeys(("id", "version"), WHOLE),
    **dict.fromkeys(
        ("kind", "external_system", "external_no", "intake_no", "state", "state_label"), TEXT
    ),
    "number": NULLABLE,
}
SUMMARY: Json = {
    **RECEIPT,
    "people": WHOLE,
    **dict.fromkeys(("title", "phase", "channel", "outcome", "unit", "url"), TEXT),
    **dict.fromkeys(("amount", "town", "handler"), NULLABLE),
    **dict.fromkeys(("opened_on", "accepted_on", "closed_on", "due_on"), DAY),
    **dict.fromkeys(("due_provisional", "is_paused"), YES_NO),
    "own_day": {"oneOf": [_ref("OwnDay"), {"type": "null"}]},
    "updated_at": MOMENT,
}

ANSWERS: Json = {
    "Error": _object(
        ok={"const": False},
        error=_object(
            code=TEXT,
            message=TEXT,
            hint=TEXT,
            fields={
                "type": "object",
                "additionalProperties": {"type": "array", "items": TEXT},
            },
        ),
    ),
    "CaseSummary": _object(**SUMMARY),
    "Case": _object(
        **SUMMARY,
        fields={"type": "object"},
        parties=_many("Party"),
        clocks=_many("Clock"),
        attachments=_many("Attachment"),
        moves={"type": "array", "items": _object(code=TEXT, label=TEXT)},
    ),
    "CaseReceipt": _object(**RECEIPT),
    "CaseAnswer": {"anyOf": [_ref("Case"), _ref("CaseReceipt")]},
    "Party": _object(
        role=TEXT,
        seq=WHOLE,
        kind={"enum": ["person", "employer"]},
        name=TEXT,
        id_number=TEXT,
        uscc=TEXT,
        phone=TEXT,
        address=TEXT,
        legal_rep=TEXT,
        is_representative=YES_NO,
        left_on=DAY,
    ),
    "Clock": _object(
        term=TEXT,
        label=TEXT,
        is_target=YES_NO,
        is_minimum=YES_NO,
        started_on=DAY,
        due_on=DAY,
        due_at={**MOMENT, "type": ["string", "null"]},
        provisional=YES_NO,
        state=TEXT,
        met_on=DAY,
    ),
    "OwnDay": _object(term=TEXT, label=TEXT, due_on=DAY, is_minimum=YES_NO, has_come=YES_NO),
    "Attachment": _object(
        id=WHOLE, kind=TEXT, part=TEXT, name=TEXT, size=WHOLE, sha256=TEXT, added_at=MOMENT
    ),
    "Event": _object(
        id=WHOLE,
        type=TEXT,
        move=TEXT,
        label=TEXT,
        from_state=TEXT,
        to_state=TEXT,
        on=DAY,
        at=MOMENT,
        case=_object(**{name: SUMMARY[name] for name in REFERENCE}),
    ),
    "Correctable": _object(
        what=TEXT,
        row=WHOLE,
        label=TEXT,
        words=TEXT,
        fields=_rows(
            name=TEXT,
            label=TEXT,
            required=YES_NO,
            value={},
            choices={"type": "array", "items": TEXT},
        ),
    ),
    "Corrected": _object(
        what=TEXT,
        seen=TEXT,
        is_stored=YES_NO,
        values=_rows(label=TEXT, old=TEXT, new=TEXT),
        clocks=_rows(label=TEXT, changes={"type": "array", "items": TEXT}),
        papers=_rows(title=TEXT, number=TEXT, issued_on=DAY),
        stands={"type": "array", "items": TEXT},
    ),
    "MoveMade": _object(event=_ref("Event"), case=_ref("CaseAnswer")),
    "FigureName": _object(code=TEXT, name=TEXT, unit=TEXT),
    "Figure": {"type": "object"},
    "Client": {"type": "object"},
}
