"""Enough people: the crossing of a threshold is found once, dated at the support that reached it, and opens what is then owed."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from portal.actions.contracts import contract_for
from portal.actions.events import record_event
from portal.models import Act, Actor, Event, ServiceLevel
from suggestions.actions.obligations import open_obligation
from suggestions.actions.standings import refresh_standing
from suggestions.models import Crossing, Status, Suggestion, Support

# Every support is +1 from when it counted with the assurance it has, and -1 from when it no longer did: the first moment at which the sum
# reaches the threshold is the crossing. It is found from the rows alone, so that it can be found again.
CROSSING = """
WITH counting AS (
    SELECT id, qualified_at, withdrawn_known_at FROM suggestions_support
    WHERE suggestion_id = %(suggestion)s AND assurance >= %(assurance)s
    AND rejected_at IS NULL AND (held_at IS NULL OR cleared_at IS NOT NULL)
), moves AS (
    SELECT id, qualified_at AS at, 1 AS step FROM counting
    UNION ALL SELECT id, withdrawn_known_at, -1 FROM counting WHERE withdrawn_known_at IS NOT NULL
), sums AS (
    SELECT id, at, step, sum(step) OVER (ORDER BY at, step DESC, id) AS reached FROM moves
)
SELECT id, at FROM sums WHERE step = 1 AND reached >= %(threshold)s ORDER BY at, id LIMIT 1
"""


def find_crossings(*, at: datetime) -> int:
    """Every threshold that was reached and not yet found; a clause published later never touches what came in before it."""
    found = 0
    for level in ServiceLevel.objects.filter(published_at__isnull=False, support_threshold__isnull=False).select_related("contract"):
        for suggestion in _reached(level):
            found += _cross(suggestion, level, at=at)
    return found


def _reached(level: ServiceLevel) -> list[Suggestion]:
    """Suggestions that the clause is for, with enough supports of any assurance and no crossing of it yet."""
    came_in = Q(received_at__gte=level.in_force.lower)
    if level.in_force.upper:
        came_in &= Q(received_at__lt=level.in_force.upper)
    fitting = Suggestion.objects.filter(came_in, standing__supports__gte=level.support_threshold).exclude(crossings__service_level=level)
    if level.kind:
        fitting = fitting.filter(kind=level.kind)
    if level.category_id:
        fitting = fitting.filter(category=level.category_id)
    if level.contract:
        fitting = fitting.filter(service=level.contract.service_id)
    return list(fitting.exclude(status=Status.WITHDRAWN).order_by("pk"))


def _cross(suggestion: Suggestion, level: ServiceLevel, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            suggestion = Suggestion.objects.for_act().get(pk=suggestion.pk)
            if _is_for_another_contract(suggestion, level) or suggestion.status == Status.WITHDRAWN:
                return False
            with connection.cursor() as cursor:
                cursor.execute(
                    CROSSING,
                    {"suggestion": suggestion.pk, "assurance": level.threshold_assurance, "threshold": level.support_threshold},
                )
                row = cursor.fetchone()
            if row is None:
                return False
            _open(suggestion, level, Support.objects.get(pk=row[0]), crossed_at=row[1], at=at)
    except IntegrityError as fault:
        if "crossing_once" not in str(fault):
            raise
        return False  # found by another roll-up a moment ago
    return True


def _is_for_another_contract(suggestion: Suggestion, level: ServiceLevel) -> bool:
    if level.contract_id is None:
        return False
    contract = contract_for(service=suggestion.service, area=suggestion.area, at=suggestion.received_at)
    return contract is None or contract.pk != level.contract_id


def _open(suggestion: Suggestion, level: ServiceLevel, support: Support, *, crossed_at: datetime, at: datetime) -> None:
    system = Actor.objects.system()
    obligation = open_obligation(act=Act(level.act), suggestion=suggestion, by=system, at=crossed_at, known_at=at, under=level)
    crossing = Crossing.objects.create(
        suggestion=suggestion, service_level=level, support=support, obligation=obligation, crossed_at=crossed_at, known_at=at
    )
    refresh_standing(suggestion)
    record_event(
        Event.Kind.THRESHOLD_CROSSED,
        about=suggestion,
        by=system,
        at=crossed_at,
        known_at=crossing.known_at,
        case=suggestion.reference,
        facts={"clause": level.clause, "threshold": level.support_threshold, "act": level.act},
    )
