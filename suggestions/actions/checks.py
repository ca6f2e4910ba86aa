"""The city's own clock: it must look at what was reported, and at what waits for a check before publication."""

from datetime import datetime

from portal.models import Act, Actor, Organisation, Visibility
from suggestions.actions.obligations import meet_obligations, open_obligation
from suggestions.models import Obligation, Suggestion


def open_check(*, suggestion: Suggestion, by: Actor, at: datetime, known_at: datetime | None = None) -> None:
    """Start the city's clock to check, unless it runs already or the city has no rule for it."""
    if not _running(suggestion):
        open_obligation(act=Act.CHECK, suggestion=suggestion, by=by, at=at, known_at=known_at, owner=Organisation.objects.city())


def settle_check(*, suggestion: Suggestion, by: Actor, at: datetime) -> None:
    """Something was checked: the clock is met once nothing more waits. Reports that outlive the check before publication get their own."""
    if suggestion.awaits_clearance:
        open_check(suggestion=suggestion, by=by, at=at)
        return
    first_report = suggestion.flags.waiting().order_by("reported_at").first()
    running = _running(suggestion)
    if running and (first_report is None or _is_before_publication(running, suggestion)):
        meet_obligations(suggestion=suggestion, acts=(Act.CHECK,), by=by, organisation=Organisation.objects.city(), at=at)
    if first_report:
        open_check(suggestion=suggestion, by=Actor.objects.system(), at=first_report.reported_at, known_at=at)


def _is_before_publication(check: Obligation, suggestion: Suggestion) -> bool:
    return suggestion.visibility == Visibility.AFTER_CHECK and check.opened_at == suggestion.received_at


def _running(suggestion: Suggestion) -> Obligation | None:
    return suggestion.obligations.running().filter(act=Act.CHECK).first()
