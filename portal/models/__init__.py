from portal.models.actors import Actor
from portal.models.areas import Area, Asset
from portal.models.calendars import CalendarVersion, Closure, OpeningHours, WorkingCalendar
from portal.models.contracts import MORE_SPECIFIC_FIRST, Act, Contract, EscalationStep, PauseReason, ServiceLevel
from portal.models.events import Event
from portal.models.notifications import Notification
from portal.models.organisations import Membership, Organisation, Role
from portal.models.people import AnswerBy, Person, PersonKey
from portal.models.services import Category, Criterion, Question, Service, SuggestionKind, Visibility

__all__ = [
    "MORE_SPECIFIC_FIRST",
    "Act",
    "Actor",
    "AnswerBy",
    "Area",
    "Asset",
    "CalendarVersion",
    "Category",
    "Closure",
    "Contract",
    "Criterion",
    "EscalationStep",
    "Event",
    "Membership",
    "Notification",
    "OpeningHours",
    "Organisation",
    "PauseReason",
    "Person",
    "PersonKey",
    "Question",
    "Role",
    "Service",
    "ServiceLevel",
    "SuggestionKind",
    "Visibility",
    "WorkingCalendar",
]
