"""How responsive the operators are: one function for each indicator, rows in, numbers out."""

from collections.abc import Sequence
from datetime import timedelta

from portal.models import Act
from reports.indicators.facts import Case, Duty, Facts, Outcome
from reports.indicators.measures import Measure, age, count, days_between, ended_by, median_wait, rate, share
from reports.indicators.periods import Window
from reports.indicators.quantiles import quantile
from reports.indicators.survival import End, Spell, cumulative_incidence
from suggestions.models import OpenedBy

COURTESY_DAYS = 60
ACTS = (Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE, Act.DELIVER, Act.REVIEW)


def substantive_response(facts: Facts, window: Window) -> list[Measure]:
    """R2: the wait for a real answer, of the cases received in the window; those still waiting count for as long as they have."""
    cases = [case for case in facts.from_citizens.cases if window.holds(case.received_at)]
    incidence = cumulative_incidence(_wait(case, facts) for case in cases)
    ends = {
        "withdrawn": sum(case.withdrawn_at is not None for case in cases),
        "ruled_out": sum(case.ruled_out_at is not None for case in cases),
        "handed_over": sum(any(ruling.outcome == Outcome.HANDED_OVER for ruling in case.rulings) for case in cases),
        "competing": incidence.competing,
    }
    others = [case for case in facts.from_others.cases if window.holds(case.received_at)]
    return [
        *(ended_by(f"answered_by_{day}", incidence, day, ends) for day in (7, 30, 90)),
        ended_by("unanswered_at_180", incidence, 180, ends, rest=True),
        median_wait("median_days", incidence, ends),
        count("received", len(cases)),
        count("received_from_others", len(others), **_by_opener(others)),
    ]


def _wait(case: Case, facts: Facts) -> Spell:
    """How long a real answer took. Nobody enters late: imported histories are whole, and paper is not chosen by its answer."""
    answered_at = case.answered_at
    rivals = [moment for moment in (case.withdrawn_at, case.ruled_out_at) if moment]
    if answered_at and all(answered_at <= rival for rival in rivals):
        return Spell(days_between(case.received_at, answered_at), End.EVENT)
    if rivals:
        return Spell(days_between(case.received_at, min(rivals)), End.COMPETING)
    return Spell(days_between(case.received_at, facts.as_of), End.OPEN)


def _by_opener(cases: Sequence[Case]) -> dict[str, float]:
    openers = (OpenedBy.STAFF, OpenedBy.OPERATOR, OpenedBy.SENSOR)
    return {str(opener): sum(case.opened_by == opener for case in cases) for opener in openers}


def clauses_kept(facts: Facts, window: Window) -> list[Measure]:
    """R3: the obligations that fell due in the window and were met in time, for all acts together and for each."""
    duties = facts.from_citizens.duties
    measures = _kept("", duties, facts, window)
    for act in ACTS:
        measures += _kept(f"{act}_", [duty for duty in duties if duty.act == act], facts, window)
    others = [duty for duty in facts.from_others.duties if _fell_due(duty, facts, window)]
    return [*measures, count("fell_due_of_others", len(others), in_time=sum(_in_time(duty) for duty in others))]


def _kept(prefix: str, duties: Sequence[Duty], facts: Facts, window: Window) -> list[Measure]:
    fell_due = [duty for duty in duties if _fell_due(duty, facts, window)]
    in_time = [duty for duty in fell_due if _in_time(duty)]
    gross = [duty for duty in in_time if duty.gross_due_at and duty.met_at and duty.met_at <= duty.gross_due_at]
    opened = [duty for duty in duties if window.holds(duty.opened_at) and not duty.is_void]
    return [
        share(
            f"{prefix}in_time",
            len(in_time),
            len(fell_due),
            late_but_met=sum(duty.met_at is not None and not _in_time(duty) for duty in fell_due),
            still_owed=sum(duty.is_running for duty in fell_due),
            ended_late=sum(duty.ended_at is not None for duty in fell_due),
            void=sum(duty.is_void and window.holds(duty.due_at) for duty in duties),
            ended_before_due=sum(_ended_before_due(duty) and not duty.is_void and window.holds(duty.due_at) for duty in duties),
            met_before_opened=sum(duty.met_at is not None and duty.met_at < duty.opened_at for duty in fell_due),
        ),
        share(f"{prefix}in_time_without_pauses", len(gross), len(fell_due), only_by_pauses=len(in_time) - len(gross)),
        share(f"{prefix}without_due_moment", sum(duty.due_at is None for duty in opened), len(opened)),
    ]


def _fell_due(duty: Duty, facts: Facts, window: Window) -> bool:
    """The due moment lies in the window and has come; what ended before then, or was never theirs, did not fall due."""
    return (
        duty.due_at is not None
        and window.holds(duty.due_at)
        and duty.due_at <= facts.as_of
        and not duty.is_void
        and not _ended_before_due(duty)
    )


def _ended_before_due(duty: Duty) -> bool:
    return duty.ended_at is not None and duty.due_at is not None and duty.ended_at <= duty.due_at


def _in_time(duty: Duty) -> bool:
    return duty.met_at is not None and duty.due_at is not None and duty.met_at <= duty.due_at


def backlog(facts: Facts, window: Window) -> list[Measure]:
    """R5: how old is what was still open at the as-of moment, and whether it grew during the window."""
    citizens = facts.from_citizens
    open_cases = [case for case in citizens.cases if case.is_open]
    ages = [days_between(case.received_at, facts.as_of) for case in open_cases]
    past_due = {duty.case for duty in citizens.duties if duty.is_running and duty.due_at and duty.due_at < facts.as_of}
    opened = sum(window.holds(case.received_at) for case in citizens.cases)
    turns = [is_end for case in citizens.cases for moment, is_end in case.turns if window.holds(moment)]
    ended, reopened = sum(turns), len(turns) - sum(turns)
    weeks = days_between(window.from_at, min(window.until_at, facts.as_of)) / 7
    return [
        count("open", len(open_cases)),
        age("median_age_days", quantile(ages, 0.5), n=len(ages)),
        age("p90_age_days", quantile(ages, 0.9), n=len(ages)),
        _of_all("over_30_days", sum(days > 30 for days in ages), len(ages)),
        _of_all("over_90_days", sum(days > 90 for days in ages), len(ages)),
        _of_all("past_due", sum(case.pk in past_due for case in open_cases), len(ages)),
        rate(
            "net_flow_a_week",
            (opened + reopened - ended) / weeks if weeks > 0 else 0.0,
            n=opened + reopened + ended,
            opened=opened,
            reopened=reopened,
            ended=ended,
        ),
        count("open_of_others", sum(case.is_open for case in facts.from_others.cases)),
    ]


def _of_all(name: str, number: int, total: int) -> Measure:
    """A share of everything there is: it has no range of chance."""
    counted = share(name, number, total)
    return Measure(counted.name, counted.sort, counted.value, counted.n, events=counted.events)


def courtesy_without_action(facts: Facts, window: Window) -> list[Measure]:
    """R8: of the cases first replied to in the window, those in which nothing but words came within sixty days.

    A case withdrawn before anything was done stays among them: friendliness is all that its author ever got.
    """
    horizon = timedelta(days=COURTESY_DAYS)
    replied = [case for case in facts.from_citizens.cases if window.holds(case.first_reply_at)]
    followed = [case for case in replied if case.first_reply_at and case.first_reply_at + horizon <= facts.as_of]
    idle = [case for case in followed if not _acted_within(case, horizon)]
    estimate = cumulative_incidence(_wait_for_action(case, facts) for case in replied)
    return [
        share(
            f"no_action_in_{COURTESY_DAYS}",
            len(idle),
            len(followed),
            withdrawn=sum(case.withdrawn_at is not None for case in idle),
            too_recent=len(replied) - len(followed),
        ),
        ended_by(f"no_action_by_{COURTESY_DAYS}_estimated", estimate, COURTESY_DAYS, {"competing": estimate.competing}, rest=True),
    ]


def _acted_within(case: Case, horizon: timedelta) -> bool:
    return case.acted_at is not None and case.first_reply_at is not None and case.acted_at <= case.first_reply_at + horizon


def _wait_for_action(case: Case, facts: Facts) -> Spell:
    replied_at, acted_at = case.first_reply_at, case.acted_at
    assert replied_at is not None  # the cohort is of cases with a reply
    if acted_at and (case.withdrawn_at is None or acted_at <= case.withdrawn_at):
        return Spell(days_between(replied_at, acted_at), End.EVENT)
    if case.withdrawn_at:
        return Spell(days_between(replied_at, case.withdrawn_at), End.COMPETING)
    return Spell(days_between(replied_at, facts.as_of), End.OPEN)
