from celery import shared_task

from portal import wall_clock
from suggestions.actions import obligations, verdicts


@shared_task
def warn_due_soon() -> int:
    return obligations.warn_due_soon(at=wall_clock.now())


@shared_task
def resume_exhausted_pauses() -> int:
    return obligations.resume_exhausted_pauses(at=wall_clock.now())


@shared_task
def breach_overdue() -> int:
    return obligations.breach_overdue(at=wall_clock.now())


@shared_task
def climb_ladders() -> int:
    return obligations.climb_ladders(at=wall_clock.now())


@shared_task
def close_verdict_windows() -> int:
    return verdicts.close_verdict_windows(at=wall_clock.now())
