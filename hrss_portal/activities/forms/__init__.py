"""The forms of the shared registers and of tasks."""

from hrss_portal.activities.forms.registers import (
    CommendationForm,
    HandoutForm,
    PublicityPostForm,
    TrainingClassForm,
)
from hrss_portal.activities.forms.rounds import HandInForm, NoChangeForm, RoundForm, TableForm
from hrss_portal.activities.forms.surveys import AnswerForm, SurveyForm
from hrss_portal.activities.forms.tasks import (
    AcceptForm,
    AskForm,
    CheckForm,
    CloseForm,
    DecisionTaskForm,
    FailForm,
    FileUpForm,
    PostponeForm,
    ProgressForm,
    ReasonForm,
    ReissueForm,
    ReopenForm,
    ReportForm,
    TaskForm,
    WithdrawForm,
)
from hrss_portal.activities.forms.visits import (
    CampaignForm,
    FollowUpForm,
    MeetingForm,
    VisitForm,
)

__all__ = [
    "AcceptForm",
    "AnswerForm",
    "AskForm",
    "CampaignForm",
    "CheckForm",
    "CloseForm",
    "CommendationForm",
    "DecisionTaskForm",
    "FailForm",
    "FileUpForm",
    "FollowUpForm",
    "HandInForm",
    "HandoutForm",
    "MeetingForm",
    "NoChangeForm",
    "PostponeForm",
    "ProgressForm",
    "PublicityPostForm",
    "ReasonForm",
    "ReissueForm",
    "ReopenForm",
    "ReportForm",
    "RoundForm",
    "SurveyForm",
    "TableForm",
    "TaskForm",
    "TrainingClassForm",
    "VisitForm",
    "WithdrawForm",
]
