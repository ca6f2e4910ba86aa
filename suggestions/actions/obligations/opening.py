from datetime import datetime

from django.utils.translation import gettext as _

from portal.actions.contracts import calendar_version_for, contract_for, service_level_for
from portal.city_days import end_of_day
from portal.errors import Refused
from portal.models import Act, Actor, Contract, Event, Organisation, ServiceLevel
from portal.working_time import BeyondCalendar
from suggestions.actions.obligations.records import record, write_term
from suggestions.clocks import Clock
from suggestions.models import Commitment, Obligation, ObligationTerm, Suggestion

MUST_HAVE_A_RULE = {Act.ACKNOWLEDGE, Act.ANSWER, Act.REVIEW}  # where contract and default rule are silent, nobody would owe anything


class NoRule(Refused):
    pass


class CalendarTooShort(Refused):
    pass


def open_obligation(
    *, act: Act, suggestion: Suggestion, by: Actor, at: datetime, known_at: datetime | None = None, owner: Organisation | None = None
) -> Obligation | None:
    """Start the clock for one act; None where no clause asks for it. An owner is named where somebody took the case on.

    Raises NoRule where the contract is silent and the city has no default rule, CalendarTooShort where the calendar ends too soon.
    """
    level = _level(act, suggestion, at, owner)
    if level is None:
        if act in MUST_HAVE_A_RULE:
            raise NoRule(_("Nobody owes this yet: neither the contract nor the city's default rule says by when."))
        return None
    version = calendar_version_for(level)
    clock = Clock(version.opening_times(), at, level.within_minutes, level.pause_limit_minutes)
    try:
        due_at, warn_at = clock.due_at(), clock.moment_used(level.warn_percent)
    except BeyondCalendar as fault:
        raise CalendarTooShort(_("The calendar of clause %(clause)s ends too soon for this clock.") % {"clause": level.clause}) from fault
    obligation = Obligation.objects.create(
        act=act,
        owner=owner or _party(level),
        suggestion=suggestion,
        service_level=level,
        calendar_version=version,
        due_basis=Obligation.DueBasis.CLAUSE,
        is_gap=level.contract_id is None and owner is None,
        opened_at=at,
        known_at=known_at or at,
        due_at=due_at,
        gross_due_at=due_at,
        warn_at=warn_at,
    )
    _write_opening(obligation, by=by)
    return obligation


def open_promise(*, commitment: Commitment, by: Actor) -> Obligation:
    """Start the clock of a promise: it is due at the end of the day that was promised."""
    suggestion = commitment.suggestion
    contract = contract_for(service=suggestion.service, area=suggestion.area, at=commitment.made_at)
    level = service_level_for(act=Act.DELIVER, contract=contract, kind=suggestion.kind, category=suggestion.category, at=commitment.made_at)
    due_at = end_of_day(commitment.first_due_on)
    obligation = Obligation.objects.create(
        act=Act.DELIVER,
        owner=commitment.organisation,
        suggestion=suggestion,
        commitment=commitment,
        service_level=level,
        calendar_version=calendar_version_for(level) if level else None,
        due_basis=Obligation.DueBasis.PROMISED,
        is_gap=level is None or level.contract_id is None,
        opened_at=commitment.made_at,
        known_at=commitment.known_at,
        due_at=due_at,
        gross_due_at=due_at,
        warn_at=commitment.made_at + (due_at - commitment.made_at) * (level.warn_percent if level else 75) / 100,
    )
    _write_opening(obligation, by=by)
    return obligation


def _level(act: Act, suggestion: Suggestion, at: datetime, owner: Organisation | None) -> ServiceLevel | None:
    """The clause of the case's contract; who took a case on owes by their own contract or the default rule, where there is one."""

    def clause(contract: Contract | None) -> ServiceLevel | None:
        return service_level_for(act=act, contract=contract, kind=suggestion.kind, category=suggestion.category, at=at)

    own = clause(contract_for(service=suggestion.service, area=suggestion.area, at=at, operator=owner)) if owner else None
    return own or clause(contract_for(service=suggestion.service, area=suggestion.area, at=at))


def _party(level: ServiceLevel) -> Organisation:
    if level.owed_by == ServiceLevel.Party.OPERATOR and level.contract:
        return level.contract.operator
    return Organisation.objects.city()


def _write_opening(obligation: Obligation, *, by: Actor) -> None:
    write_term(obligation, ObligationTerm.Cause.OPENED, known_at=obligation.known_at)
    record(
        Event.Kind.OBLIGATION_OPENED,
        obligation,
        by=by,
        at=obligation.opened_at,
        known_at=obligation.known_at,
        facts={
            "owner": obligation.owner.code,
            "clause": obligation.service_level.clause if obligation.service_level else None,
            "due_at": obligation.due_at.isoformat() if obligation.due_at else None,
        },
    )
