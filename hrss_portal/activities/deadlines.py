"""The one clock of a task: the day written on the slip or in the minutes."""

from hrss_portal.deadlines.terms import Term

deadlines = [
    Term(
        code="act.task",
        label="交办事项办结",
        rule="ACT-01",
        of="activities.task",
        starts=frozenset({"open", "fail", "reopen"}),
        given_by="due_given",
        restarted_by=frozenset({"postpone", "reissue"}),
        met_by=frozenset({"report", "hand_in", "no_change"}),
        cancelled_by=frozenset({"withdraw"}),
    )
]
