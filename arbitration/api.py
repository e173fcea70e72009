"""What other systems may exchange with the arbitration court: disputes and mediation cases.

A provincial platform refers its leads and cases as mediation cases under its own number.
"""

from hrss_portal.desk.api.resources import CaseResource

api = [
    CaseResource(
        of="arbitration.dispute",
        fields=(
            "apply_mode",
            "cause",
            "procedure",
            "is_migrant_wage",
            "mediation_ok",
            "hired_on",
            "dispute_on",
            "signed_on",
            "finality",
            "awarded",
            "served_on",
            "follow_up",
        ),
        amend=("facts", "post", "monthly_wage", "remark"),
    ),
    CaseResource(
        of="arbitration.mediationcase",
        fields=(
            "cause",
            "organisation",
            "platform_due_at",
            "consent",
            "agreed_terms",
            "agreed_amount",
            "agreed_on",
            "perform_by",
            "performed",
            "review",
            "next_step",
        ),
        amend=("platform_due_at", "process", "remark"),
        number_field="external_no",
    ),
]
