from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actions.contracts import contract_for, service_level_for
from portal.actions.events import record_event
from portal.actions.notifications import notify
from portal.city_days import city_day
from portal.errors import Refused
from portal.models import Act, Actor, Criterion, Event, Notification, Organisation, Role
from portal.permissions import Permission, can
from suggestions.actions.commitments import make_commitment
from suggestions.actions.obligations import end_obligations, meet_obligations, open_obligation
from suggestions.actions.responses import NotAwaitingResponse, NothingSaid, awaiting, write_response
from suggestions.actions.standings import refresh_standing
from suggestions.models import Decision, Obligation, Response, Status, Suggestion
from suggestions.permissions import require_on

Outcome = Decision.Outcome


class NeedsCriterion(Refused):
    pass


class NeedsReceiver(Refused):
    pass


class PromiseIncomplete(Refused):
    pass


class PromiseTooFar(Refused):
    pass


class SameDecider(Refused):
    pass


@transaction.atomic
def decide(
    *,
    suggestion: Suggestion,
    by: Actor,
    outcome: Outcome,
    reasons: str,
    at: datetime,
    criterion: Criterion | None = None,
    handed_to: Organisation | None = None,
    promise: str = "",
    promised_on: date | None = None,
    lang: str = "",
) -> Decision:
    """Decide, with public reasons. An operator's "not ours", or a date beyond the clause, waits for the city and stops no clock."""
    require_on(by, Permission.RESPOND, suggestion)
    suggestion = _awaiting_decision(suggestion)
    _check_decision(suggestion, outcome, criterion, handed_to, promise, promised_on, at)
    reviewed = _decision_under_review(suggestion, by)
    must_wait = by.is_operator and (
        outcome in {Outcome.OUT_OF_SCOPE, Outcome.HANDED_OVER} or _is_beyond_clause(suggestion, promised_on, by=by, at=at)
    )
    response = write_response(suggestion, by=by, kind=Response.Kind.DECISION, text=reasons, at=at, lang=lang)
    decision = Decision.objects.create(
        response=response,
        suggestion=suggestion,
        outcome=outcome,
        criterion=criterion,
        handed_to=handed_to,
        promise=promise.strip(),
        promised_on=promised_on,
        reviews=reviewed,
        decided_at=at,
        known_at=at,
        effective_at=None if must_wait else at,
        effective_known_at=None if must_wait else at,
    )
    meet_obligations(suggestion=suggestion, acts=(Act.ACKNOWLEDGE,), by=by, organisation=response.organisation, at=at)
    if must_wait:
        _propose(decision, by=by, at=at)
    else:
        _take_effect(decision, by=by, at=at)
    refresh_standing(suggestion)
    return decision


@transaction.atomic
def settle_proposal(*, decision: Decision, by: Actor, agrees: bool, note: str, at: datetime) -> Decision:
    """The city takes an operator's proposal on, or sends it back; until then the operator's clock ran."""
    require_on(by, Permission.SETTLE_PROPOSAL, decision.suggestion)
    suggestion = Suggestion.objects.for_act().get(pk=decision.suggestion_id)
    decision = Decision.objects.select_for_update(of=("self",)).select_related("response__organisation").get(pk=decision.pk)
    if not decision.is_proposal:
        raise NotAwaitingResponse(_("This proposal has been settled."))
    if suggestion.is_settled:
        raise NotAwaitingResponse(_("This suggestion is settled; nothing more can be said for it here."))
    if not note.strip():
        raise NothingSaid(_("Say in a sentence why: the operator and the citizen will read it."))
    decision.settled_by = by
    decision.settled_note = note.strip()
    if agrees:
        decision.effective_at = decision.effective_known_at = at
    else:
        decision.rejected_at = at
    decision.save()
    record_event(Event.Kind.PROPOSAL_SETTLED, about=decision.response, by=by, at=at, case=suggestion.reference, facts={"taken_on": agrees})
    if agrees:
        _take_effect(decision, by=by, at=at)
    refresh_standing(suggestion)
    return decision


def _awaiting_decision(suggestion: Suggestion) -> Suggestion:
    """The suggestion, locked, if it waits for a decision."""
    suggestion = awaiting(suggestion)
    if suggestion.decisions.proposed().exists():
        raise NotAwaitingResponse(_("A proposal is waiting for the city. It must be settled before another decision."))
    if suggestion.status not in {Status.AWAITING_CHECK, Status.PUBLISHED, Status.DISPUTED}:
        raise NotAwaitingResponse(_("This suggestion has been decided. You can still promise, deliver or post an update."))
    return suggestion


def _check_decision(
    suggestion: Suggestion,
    outcome: Outcome,
    criterion: Criterion | None,
    handed_to: Organisation | None,
    promise: str,
    promised_on: date | None,
    at: datetime,
) -> None:
    if outcome in {Outcome.DECLINED, Outcome.OUT_OF_SCOPE} and criterion is None:
        raise NeedsCriterion(_("A refusal names one of the published criteria."))
    if criterion and criterion.use != Criterion.Use.REFUSAL:
        raise NeedsCriterion(_("This criterion is for hiding what somebody wrote. A refusal names one of its own criteria."))
    if outcome not in {Outcome.DECLINED, Outcome.OUT_OF_SCOPE} and criterion:
        raise NeedsCriterion(_("Only a refusal names a criterion."))
    if outcome == Outcome.HANDED_OVER and handed_to is None:
        raise NeedsReceiver(_("Say who takes the case on."))
    if outcome != Outcome.HANDED_OVER and handed_to:
        raise NeedsReceiver(_("Only what is handed over has somebody who takes it on."))
    if handed_to and suggestion.obligations.running().filter(act=Act.ANSWER, owner=handed_to).exists():
        raise NeedsReceiver(_("This party already owes the answer."))
    if bool(promise.strip()) != (promised_on is not None):
        raise PromiseIncomplete(_("A promise says both what will be done and by which day."))
    if promised_on and outcome not in {Outcome.ACCEPTED, Outcome.PARTLY_ACCEPTED}:
        raise PromiseIncomplete(_("Only what is accepted can be promised."))
    if promised_on and promised_on < city_day(at):
        raise PromiseIncomplete(_("The promised day lies in the past."))


def _decision_under_review(suggestion: Suggestion, by: Actor) -> Decision | None:
    """In a dispute somebody else decides than the first time."""
    if suggestion.status != Status.DISPUTED:
        return None
    first = suggestion.decisions.in_effect().select_related("response__by__membership").order_by("-effective_at", "-id").first()
    if first and first.response.by.human == by.human:
        raise SameDecider(_("Somebody else must decide again: you made the decision that is disputed."))
    return first


def _is_beyond_clause(suggestion: Suggestion, promised_on: date | None, *, by: Actor, at: datetime) -> bool:
    if promised_on is None:
        return False
    contract = contract_for(service=suggestion.service, area=suggestion.area, at=at)
    level = service_level_for(act=Act.ANSWER, contract=contract, kind=suggestion.kind, category=suggestion.category, at=at)
    if level is None or level.longest_promise_days is None or (promised_on - city_day(at)).days <= level.longest_promise_days:
        return False
    if not can(by, Permission.PROMISE_BEYOND):
        raise PromiseTooFar(
            _("The contract allows promises of at most %(days)d days ahead. Your manager can ask the city's consent for a later date.")
            % {"days": level.longest_promise_days}
        )
    return True


def _propose(decision: Decision, *, by: Actor, at: datetime) -> None:
    suggestion = decision.suggestion
    kind = Notification.Kind.PROMISE_BEYOND if decision.is_acceptance else Notification.Kind.PROPOSAL
    notify(
        kind,
        to=Organisation.objects.city(),
        roles=[Role.CITY_CLERK, Role.CITY_MANAGER],
        occasion=f"response/{decision.response.uuid}",
        at=at,
        case=suggestion.reference,
    )
    record_event(
        Event.Kind.DECISION_PROPOSED,
        about=decision.response,
        by=by,
        at=at,
        case=suggestion.reference,
        facts={"outcome": decision.outcome},
    )


def _take_effect(decision: Decision, *, by: Actor, at: datetime) -> None:
    suggestion = decision.suggestion
    if decision.outcome == Outcome.HANDED_OVER:
        assert decision.handed_to is not None
        taken_on = open_obligation(act=Act.ANSWER, suggestion=suggestion, by=by, at=at, owner=decision.handed_to)
        end_obligations(
            suggestion=suggestion,
            cause=Obligation.EndCause.SUPERSEDED,
            by=by,
            at=at,
            acts=(Act.ANSWER, Act.SOLVE),
            superseded_by=taken_on,
        )
    else:
        meet_obligations(
            suggestion=suggestion,
            acts=(Act.ACKNOWLEDGE, Act.ANSWER, Act.REVIEW),
            by=by,
            organisation=decision.response.organisation,
            at=at,
        )
        suggestion.status = Status.ANSWERED
        suggestion.save(update_fields=["status"])
        if not decision.is_acceptance:
            end_obligations(suggestion=suggestion, cause=Obligation.EndCause.REFUSED, by=by, at=at, acts=(Act.SOLVE,))
    record_event(
        Event.Kind.DECISION_PUBLISHED,
        about=decision.response,
        by=by,
        at=at,
        case=suggestion.reference,
        facts={"outcome": decision.outcome, "criterion": decision.criterion.code if decision.criterion else None},
    )
    if decision.promised_on:
        make_commitment(decision=decision, what=decision.promise, due_on=decision.promised_on, by=by, at=at)
