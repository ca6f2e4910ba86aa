"""
What an imported case history says, over all its rows, whoever opened them; and beside it what it says of citizens' cases alone.

Waits are real time that passed, in days. Nothing here is an indicator of the portal: it lets a city compare with the figures it knows.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.models import Act
from reports.indicators.shares import Share
from reports.indicators.survival import End, Spell, kaplan_meier
from suggestions.models import ImportedCase, ImportRun, Obligation, OpenedBy

DAY = timedelta(days=1)
DAYS_SHOWN = (1, 7, 14, 30)
MEAN_UP_TO = 30
FEWEST_CASES, FEWEST_EVENTS, FEWEST_FOR_A_RATE = 20, 10, 10  # below, chance says more than the figure
MISMATCHES_LISTED = 100


@dataclass(frozen=True, slots=True)
class Case:
    """One imported case with its facts, known to the day of asking; the report takes what was known at its own moment."""

    external_id: str
    line: int
    channel: str
    opened_by: str
    on_time: bool | None
    imported_at: datetime
    received_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    met_known_at: datetime | None
    ended_at: datetime | None
    ended_known_at: datetime | None

    def closed_by(self, as_of: datetime) -> datetime | None:
        return self.met_at if self.met_at and self.met_known_at and self.met_known_at <= as_of else None

    def cancelled_by(self, as_of: datetime) -> datetime | None:
        return self.ended_at if self.ended_at and self.ended_known_at and self.ended_known_at <= as_of else None


@dataclass(frozen=True, slots=True)
class Waits:
    """The Kaplan-Meier estimate of the days until a case is closed; a day or a mean that nobody was followed up to is None."""

    n: int
    events: int
    median_days: float | None
    median_ci95_loglog: tuple[float | None, float | None]
    p25_days: float | None
    p75_days: float | None
    closed_by: dict[int, float | None]
    rmst_30d: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some of the cases. Cancelled ones are neither kept nor broken; in the waits they leave when they were cancelled."""

    cases: int
    closed: int
    cancelled: int
    open: int
    naive_mean_days_closed_only: float | None  # biased: the open ones are missing
    waits: Waits | None  # None: too few
    due_cohort: Share  # of all that fell due: closed in time
    closed_only: Share  # biased: of the closed ones with a deadline
    cancelled_after_due: int

    @property
    def is_rate_shown(self) -> bool:
        return self.due_cohort.denominator >= FEWEST_FOR_A_RATE


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A case whose printed flag our reckoning does not confirm."""

    external_id: str
    line: int
    due_at: datetime
    closed_at: datetime
    printed_on_time: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """Our reckoning beside the earlier system's own flag, on the cases it printed with a deadline, a closing and a flag."""

    compared: int
    agreeing: int
    mismatches: tuple[Mismatch, ...]  # the first of them


@dataclass(frozen=True, slots=True)
class ImportReport:
    source: str
    as_of: datetime
    rows: int
    no_target: int
    flags: dict[str, int]
    faults: dict[str, int]
    everybody: Group
    by_channel: dict[str, Group]
    citizens: Group
    others: Group
    citizens_r3: Share  # over everything that fell due by then
    reason: str
    agreement: Agreement


def report_on_import(*, source: str, as_of: datetime, run: ImportRun | None = None) -> ImportReport:
    """The report on everything imported from a source, or by one run, as it was known at a moment."""
    runs = ImportRun.objects.filter(source=source, finished_at__isnull=False)
    cases = ImportedCase.objects.filter(source=source)
    if run:
        runs, cases = runs.filter(pk=run.pk), cases.filter(run=run)
    counted = ("repeated", "bad_rows", "ended_before_start", "doubled_hours", "missing_hours")
    faults = runs.aggregate(**{name: Sum(name, default=0) for name in counted})
    return import_report(_facts_of(cases.known_by(as_of)), source=source, as_of=as_of, faults=faults)


def _facts_of(cases: Iterable[ImportedCase]) -> list[Case]:
    basis = (Obligation.DueBasis.PRINTED, Obligation.DueBasis.NONE)
    imported = Obligation.objects.filter(act=Act.SOLVE, due_basis__in=basis, suggestion__imported__in=cases)
    rows = imported.order_by("suggestion__imported__line", "id").values_list(
        "suggestion__imported__external_id",
        "suggestion__imported__line",
        "suggestion__imported__printed_channel",
        "suggestion__opened_by",
        "suggestion__imported__printed_on_time",
        "suggestion__imported__run__started_at",
        "opened_at",
        "gross_due_at",
        "met_at",
        "met_known_at",
        "ended_at",
        "ended_known_at",
    )
    return [Case(*row) for row in rows]


def import_report(cases: Sequence[Case], *, source: str, as_of: datetime, faults: dict[str, int]) -> ImportReport:
    """The report on these cases, all of them received by then."""
    citizens = _group([case for case in cases if case.opened_by == OpenedBy.CITIZEN], as_of)
    others = _group([case for case in cases if case.opened_by != OpenedBy.CITIZEN], as_of)
    channels = sorted({case.channel for case in cases})
    flags = Counter(case.on_time for case in cases)
    return ImportReport(
        source=source,
        as_of=as_of,
        rows=len(cases),
        no_target=sum(case.due_at is None for case in cases),
        flags={"on_time": flags[True], "overdue": flags[False], "blank": flags[None]},
        faults=faults | {"due_before_start": sum(case.due_at is not None and case.due_at < case.received_at for case in cases)},
        everybody=_group(cases, as_of),
        by_channel={channel: _group([case for case in cases if case.channel == channel], as_of) for channel in channels},
        citizens=citizens,
        others=others,
        citizens_r3=_kept_by_r3([case for case in cases if case.opened_by == OpenedBy.CITIZEN], as_of),
        reason=_reason(citizens, others),
        agreement=_agreement(cases),
    )


def _group(cases: Sequence[Case], as_of: datetime) -> Group:
    closed = [case for case in cases if case.closed_by(as_of)]
    cancelled = [case for case in cases if case.cancelled_by(as_of)]
    fell_due = [case for case in cases if case.due_at and case.due_at <= as_of]
    due = [case for case in fell_due if not case.cancelled_by(as_of)]
    with_due = [case for case in closed if case.due_at]
    waited = [_spell(case, as_of).duration for case in closed]
    return Group(
        cases=len(cases),
        closed=len(closed),
        cancelled=len(cancelled),
        open=len(cases) - len(closed) - len(cancelled),
        naive_mean_days_closed_only=sum(waited) / len(waited) if waited else None,
        waits=_waits(cases, as_of),
        due_cohort=_share(due, lambda case: _is_in_time(case, as_of)),
        closed_only=_share(with_due, lambda case: _is_in_time(case, as_of)),
        cancelled_after_due=sum(case.due_at < ended_at for case in cancelled if case.due_at and (ended_at := case.cancelled_by(as_of))),
    )


def _share(cases: Sequence[Case], claim: Callable[[Case], bool]) -> Share:
    return Share(sum(claim(case) for case in cases), len(cases))


def _kept_by_r3(cases: Sequence[Case], as_of: datetime) -> Share:
    """As R3 counts: what was cancelled after it had fallen due was late, what was cancelled before never fell due."""
    fell_due = [case for case in cases if case.due_at and case.due_at <= as_of]
    cancelled = [(case, case.cancelled_by(as_of)) for case in fell_due]
    owed = [case for case, ended_at in cancelled if ended_at is None or (case.due_at and ended_at > case.due_at)]
    return _share(owed, lambda case: _is_in_time(case, as_of))


def _is_in_time(case: Case, as_of: datetime) -> bool:
    closed_at = case.closed_by(as_of)
    return closed_at is not None and case.due_at is not None and closed_at <= case.due_at


def _spell(case: Case, as_of: datetime) -> Spell:
    if closed_at := case.closed_by(as_of):
        return Spell((closed_at - case.received_at) / DAY, End.EVENT)
    if cancelled_at := case.cancelled_by(as_of):
        return Spell((cancelled_at - case.received_at) / DAY, End.COMPETING)
    return Spell((as_of - case.received_at) / DAY, End.OPEN)


def _waits(cases: Sequence[Case], as_of: datetime) -> Waits | None:
    curve = kaplan_meier(_spell(case, as_of) for case in cases)
    if curve.n < FEWEST_CASES or curve.events < FEWEST_EVENTS:
        return None
    return Waits(
        n=curve.n,
        events=curve.events,
        median_days=curve.median,
        median_ci95_loglog=curve.median_interval,
        p25_days=curve.quantile(0.25),
        p75_days=curve.quantile(0.75),
        closed_by={day: curve.share_by(day) if curve.reaches(day) else None for day in DAYS_SHOWN},
        rmst_30d=curve.restricted_mean(MEAN_UP_TO)[0] if curve.reaches(MEAN_UP_TO) else None,
    )


def _agreement(cases: Sequence[Case]) -> Agreement:
    """The flag was printed when the file was made, so it is held against all that the file says, whatever the moment of the report."""
    compared = 0
    mismatches = []
    for case in cases:
        if case.on_time is None or case.due_at is None or case.met_at is None or case.met_at > case.imported_at:
            continue
        compared += 1
        if (case.met_at <= case.due_at) != case.on_time:
            mismatches.append(Mismatch(case.external_id, case.line, case.due_at, case.met_at, case.on_time))
    return Agreement(compared, compared - len(mismatches), tuple(mismatches[:MISMATCHES_LISTED]))


def _reason(citizens: Group, others: Group) -> str:
    """Why the figures of all rows and those of citizens differ."""
    cases = citizens.cases + others.cases
    if not others.cases:
        return _("Citizens opened every case, so both figures are the same.")
    said = _("Staff, the operator or sensors opened %(others)s of the %(cases)s cases (%(share)d %%).") % {
        "others": f"{others.cases:,}",
        "cases": f"{cases:,}",
        "share": round(100 * others.cases / cases),
    }
    ours = _("They count in the figures of all rows, never in those of citizens.")
    if others.waits is None or citizens.waits is None or others.waits.median_days is None or citizens.waits.median_days is None:
        return f"{said} {ours}"
    said += " " + _("Half of those were closed within %(others)s; half of the citizens' cases within %(citizens)s.") % {
        "others": _lasting(others.waits.median_days),
        "citizens": _lasting(citizens.waits.median_days),
    }
    if others.waits.median_days < citizens.waits.median_days:
        said += " " + _("Such cases are often written down when the work is already done.")
    return f"{said} {ours}"


def _lasting(days: float) -> str:
    minutes = days * 24 * 60
    if minutes < 90:
        count = max(1, round(minutes))
        return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
    if minutes < 48 * 60:
        count = round(minutes / 60)
        return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    return _("%(days).1f days") % {"days": days}
