from suggestions.models.commitments import Commitment, CommitmentDate, Delivery, Verdict
from suggestions.models.follows import Follow, Telling
from suggestions.models.imports import ImportedCase, ImportRun
from suggestions.models.moderation import Appeal, Flag, Hiding
from suggestions.models.obligations import Escalation, Obligation, ObligationTerm, Pause
from suggestions.models.personal_requests import PersonalRequest
from suggestions.models.photos import HeldPhoto, Photo, PhotoQuota
from suggestions.models.responses import Decision, Reply, Response
from suggestions.models.satisfactions import Satisfaction
from suggestions.models.standings import Standing
from suggestions.models.suggestions import Channel, OpenedBy, Status, Suggestion
from suggestions.models.supports import ASSURANCE_OF_KEY, Crossing, KeyScheme, Support, SupportClaim, SupportDelta, SupportTally
from suggestions.models.versions import SuggestionVersion

__all__ = [
    "ASSURANCE_OF_KEY",
    "Appeal",
    "Channel",
    "Commitment",
    "CommitmentDate",
    "Crossing",
    "Decision",
    "Delivery",
    "Escalation",
    "Flag",
    "Hiding",
    "Follow",
    "HeldPhoto",
    "ImportRun",
    "ImportedCase",
    "KeyScheme",
    "Obligation",
    "ObligationTerm",
    "OpenedBy",
    "Pause",
    "PersonalRequest",
    "Photo",
    "PhotoQuota",
    "Reply",
    "Response",
    "Satisfaction",
    "Standing",
    "Status",
    "Suggestion",
    "SuggestionVersion",
    "Support",
    "SupportClaim",
    "SupportDelta",
    "SupportTally",
    "Telling",
    "Verdict",
]
