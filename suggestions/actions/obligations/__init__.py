from suggestions.actions.obligations.meeting import end_obligations, meet_obligations
from suggestions.actions.obligations.opening import CalendarTooShort, NoRule, open_first_obligations, open_obligation, open_promise
from suggestions.actions.obligations.pausing import pause_obligations, resume_obligations, would_stand
from suggestions.actions.obligations.personal import meet_personal_duty, open_personal_duty
from suggestions.actions.obligations.sweeps import breach_overdue, climb_ladders, resume_exhausted_pauses, warn_due_soon

__all__ = [
    "CalendarTooShort",
    "NoRule",
    "breach_overdue",
    "climb_ladders",
    "end_obligations",
    "meet_obligations",
    "meet_personal_duty",
    "open_first_obligations",
    "open_obligation",
    "open_personal_duty",
    "open_promise",
    "pause_obligations",
    "resume_exhausted_pauses",
    "resume_obligations",
    "warn_due_soon",
    "would_stand",
]
