import csv
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import wall_clock
from portal.errors import Refused
from portal.models import Actor, Service
from suggestions.actions.imports import ImportSummary, check_history, import_cases
from suggestions.histories import RowFault, open_history
from suggestions.histories.mappings import read_mapping_file


class Command(BaseCommand):
    help = (
        "Takes in a city's old case history from a CSV file, with its printed times: all of it or nothing. "
        "Started again, it adds only what is not known yet; a case that is known is left as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file of any kind; it may be packed (.gz)")
        parser.add_argument("--service", required=True, metavar="CODE", help="the service that the cases are about")
        parser.add_argument(
            "--mapping",
            required=True,
            type=Path,
            metavar="FILE.toml",
            help="how the columns are read; its words are explained in suggestions/histories/mappings.py",
        )
        parser.add_argument("--source", default="", metavar="CODE", help="the earlier system, if not the one named in the mapping")
        parser.add_argument("--dry-run", action="store_true", help="read everything, write nothing")
        parser.add_argument("--skip-bad-rows", action="store_true", help="leave out the rows that cannot be read")
        parser.add_argument("--errors", type=Path, metavar="FILE", help="where faulty rows are listed (FILE.errors.csv)")

    def handle(
        self,
        *,
        file: Path,
        service: str,
        mapping: Path,
        source: str,
        dry_run: bool,
        skip_bad_rows: bool,
        errors: Path | None,
        **options: object,
    ) -> None:
        errors = errors or file.with_name(f"{file.name}.errors.csv")
        at, by = wall_clock.now(), Actor.objects.system()
        try:
            about = Service.objects.get(code=service)
            history = open_history(file, read_mapping_file(mapping))
            summary = check_history(history=history, by=by, at=at, source=source)
            report_faults(summary.faults, errors)
            if summary.faults:
                self.stderr.write(f"{summary.bad_rows:,} rows cannot be read; they are listed in {errors}.")
            if summary.faults and not skip_bad_rows:
                raise CommandError("Nothing was added. Correct the rows or the mapping, or leave these rows out with --skip-bad-rows.")
            if not dry_run:
                summary = import_cases(
                    history=history,
                    service=about,
                    by=by,
                    at=at,
                    source=source,
                    skip_bad_rows=skip_bad_rows,
                    on_progress=partial(self.show_progress, summary.rows),
                )
        except Service.DoesNotExist as fault:
            known = ", ".join(Service.objects.order_by("code").values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no service {service}. The services are: {known}.") from fault
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.show(sentence(summary, dry_run=dry_run))

    def show_progress(self, total: int, done: int) -> None:
        self.show(f"{done:,} of {total:,} rows", passing=True)

    def show(self, line: str, *, passing: bool = False) -> None:
        """A passing line is written over by the next one, where somebody is looking."""
        watched = self.stdout.isatty()
        self.stdout.write(f"{line:<72}" if watched else line, ending="\r" if passing and watched else "\n")


def sentence(summary: ImportSummary, *, dry_run: bool) -> str:
    parts = [
        f"{summary.rows:,} rows: {summary.added:,} {'would be added' if dry_run else 'added'}, {summary.known_already:,} known already, "
        f"{summary.repeated:,} repeated in the file, {summary.bad_rows:,} that cannot be read."
    ]
    if summary.begun_again:
        parts.append("An earlier run stopped half-way and had left nothing; this one read the file from its beginning.")
    if summary.ended_before_start:
        parts.append(f"{summary.ended_before_start:,} ended before they began, by their printed times: taken as ended at once.")
    if summary.doubled_hours:
        parts.append(f"{summary.doubled_hours:,} times lie in an hour that came twice: read as the first.")
    if summary.missing_hours:
        parts.append(f"{summary.missing_hours:,} times lie in an hour that was skipped: read as one hour later.")
    if dry_run:
        parts.append("Nothing was written.")
    return "\n".join(parts)


def report_faults(faults: list[RowFault], errors: Path) -> None:
    """One line for each fault; an old list is emptied, so that nobody takes it for this run's."""
    if not faults and not errors.exists():
        return
    try:
        with errors.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["line", "column", "value", "fault"])
            writer.writerows((fault.line, fault.column, fault.value, fault.sentence) for fault in faults)
    except OSError as fault:
        raise CommandError(f"The faulty rows cannot be listed in {errors}: {fault}. Name another file with --errors.") from fault
