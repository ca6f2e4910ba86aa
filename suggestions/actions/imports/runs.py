"""One reading of an old case history: checked, then written whole or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.actions.events import record_event
from portal.errors import Refused
from portal.models import Actor, Event, Service
from portal.permissions import Permission, require
from suggestions.actions.imports.cases import WRITTEN, CaseWriter
from suggestions.histories import History, PrintedCase, RowFault
from suggestions.models import ImportedCase, ImportRun

BATCH = 1000
PATIENCE = "2s"  # the database may need a moment to notice that an earlier run was killed


class SourceMissing(Refused):
    pass


class RowsUnreadable(Refused):
    pass


class ImportRunning(Refused):
    pass


@dataclass(slots=True)
class ImportSummary:
    """What one reading found. Every row is counted once: added, known already, repeated in the file, or bad."""

    rows: int = 0
    added: int = 0
    known_already: int = 0
    repeated: int = 0
    bad_rows: int = 0
    ended_before_start: int = 0
    doubled_hours: int = 0
    missing_hours: int = 0
    faults: list[RowFault] = field(default_factory=list)
    begun_again: bool = False  # an earlier attempt was killed and left nothing


def check_history(*, history: History, by: Actor, at: datetime, source: str = "") -> ImportSummary:
    """Read everything and write nothing: what import_cases() would add, and every fault of every row."""
    require(by, Permission.IMPORT)
    summary = ImportSummary()
    for cases in _new_cases(history, _source(history, source), summary, at=at):
        _count(cases, summary)
    return summary


def import_cases(
    *,
    history: History,
    service: Service,
    by: Actor,
    at: datetime,
    source: str = "",
    skip_bad_rows: bool = False,
    on_progress: Callable[[int], None] = lambda rows: None,
) -> ImportSummary:
    """Take in the cases of an earlier system with their printed times: all of the file together, or none of it.

    A case that is known already is left as it is. Rows that cannot be read stop the import, unless they are to be left out.
    Raises RowsUnreadable, and ImportRunning while another process imports from the same source.
    """
    require(by, Permission.IMPORT)
    source = _source(history, source)
    run, begun_again = _begin(history, service, source, at)
    with transaction.atomic():
        run = _hold(run)
        for name, value in _facts(history, service, at).items():
            setattr(run, name, value)
        summary = ImportSummary(begun_again=begun_again)
        with override(settings.LEADING_LANGUAGE):
            writer = CaseWriter(run=run, mapping=history.mapping, at=at)
            for cases in _new_cases(history, source, summary, at=at):
                writer.write(cases)
                _count(cases, summary)
                on_progress(summary.rows)
        if summary.faults and not skip_bad_rows:
            raise RowsUnreadable(_("Nothing was added: %(count)d rows cannot be read.") % {"count": summary.bad_rows})
        _finish(run, summary, by=by, at=at)
    return summary


def _source(history: History, source: str) -> str:
    source = slugify(source) or history.mapping.source
    if not source:
        raise SourceMissing(_('Name the earlier system: source = "…" in the mapping.'))
    return source


def _new_cases(history: History, source: str, summary: ImportSummary, *, at: datetime) -> Iterator[list[PrintedCase]]:
    """The cases that are not known yet, in batches; everything else about the rows is counted into the summary."""
    seen: set[str] = set()
    rows = history.cases(until=at)
    while batch := list(islice(rows, BATCH)):
        summary.rows += len(batch)
        cases: list[PrintedCase] = []
        for row in batch:
            if isinstance(row, list):
                summary.bad_rows += 1
                summary.faults += row
            elif row.external_id in seen:
                summary.repeated += 1
            else:
                seen.add(row.external_id)
                cases.append(row)
        known = ImportedCase.objects.filter(source=source, external_id__in=[case.external_id for case in cases])
        known_ids = set(known.values_list("external_id", flat=True))
        summary.known_already += len(known_ids)
        yield [case for case in cases if case.external_id not in known_ids]


def _count(cases: list[PrintedCase], summary: ImportSummary) -> None:
    summary.added += len(cases)
    for case in cases:
        summary.ended_before_start += case.ended_before_start
        summary.doubled_hours += case.doubled_hours
        summary.missing_hours += case.missing_hours


def _begin(history: History, service: Service, source: str, at: datetime) -> tuple[ImportRun, bool]:
    """The run of this source, committed before its cases so that a killed import leaves a trace; True where it is such a trace."""
    if unfinished := ImportRun.objects.filter(source=source, finished_at=None).first():
        return unfinished, True
    run = ImportRun(source=source, **_facts(history, service, at))
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as fault:
        if "import_one_run_at_a_time" not in str(fault):
            raise
        raise _running(source) from fault
    return run, False


def _hold(run: ImportRun) -> ImportRun:
    """The run, locked as long as this import lives: who is killed lets go of it, and who comes second is told."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout TO '{PATIENCE}'")
            held = ImportRun.objects.select_for_update().get(pk=run.pk)
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as fault:
        if getattr(fault.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
            raise
        raise _running(run.source) from fault
    if held.finished_at:
        raise _running(run.source)
    return held


def _running(source: str) -> ImportRunning:
    return ImportRunning(_("Cases of %(source)s are being imported at this moment. Try again when that has ended.") % {"source": source})


def _facts(history: History, service: Service, at: datetime) -> dict[str, object]:
    return {
        "service": service,
        "file_name": history.path.name[:200],
        "file_sha256": history.sha256,
        "mapping": history.mapping.as_written,
        "time_zone": history.mapping.zone.key,
        "started_at": at,
    }


def _finish(run: ImportRun, summary: ImportSummary, *, by: Actor, at: datetime) -> None:
    counts = {
        name: getattr(summary, name)
        for name in ("rows", "added", "known_already", "repeated", "bad_rows", "ended_before_start", "doubled_hours", "missing_hours")
    }
    for name, count in counts.items():
        setattr(run, name, count)
    run.finished_at = at
    run.save()
    if summary.added:
        _count_tables_anew()
        facts = {"source": run.source, "service": run.service.code, "sha256": run.file_sha256} | counts
        record_event(Event.Kind.CASES_IMPORTED, about=run, by=by, at=at, facts=facts)


def _count_tables_anew() -> None:
    """Thousands of rows came at once: plans made for the tables as they were would take hours until the database counts by itself."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(model._meta.db_table) for model in WRITTEN))
