from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actions.events import record_event
from portal.errors import Refused
from portal.models import Actor, Event
from portal.permissions import Permission
from suggestions.models import Decision, Satisfaction, Suggestion
from suggestions.permissions import require_on


class NotAsked(Refused):
    pass


class AlreadyAnswered(Refused):
    pass


@transaction.atomic
def answer_satisfaction(*, decision: Decision, by: Actor, value: Satisfaction.Value, at: datetime, note: str = "") -> Satisfaction:
    """The author says whether a decision answers them. It replaces no verdict and stops no clock."""
    suggestion = Suggestion.objects.for_act().get(pk=decision.suggestion_id)
    require_on(by, Permission.JUDGE_OWN, suggestion)
    if not suggestion.decisions.in_effect().filter(pk=decision.pk).exists():
        raise NotAsked(_("This is a proposal: you are asked once it is decided."))
    if decision.satisfactions.exists():
        raise AlreadyAnswered(_("You have already said whether this answers you."))
    satisfaction = decision.satisfactions.create(by=by, value=value, note=note.strip(), answered_at=at, known_at=at)
    # without the value: the public sees counts only, and the log is public
    record_event(Event.Kind.SATISFACTION_ANSWERED, about=satisfaction, by=by, at=at, case=suggestion.reference)
    return satisfaction
