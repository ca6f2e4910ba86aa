from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from portal.actions.contracts import calendar_version_for, calendar_versions_for, contract_for, service_level_for, service_levels_for
from portal.city_days import end_of_day
from portal.errors import Refused
from portal.models import Act, Actor, CalendarVersion, Contract, Event, Organisation, ServiceLevel
from portal.working_time import BeyondCalendar
from suggestions.actions.obligations.records import event_of, write_term
from suggestions.clocks import Clock
from suggestions.models import Appeal, Commitment, Obligation, ObligationTerm, Suggestion

MUST_HAVE_A_RULE = {Act.ACKNOWLEDGE, Act.ANSWER, Act.REVIEW}  # where contract and default rule are silent, nobody would owe anything


class NoRule(Refused):
    pass


class CalendarTooShort(Refused):
    pass


def open_obligation(
    *,
    act: Act,
    suggestion: Suggestion,
    by: Actor,
    at: datetime,
    known_at: datetime | None = None,
    owner: Organisation | None = None,
    under: ServiceLevel | None = None,
    appeal: Appeal | None = None,
) -> Obligation | None:
    """Start the clock for one act; None where no clause asks for it, or where the same clock runs already.

    An owner is named where somebody took the case on, a clause where its threshold was reached.

    Raises NoRule where the contract is silent and the city has no default rule, CalendarTooShort where the calendar ends too soon.
    """
    level = under or _level(act, suggestion, at, owner)
    if under and Obligation.objects.running().filter(suggestion=suggestion, act=act, owner=_party(under)).exists():
        return None
    if level is None:
        _require_rule(act)
        return None
    obligation = _draw(
        act, suggestion, level, calendar_version_for(level), owner=owner or _party(level), at=at, known_at=known_at or at, appeal=appeal
    )
    obligation.is_gap = level.contract_id is None and owner is None
    obligation.save(force_insert=True)
    _write_opening(obligation, by=by)
    return obligation


def open_first_obligations(
    *, suggestion: Suggestion, acts: Collection[Act], by: Actor, at: datetime, known_at: datetime
) -> tuple[list[Obligation], list[Event]]:
    """Start all the clocks of a suggestion that came in, in as many statements as open_obligation() needs for one of them.

    Returns them with their lines of the log, which the caller writes. A check is owed by the city, everything else as the clause says.
    """
    contract = contract_for(service=suggestion.service, area=suggestion.area, at=at)
    levels = service_levels_for(acts=acts, contract=contract, kind=suggestion.kind, category=suggestion.category, at=at)
    versions = calendar_versions_for(levels.values())
    owed_by_city = any(act == Act.CHECK or not _is_operators(level) for act, level in levels.items())
    city = Organisation.objects.city() if owed_by_city else None
    obligations = []
    for act in acts:
        if act not in levels:
            _require_rule(act)
            continue
        level = levels[act]
        owner = city if act == Act.CHECK or not _is_operators(level) or level.contract is None else level.contract.operator
        assert owner is not None
        obligation = _draw(act, suggestion, level, versions[level.calendar_id], owner=owner, at=at, known_at=known_at)
        obligation.is_gap = level.contract_id is None and act != Act.CHECK
        obligations.append(obligation)
    Obligation.objects.bulk_create(obligations)
    ObligationTerm.objects.bulk_create(
        ObligationTerm(
            obligation=obligation,
            cause=ObligationTerm.Cause.OPENED,
            due_at=obligation.due_at,
            gross_due_at=obligation.gross_due_at,
            known_at=obligation.known_at,
        )
        for obligation in obligations
    )
    return obligations, [_opening_event(obligation, by=by) for obligation in obligations]


def _require_rule(act: Act) -> None:
    if act in MUST_HAVE_A_RULE:
        raise NoRule(_("Nobody owes this yet: neither the contract nor the city's default rule says by when."))


def _draw(
    act: Act,
    suggestion: Suggestion,
    level: ServiceLevel,
    version: CalendarVersion,
    *,
    owner: Organisation,
    at: datetime,
    known_at: datetime,
    appeal: Appeal | None = None,
) -> Obligation:
    """The clock of a clause, not yet written."""
    clock = Clock(version.opening_times(), at, level.within_minutes, level.pause_limit_minutes)
    try:
        due_at, warn_at = clock.due_at(), clock.moment_used(level.warn_percent)
    except BeyondCalendar as fault:
        raise CalendarTooShort(_("The calendar of clause %(clause)s ends too soon for this clock.") % {"clause": level.clause}) from fault
    return Obligation(
        act=act,
        owner=owner,
        suggestion=suggestion,
        appeal=appeal,
        service_level=level,
        calendar_version=version,
        due_basis=Obligation.DueBasis.CLAUSE,
        opened_at=at,
        known_at=known_at,
        due_at=due_at,
        gross_due_at=due_at,
        warn_at=warn_at,
    )


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
    if _is_operators(level) and level.contract:
        return level.contract.operator
    return Organisation.objects.city()


def _is_operators(level: ServiceLevel) -> bool:
    return level.owed_by == ServiceLevel.Party.OPERATOR and level.contract_id is not None


def _write_opening(obligation: Obligation, *, by: Actor) -> None:
    write_term(obligation, ObligationTerm.Cause.OPENED, known_at=obligation.known_at)
    _opening_event(obligation, by=by).save(force_insert=True)


def _opening_event(obligation: Obligation, *, by: Actor) -> Event:
    return event_of(
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
