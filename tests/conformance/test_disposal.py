"""What is destroyed with a file stands nowhere else: the change log keeps no words of it."""

import pytest

from hrss_portal.audit.triggers import ChangeLog, words_of
from hrss_portal.casework.disposal import tables_of
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import workflows

TABLES = {Case} | {
    table
    for workflow in workflows()
    for table in (workflow.model, *(model for model, _ in tables_of(workflow.model)))
}


def test_rows_of_a_register_that_point_to_a_case_are_not_its_file() -> None:
    of = {
        workflow.of: {model._meta.label for model, _ in tables_of(workflow.model)}
        for workflow in workflows()
    }
    pointing = {"activities.Decision", "activities.Answer", "activities.VisitProblem"}
    assert not pointing & of["activities.task"]
    assert {"casework.CaseParty", "casework.Attachment"} <= of["activities.task"]
    assert {"arbitration.Claim", "arbitration.Hearing"} <= of["arbitration.dispute"]


@pytest.mark.parametrize("table", sorted(TABLES, key=lambda one: one._meta.label), ids=str)
def test_the_change_log_of_a_file_keeps_a_mask_of_its_words(table: type) -> None:
    logs = [one for one in getattr(table._meta, "triggers", ()) if isinstance(one, ChangeLog)]
    open_words = [
        name
        for log in logs
        for name in words_of(table)
        if not log.masks_words and name not in {*log.skip, *log.personal}
    ]
    assert open_words == [], (
        f"{table.__name__} belongs to the file of a case and has fields of free text: write "
        "triggers = [*change_log(masks_words=True)] in its Meta and makemigrations"
    )
