"""Whether what citizens put forward changes anything: one function for each indicator, rows in, numbers out."""

from collections.abc import Sequence
from datetime import timedelta

from reports.indicators.facts import ADOPTED, FINAL, REFUSED, Case, Facts, Outcome, Promise, Ruling
from reports.indicators.measures import Measure, count, days_between, earliest, median_wait, share, still_waiting_at
from reports.indicators.periods import Window
from reports.indicators.survival import End, Spell, cumulative_incidence, kaplan_meier

UNDECIDED_DAYS = 90
UNDATED_DAYS = 30


def adoption(facts: Facts, window: Window) -> list[Measure]:
    """E1: of the suggestions decided in the window, those taken up; and how many never get that far."""
    cases = facts.from_citizens.cases
    settled = [(case, ruling) for case in cases if (ruling := case.final_ruling) and window.holds(ruling.at)]
    decided = [(case, ruling.outcome) for case, ruling in settled if ruling.outcome in FINAL]
    ruled_out = [ruling for _case, ruling in settled if ruling.outcome == Outcome.OUT_OF_SCOPE]
    received = [case for case in cases if window.holds(case.received_at)]
    partly = sum(outcome == Outcome.PARTLY_ACCEPTED for _case, outcome in decided)
    return [
        _adopted("adopted", [outcome for _case, outcome in decided], partly=partly),
        *(
            _adopted(f"adopted_{kind}s", [outcome for case, outcome in decided if case.kind == kind])
            for kind in ("idea", "problem", "petition")
        ),
        share("partly", partly, len(decided)),
        still_waiting_at(f"undecided_at_{UNDECIDED_DAYS}", kaplan_meier(_wait(case, facts) for case in received), UNDECIDED_DAYS),
        share(
            "out_of_scope",
            len(ruled_out),
            len(settled),
            said_by_city=sum(ruling.by_city for ruling in ruled_out),
            said_by_operator=sum(not ruling.by_city for ruling in ruled_out),
        ),
        count("decided", len(settled)),
    ]


def _adopted(name: str, outcomes: Sequence[str], **facts: float) -> Measure:
    return share(name, sum(outcome in ADOPTED for outcome in outcomes), len(outcomes), **facts)


def _wait(case: Case, facts: Facts) -> Spell:
    """How long a suggestion stood undecided; a withdrawal ends that too."""
    ended_at = earliest((case.decided_at, case.withdrawn_at))
    return Spell(days_between(case.received_at, ended_at or facts.as_of), End.EVENT if ended_at else End.OPEN)


def promises_kept(facts: Facts, window: Window) -> list[Measure]:
    """E2: of the promises whose first day passed in the window, those delivered by that day; a day moved later changes nothing."""
    citizens = facts.from_citizens
    in_window = [promise for promise in citizens.promises if window.holds(promise.due_at)]
    due = [promise for promise in in_window if promise.due_at <= facts.as_of and not _withdrawn_first(promise)]
    kept = [promise for promise in due if promise.delivered_at and promise.delivered_at <= promise.due_at]
    delivered = sum(promise.delivered_at is not None for promise in due)
    acceptances = [(case, ruling) for case in citizens.cases if (ruling := _acceptance(case)) and window.holds(ruling.at)]
    followed = [(case, ruling) for case, ruling in acceptances if ruling.at + timedelta(days=UNDATED_DAYS) <= facts.as_of]
    wait = cumulative_incidence(_wait_for_delivery(case, ruling, facts) for case, ruling in acceptances)
    return [
        share(
            "kept",
            len(kept),
            len(due),
            delivered_late=delivered - len(kept),
            not_delivered=len(due) - delivered,
            not_yet_due=sum(promise.due_at > facts.as_of for promise in in_window),
            withdrawn=sum(_withdrawn_first(promise) for promise in in_window),
        ),
        share("delivered", delivered, len(due)),
        share(
            f"no_date_after_{UNDATED_DAYS}",
            sum(_is_undated(case, ruling) for case, ruling in followed),
            len(followed),
            too_recent=len(acceptances) - len(followed),
        ),
        median_wait("median_days_to_delivery", wait, {"competing": wait.competing}),
    ]


def _withdrawn_first(promise: Promise) -> bool:
    """The author took the suggestion back before the day came, so nothing was owed on it."""
    return promise.withdrawn_at is not None and promise.withdrawn_at <= promise.due_at


def _acceptance(case: Case) -> Ruling | None:
    return next((ruling for ruling in case.rulings if ruling.outcome in ADOPTED), None)


def _is_undated(case: Case, ruling: Ruling) -> bool:
    """Accepted, and thirty days later neither done, nor dated, nor taken back."""
    limit = ruling.at + timedelta(days=UNDATED_DAYS)
    settled_at = earliest((case.promised_at, case.withdrawn_at))
    return not case.delivered_by(limit) and (settled_at is None or settled_at > limit)


def _wait_for_delivery(case: Case, ruling: Ruling, facts: Facts) -> Spell:
    delivered_at = earliest(done.at for done in case.deliveries if done.at >= ruling.at)
    if delivered_at:
        return Spell(days_between(ruling.at, delivered_at), End.EVENT)
    if case.withdrawn_at:
        return Spell(days_between(ruling.at, case.withdrawn_at), End.COMPETING)
    return Spell(days_between(ruling.at, facts.as_of), End.OPEN)


def reasons_given(facts: Facts, window: Window) -> list[Measure]:
    """E4: the decisions that took effect in the window and say why in the citizen's language, a refusal also by which criterion."""
    rulings = [ruling for case in facts.from_citizens.cases for ruling in case.rulings if window.holds(ruling.at)]
    return [
        _reasoned("reasons_given", rulings),
        _reasoned("reasons_for_refusals", [ruling for ruling in rulings if ruling.outcome in REFUSED]),
        _reasoned("reasons_for_partly", [ruling for ruling in rulings if ruling.outcome == Outcome.PARTLY_ACCEPTED]),
    ]


def _reasoned(name: str, rulings: Sequence[Ruling]) -> Measure:
    return share(name, sum(ruling.has_reasons for ruling in rulings), len(rulings))
