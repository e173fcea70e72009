"""What conditions of the simple, the fast and the collective track may ask of a dispute."""

from arbitration.workflows.tracks import is_respondent_missing, respondent_missing
from hrss_portal.deadlines.conditions import FactField, Kind, RuleSet

DISPUTE = "arbitration.dispute"
INTAKE, APPROVAL = "收件登记", "立案审批表"
AMOUNT = FactField(code="amount", label="标的总额", unit="元", source=INTAKE)
PEOPLE = FactField(code="people", label="涉及人数", unit="人")

TRACKS = [
    RuleSet(
        code="arb.simple",
        label="简易处理",
        of=DISPUTE,
        fields=(
            FactField(
                code="is_clear",
                label="事实清楚、权利义务关系明确、争议不大",
                kind=Kind.FLAG,
                source=APPROVAL,
            ),
            AMOUNT,
            FactField(
                code="simple_agreed",
                label="双方同意简易处理",
                kind=Kind.FLAG,
                source=APPROVAL,
            ),
            FactField(
                code="simple_barred",
                label="有不得简易处理的情形",
                kind=Kind.FLAG,
                source=APPROVAL,
            ),
            FactField(
                code="respondent_missing",
                label="被申请人下落不明",
                kind=Kind.FLAG,
                read=respondent_missing,
                expression=is_respondent_missing,
            ),
            PEOPLE,
        ),
    ),
    RuleSet(
        code="arb.fast",
        label="农民工工资速裁",
        of=DISPUTE,
        fields=(
            FactField(
                code="is_migrant_wage",
                label="农民工工资争议",
                kind=Kind.FLAG,
                source=INTAKE,
            ),
            AMOUNT,
            PEOPLE,
        ),
    ),
    RuleSet(
        code="arb.collective",
        label="集体争议",
        of=DISPUTE,
        fields=(PEOPLE,),
    ),
]
