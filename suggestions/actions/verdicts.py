from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from portal.actions.events import record_event
from portal.actions.notifications import notify
from portal.errors import Refused
from portal.models import Act, Actor, Event, Notification, Organisation, Role, ServiceLevel
from portal.permissions import Permission
from suggestions.actions.obligations import open_obligation
from suggestions.actions.standings import refresh_standing
from suggestions.models import Delivery, Status, Suggestion, Verdict
from suggestions.permissions import is_author, require_on

Judgement = Delivery.Judgement


class WindowOver(Refused):
    pass


class AlreadyJudged(Refused):
    pass


@transaction.atomic
def give_verdict(*, delivery: Delivery, by: Actor, value: Verdict.Value, at: datetime, note: str = "") -> Verdict:
    """Say whether it was really done. Where the clause leaves it to the author, their word ends the window at once."""
    suggestion = Suggestion.objects.for_act().get(pk=delivery.suggestion_id)
    require_on(by, Permission.JUDGE_OWN, suggestion)
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.judged_at or delivery.verdict_until is None or at > delivery.verdict_until:
        raise WindowOver(_("The time to judge this delivery is over."))
    written = is_author(by, suggestion)
    if delivery.verdicts.filter(Q(by=by) | Q(is_author=True) if written else Q(by=by)).exists():
        raise AlreadyJudged(_("You have already said whether it was done."))
    verdict = delivery.verdicts.create(by=by, is_author=written, value=value, note=note.strip(), given_at=at, known_at=at)
    record_event(
        Event.Kind.VERDICT_GIVEN, about=verdict, by=by, at=at, case=suggestion.reference, facts={"value": value, "author": written}
    )
    if written and delivery.verdict_rule == ServiceLevel.VerdictRule.AUTHOR:
        _judge(delivery, suggestion, at=at, known_at=at)
    return verdict


def close_verdict_windows(*, at: datetime, suggestion: Suggestion | None = None) -> int:
    """Judge the deliveries whose time for a verdict has passed; safe twice and in parallel."""
    closed = 0
    over = Delivery.objects.window_over(at).filter(suggestion=suggestion) if suggestion else Delivery.objects.window_over(at)
    for pk, suggestion_pk in over.values_list("pk", "suggestion_id"):
        with transaction.atomic():
            case = Suggestion.objects.for_act().get(pk=suggestion_pk)
            delivery = Delivery.objects.window_over(at).filter(pk=pk).select_for_update(skip_locked=True).first()
            if delivery and delivery.verdict_until:
                _judge(delivery, case, at=delivery.verdict_until, known_at=at)
                closed += 1
    return closed


def _judge(delivery: Delivery, suggestion: Suggestion, *, at: datetime, known_at: datetime) -> None:
    """Close the window: confirmed, not done, or nobody judged. "Not done" opens the duty to decide again."""
    delivery.judged_as = _judgement(delivery)
    delivery.judged_at = at
    delivery.judged_known_at = known_at
    delivery.save(update_fields=["judged_as", "judged_at", "judged_known_at"])
    system = Actor.objects.system()
    record_event(
        Event.Kind.VERDICT_CLOSED,
        about=delivery,
        by=system,
        at=at,
        known_at=known_at,
        case=suggestion.reference,
        facts={"judged_as": delivery.judged_as},
    )
    if delivery.judged_as == Judgement.CONFIRMED and suggestion.status == Status.DELIVERED:
        suggestion.status = Status.CONFIRMED
        suggestion.save(update_fields=["status"])
    if delivery.judged_as == Judgement.NOT_DONE and suggestion.status == Status.DELIVERED:
        suggestion.status = Status.DISPUTED
        suggestion.save(update_fields=["status"])
        review = open_obligation(act=Act.REVIEW, suggestion=suggestion, by=system, at=at, known_at=known_at)
        if review:
            operator = review.owner.kind == Organisation.Kind.OPERATOR
            notify(
                Notification.Kind.REVIEW_OWED,
                to=review.owner,
                roles=[Role.OPERATOR_MANAGER if operator else Role.CITY_MANAGER],
                occasion=f"delivery/{delivery.uuid}",
                at=known_at,
                case=suggestion.reference,
            )
    refresh_standing(suggestion)


def _judgement(delivery: Delivery) -> Judgement:
    """By the clause's rule: the author's word, or more people one way than the other; a tie leaves the author's word."""
    votes = delivery.verdicts.aggregate(
        done=Count("pk", filter=Q(value=Verdict.Value.CONFIRMED)), not_done=Count("pk", filter=Q(value=Verdict.Value.NOT_DONE))
    )
    author = delivery.verdicts.filter(is_author=True).first()
    if delivery.verdict_rule == ServiceLevel.VerdictRule.MAJORITY and votes["done"] != votes["not_done"]:
        return Judgement.CONFIRMED if votes["done"] > votes["not_done"] else Judgement.NOT_DONE
    return Judgement(author.value) if author else Judgement.UNJUDGED
