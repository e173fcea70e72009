"""Campaigns, visits, meetings, publicity, classes, praise, surveys and tasks of all offices."""

from hrss_portal.activities.models.campaigns import Campaign, CampaignPair, ChecklistItem, Topic
from hrss_portal.activities.models.draws import Draw, DrawHalf
from hrss_portal.activities.models.meetings import Attendee, Decision, Meeting
from hrss_portal.activities.models.praise import Commendation
from hrss_portal.activities.models.publicity import Handout, PublicityPost
from hrss_portal.activities.models.rounds import Round
from hrss_portal.activities.models.surveys import Answer, AnswerItem, Question, Survey
from hrss_portal.activities.models.tasks import Task
from hrss_portal.activities.models.training import RollEntry, TrainingClass
from hrss_portal.activities.models.visits import ChecklistResult, Visit, VisitProblem

__all__ = [
    "Answer",
    "AnswerItem",
    "Attendee",
    "Campaign",
    "CampaignPair",
    "ChecklistItem",
    "ChecklistResult",
    "Commendation",
    "Decision",
    "Draw",
    "DrawHalf",
    "Handout",
    "Meeting",
    "PublicityPost",
    "Question",
    "RollEntry",
    "Round",
    "Survey",
    "Task",
    "Topic",
    "TrainingClass",
    "Visit",
    "VisitProblem",
]
