from portal.models.actors import Actor
from portal.models.areas import Area, Asset
from portal.models.calendars import CalendarVersion, Closure, OpeningHours, WorkingCalendar
from portal.models.contracts import MORE_SPECIFIC_FIRST, Act, Contract, EscalationStep, PauseReason, ServiceLevel
from portal.models.events import Event
from portal.models.kiosks import HelpSession, Kiosk
from portal.models.notices import AUTHOR_ONLY, STATIONS, TOPIC_OF, USUAL_PACE, Mail, Notice, NoticePreference, Pace, Scope, Topic
from portal.models.notifications import Notification
from portal.models.organisations import Membership, Organisation, Role
from portal.models.people import AnswerBy, Assurance, Person, PersonKey
from portal.models.privacy import AccountWarning, ContactDetail, ContactView, Erasure, RetentionRun
from portal.models.services import Category, Criterion, Question, Service, SuggestionKind, Visibility
from portal.models.tokens import ApiToken, TokenScope

__all__ = [
    "AUTHOR_ONLY",
    "MORE_SPECIFIC_FIRST",
    "STATIONS",
    "TOPIC_OF",
    "USUAL_PACE",
    "AccountWarning",
    "Act",
    "Actor",
    "AnswerBy",
    "ApiToken",
    "Area",
    "Asset",
    "Assurance",
    "CalendarVersion",
    "Category",
    "Closure",
    "ContactDetail",
    "ContactView",
    "Contract",
    "Criterion",
    "Erasure",
    "EscalationStep",
    "Event",
    "HelpSession",
    "Kiosk",
    "Mail",
    "Membership",
    "Notice",
    "NoticePreference",
    "Notification",
    "OpeningHours",
    "Organisation",
    "Pace",
    "PauseReason",
    "Person",
    "PersonKey",
    "Question",
    "RetentionRun",
    "Role",
    "Scope",
    "Service",
    "ServiceLevel",
    "SuggestionKind",
    "TokenScope",
    "Topic",
    "Visibility",
    "WorkingCalendar",
]
