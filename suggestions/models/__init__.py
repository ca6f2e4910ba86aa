from suggestions.models.commitments import Commitment, CommitmentDate, Delivery, Verdict
from suggestions.models.imports import ImportedCase, ImportRun
from suggestions.models.obligations import Escalation, Obligation, ObligationTerm, Pause
from suggestions.models.responses import Decision, Reply, Response
from suggestions.models.standings import Standing
from suggestions.models.suggestions import Channel, OpenedBy, Status, Suggestion

__all__ = [
    "Channel",
    "Commitment",
    "CommitmentDate",
    "Decision",
    "Delivery",
    "Escalation",
    "ImportRun",
    "ImportedCase",
    "Obligation",
    "ObligationTerm",
    "OpenedBy",
    "Pause",
    "Reply",
    "Response",
    "Standing",
    "Status",
    "Suggestion",
    "Verdict",
]
