from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actions.contracts import contract_for, service_level_for
from portal.actions.events import record_event
from portal.city_days import city_day, end_of_day
from portal.errors import Refused
from portal.models import Act, Actor, Event, ServiceLevel
from portal.permissions import Permission
from suggestions.actions.obligations import meet_obligations, open_promise
from suggestions.actions.responses import write_response
from suggestions.actions.standings import refresh_standing
from suggestions.models import Commitment, CommitmentDate, Decision, Delivery, Response, Status, Suggestion
from suggestions.permissions import require_on

VERDICT_DAYS = 14  # where no clause says how long citizens may judge


class NothingToPromise(Refused):
    pass


class NothingToDeliver(Refused):
    pass


class EvidenceMissing(Refused):
    pass


class NotALaterDate(Refused):
    pass


def make_commitment(*, decision: Decision, what: str, due_on: date, by: Actor, at: datetime) -> Commitment:
    """Write the promise of an acceptance and start its clock; the caller holds the suggestion and refreshes its standing."""
    suggestion = decision.suggestion
    commitment = Commitment.objects.create(
        decision=decision,
        suggestion=suggestion,
        organisation=decision.response.organisation,
        what=what.strip(),
        first_due_on=due_on,
        made_at=at,
        known_at=at,
    )
    open_promise(commitment=commitment, by=by)
    suggestion.status = Status.PROMISED
    suggestion.save(update_fields=["status"])
    record_event(
        Event.Kind.COMMITMENT_MADE, about=commitment, by=by, at=at, case=suggestion.reference, facts={"due_on": due_on.isoformat()}
    )
    return commitment


@transaction.atomic
def promise_date(*, suggestion: Suggestion, by: Actor, what: str, due_on: date, at: datetime) -> Commitment:
    """Name the day for something that was accepted without one."""
    require_on(by, Permission.RESPOND, suggestion)
    suggestion = Suggestion.objects.for_act().get(pk=suggestion.pk)
    decision = _acceptance(suggestion)
    undated = suggestion.status == Status.ANSWERED and not Commitment.objects.filter(decision=decision).exists()
    if decision is None or not undated:
        raise NothingToPromise(_("Only what was accepted and has no promised day yet can be promised."))
    if due_on < city_day(at) or not what.strip():
        raise NothingToPromise(_("Say what will be done, and by which day from today on."))
    commitment = make_commitment(decision=decision, what=what, due_on=due_on, by=by, at=at)
    refresh_standing(suggestion)
    return commitment


@transaction.atomic
def move_promise(*, commitment: Commitment, by: Actor, due_on: date, reason: str, at: datetime) -> CommitmentDate:
    """Name a later day, with the reason. The first day stays the one that is judged."""
    require_on(by, Permission.RESPOND, commitment.suggestion)
    suggestion = Suggestion.objects.for_act().get(pk=commitment.suggestion_id)
    if Delivery.objects.filter(commitment=commitment).exists():
        raise NothingToPromise(_("This promise has been delivered."))
    if suggestion.is_settled:
        raise NothingToPromise(_("This suggestion is settled; nothing more is owed for it."))
    newest = commitment.later_dates.order_by("-id").first()
    if due_on <= (newest.due_on if newest else commitment.first_due_on) or due_on < city_day(at):
        raise NotALaterDate(_("A new day must come after the one that was named before."))
    if not reason.strip():
        raise NotALaterDate(_("Say why the day has to move: the reason is public."))
    date_row = commitment.later_dates.create(due_on=due_on, reason=reason.strip(), by=by, named_at=at, known_at=at)
    record_event(
        Event.Kind.COMMITMENT_MOVED, about=commitment, by=by, at=at, case=suggestion.reference, facts={"due_on": due_on.isoformat()}
    )
    return date_row


@transaction.atomic
def deliver(*, suggestion: Suggestion, by: Actor, evidence: str, at: datetime, evidence_url: str = "") -> Delivery:
    """Say that what was accepted is done, and show it. The citizens judge next."""
    require_on(by, Permission.RESPOND, suggestion)
    suggestion = Suggestion.objects.for_act().get(pk=suggestion.pk)
    decision = _acceptance(suggestion)
    if decision is None or suggestion.status not in {Status.ANSWERED, Status.PROMISED}:  # a dispute is decided again first
        raise NothingToDeliver(_('Nothing is open here that was accepted. Decide first, or use "Fixed, with evidence".'))
    delivery = _deliver(suggestion, decision, by=by, evidence=evidence, evidence_url=evidence_url, at=at)
    refresh_standing(suggestion)
    return delivery


@transaction.atomic
def fix_with_evidence(
    *, suggestion: Suggestion, by: Actor, evidence: str, at: datetime, evidence_url: str = "", lang: str = ""
) -> Delivery:
    """Decision and delivery in one act, the short way for a problem that is already fixed."""
    require_on(by, Permission.RESPOND, suggestion)
    suggestion = Suggestion.objects.for_act().get(pk=suggestion.pk)
    if suggestion.status not in {Status.AWAITING_CHECK, Status.PUBLISHED}:
        raise NothingToDeliver(_('This suggestion has been decided. Use "Deliver" to show that it is done.'))
    if suggestion.decisions.proposed().exists():
        raise NothingToDeliver(_("A proposal is waiting for the city. It must be settled first."))
    if not evidence.strip():
        raise EvidenceMissing(_("Say what was done and how anybody can check it."))
    response = write_response(suggestion, by=by, kind=Response.Kind.DECISION, text=evidence, at=at, lang=lang)
    decision = Decision.objects.create(
        response=response,
        suggestion=suggestion,
        outcome=Decision.Outcome.ACCEPTED,
        decided_at=at,
        known_at=at,
        effective_at=at,
        effective_known_at=at,
    )
    record_event(
        Event.Kind.DECISION_PUBLISHED,
        about=response,
        by=by,
        at=at,
        case=suggestion.reference,
        facts={"outcome": decision.outcome, "criterion": None},
    )
    delivery = _deliver(suggestion, decision, by=by, evidence=evidence, evidence_url=evidence_url, at=at)
    refresh_standing(suggestion)
    return delivery


def _deliver(suggestion: Suggestion, decision: Decision, *, by: Actor, evidence: str, evidence_url: str, at: datetime) -> Delivery:
    if not evidence.strip():
        raise EvidenceMissing(_("Say what was done and how anybody can check it."))
    organisation = by.organisation
    assert organisation is not None  # nobody else has the permission
    commitment = Commitment.objects.filter(decision=decision).first()
    days, rule = _verdict_clause(suggestion, at)
    delivery = Delivery.objects.create(
        suggestion=suggestion,
        commitment=commitment,
        organisation=organisation,
        by=by,
        evidence=evidence.strip(),
        evidence_url=evidence_url.strip(),
        delivered_at=at,
        known_at=at,
        verdict_until=end_of_day(city_day(at) + timedelta(days=days)),
        verdict_rule=rule,
    )
    meet_obligations(
        suggestion=suggestion,
        acts=(Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE, Act.DELIVER),
        by=by,
        organisation=organisation,
        at=at,
        commitment=commitment,
    )
    suggestion.status = Status.DELIVERED
    suggestion.save(update_fields=["status"])
    record_event(Event.Kind.DELIVERED, about=delivery, by=by, at=at, case=suggestion.reference)
    return delivery


def _verdict_clause(suggestion: Suggestion, at: datetime) -> tuple[int, str]:
    contract = contract_for(service=suggestion.service, area=suggestion.area, at=at)
    for act in (Act.DELIVER, Act.SOLVE, Act.ANSWER):
        if level := service_level_for(act=act, contract=contract, kind=suggestion.kind, category=suggestion.category, at=at):
            return level.verdict_days, level.verdict_rule
    return VERDICT_DAYS, ServiceLevel.VerdictRule.AUTHOR


def _acceptance(suggestion: Suggestion) -> Decision | None:
    """The newest decision in effect, if it accepts."""
    decision = suggestion.decisions.in_effect().select_related("response__organisation").order_by("-effective_at", "-id").first()
    return decision if decision and decision.is_acceptance else None
