"""Loads the demo city, one whole life after the other, so that nobody ever meets a case that is only half lived."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from suggestions.actions.obligations import breach_overdue, climb_ladders, resume_exhausted_pauses, warn_due_soon
from suggestions.actions.verdicts import close_verdict_windows
from suggestions.demo.alarms import keep_time
from suggestions.demo.city import the_demo_city
from suggestions.demo.followers import follow_cases, follow_services_and_areas
from suggestions.demo.moderation import moderate_demo_city
from suggestions.demo.plans import Plan, make_plan
from suggestions.demo.voices import raise_voices
from suggestions.models import Suggestion

ONE_AT_A_TIME = 0x0DE30  # key of the lock that a loading session holds


def load_demo_city(*, seed: int, suggestions: int, at: datetime, progress: Callable[[int, int], None]) -> int:
    """Load what is missing of the demo city and return how many suggestions that were; a finished city stays as it is.

    Each suggestion with its whole life up to the end of the history is one transaction: after a kill it is there or it is not,
    and the sweeps of a running portal never see a promise whose delivery is still to be entered. What falls due after the
    end of the history is left to those sweeps.
    """
    with alone():
        city = the_demo_city(at=at)
        follow_services_and_areas(city)
        plans = [make_plan(city, seed=seed, number=number) for number in range(suggestions)]
        there = {bytes(form) for form in Suggestion.objects.values_list("form_hash", flat=True) if form}
        missing = [plan for plan in plans if hashlib.sha256(plan.form_key.encode()).digest() not in there]
        oldest_first = sorted(missing, key=lambda plan: plan.case.now)
        for lived, plan in enumerate(oldest_first, start=suggestions - len(missing)):
            progress(lived, suggestions)
            live(plan)
        if missing:
            progress(suggestions, suggestions)
            raise_voices(city, seed=seed, at=at)
            follow_cases(city, seed=seed, at=at)
            moderate_demo_city(city, at=city.until)
            for sweep in (resume_exhausted_pauses, warn_due_soon, breach_overdue, climb_ladders, close_verdict_windows):
                sweep(at=at)
    return len(missing)


@transaction.atomic
def live(plan: Plan) -> None:
    """Send the suggestion in and let everything happen to it up to the end of the history."""
    case, until = plan.case, plan.case.city.until
    case.submit(plan.sender, form_key=plan.form_key)
    for moment in plan.life:  # what the story does next happens when it is asked for the moment after
        keep_time(case.suggestion, since=case.now, until=min(moment, until))
        if moment > until:
            return
        case.now = max(case.now, moment)
    keep_time(case.suggestion, since=case.now, until=until)


@contextmanager
def alone() -> Iterator[None]:
    """Hold off a second loader, and what is left of one that was killed, for its commit may still be under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
