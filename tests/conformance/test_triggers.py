"""Every table is watched by the database itself: its changes are logged, or nothing in it changes.

A table without a trigger can be altered by raw SQL without leaving a name.  The few that may stand
unwatched are listed with the reason; whoever adds one has it reviewed here.
"""

from typing import Any

from hrss_portal.areas import portal_apps

WATCHED = {"change_log", "append_only"}

UNWATCHED = {
    # a person's own convenience
    "casework.Draft": "a half-typed form, replaced every few seconds, never the record",
    "casework.Follow": "a person's own wish to hear of a case",
    "desk.ListPreference": "how one person wants a list",
    "desk.SavedView": "a named set of filters; it shows nothing that rights do not show",
    # working data that is emptied again, the record stands elsewhere
    "imports.HeadingMemory": "a proposal for the next sheet, confirmed by a person each time",
    "imports.StagedRow": "rows before they are taken in; thousands change at once",
    "imports.Upload": "the sealed file, deleted after a day",
    "casework.IdempotencyKey": "written in the transaction whose effect is logged",
    "casework.ReplayCheck": "a preview; the clocks that move keep their steps",
    "arbitration.Booking": "the room and people of a hearing; made again from it, and it is logged",
    "arbitration.MissedCheck": "days without a check; made again from systems, checks, calendar",
    # technical queues: who is at it changes many times a minute
    "casework.Reminder": "ladder steps taken; the notice that was sent tells them",
    "jobs.Job": "leases and progress of work; what the work changes is logged",
    "notifications.Notice": "lines of an inbox, read and unread",
    "notifications.OutboxMessage": "leases and attempts of sending; the receipt is kept",
    # guarded otherwise
    "desk.ClientCall": "a log that only its own clearing, after its time, deletes from",
    "documents.Counter": "only rises, by a trigger of its own; every number given is logged",
    "parties.KeyCanary": "a changed one stops the start",
}


def of_the_house() -> list[Any]:
    """The models of the portal's own apps."""
    return [model for config in portal_apps() for model in config.get_models()]


def watched(model: Any) -> bool:
    """Whether the database logs or refuses changes of this table."""
    return bool(WATCHED & {trigger.name for trigger in getattr(model._meta, "triggers", [])})


def test_every_table_is_logged_or_append_only_or_listed_with_its_reason():
    unwatched = {model._meta.label for model in of_the_house() if not watched(model)}
    assert unwatched == set(UNWATCHED)
