"""What the clock itself does. Each sweep claims its rows one by one, so it is safe twice and in parallel.

Each takes `suggestion` to be run for one case alone, as when a whole life is entered at once.
"""

from datetime import datetime

from django.db import models, transaction

from portal.models import Actor, Event, Notification
from suggestions.actions.obligations.lateness import breach, climb
from suggestions.actions.obligations.pausing import resume
from suggestions.actions.obligations.records import record, tell
from suggestions.actions.standings import refresh_standing
from suggestions.models import Obligation, Pause, Suggestion


def resume_exhausted_pauses(*, at: datetime, suggestion: Suggestion | None = None) -> int:
    """End the pauses whose limit is used up; the clock runs on from that moment."""
    resumed = 0
    exhausted = Pause.objects.exhausted(at)
    if suggestion:
        exhausted = exhausted.filter(obligation__suggestion=suggestion)
    for pk in exhausted.values_list("obligation_id", flat=True):
        with transaction.atomic():
            standing = Obligation.objects.running().filter(paused_at__isnull=False)  # or another sweep has just let it run
            obligation = _claim(standing.filter(pauses__in=Pause.objects.exhausted(at)), pk)
            if obligation and obligation.suggestion:
                resume(obligation, by=Actor.objects.system(), at=at)
                obligation.save()
                refresh_standing(obligation.suggestion)
                resumed += 1
    return resumed


def warn_due_soon(*, at: datetime, suggestion: Suggestion | None = None) -> int:
    """Tell the owner once that a clock runs out soon."""
    warned = 0
    for pk in _keys(Obligation.objects.to_warn(at), suggestion):
        with transaction.atomic():
            obligation = _claim(Obligation.objects.to_warn(at), pk)
            if obligation:
                obligation.warned_at = obligation.warn_at
                obligation.save(update_fields=["warned_at"])
                tell(Notification.Kind.DUE_SOON, obligation, at=at)
                record(Event.Kind.OBLIGATION_WARNED, obligation, by=Actor.objects.system(), at=obligation.warn_at or at, known_at=at)
                warned += 1
    return warned


def breach_overdue(*, at: datetime, suggestion: Suggestion | None = None) -> int:
    """Write down what is late, from the moment it fell due."""
    breached = 0
    for pk in _keys(Obligation.objects.overdue(at), suggestion):
        with transaction.atomic():
            obligation = _claim(Obligation.objects.overdue(at), pk)  # None: met a moment ago, or another worker has it
            if obligation:
                breach(obligation, at=at)
                obligation.save()
                if obligation.suggestion:
                    refresh_standing(obligation.suggestion)
                breached += 1
    return breached


def climb_ladders(*, at: datetime, suggestion: Suggestion | None = None) -> int:
    """Tell each next level of the ladder whose delay has passed while the clock stayed late."""
    told = 0
    for pk in _keys(Obligation.objects.to_escalate(at), suggestion):
        with transaction.atomic():
            obligation = _claim(Obligation.objects.to_escalate(at), pk)
            if obligation:
                told += climb(obligation, at=at)
                obligation.save(update_fields=["next_step_at"])
    return told


def _claim(due: models.QuerySet[Obligation], pk: int) -> Obligation | None:
    """The row if it is still due and no other worker holds it."""
    claimed = due.filter(pk=pk).select_for_update(skip_locked=True, of=("self",))
    return claimed.select_related("suggestion", "owner", "service_level", "calendar_version").first()


def _keys(due: models.QuerySet[Obligation], suggestion: Suggestion | None) -> list[int]:
    narrowed = due.filter(suggestion=suggestion) if suggestion else due
    return list(narrowed.values_list("pk", flat=True))
