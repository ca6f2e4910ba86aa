import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import wall_clock
from reports.indicators.imports import FEWEST_FOR_A_RATE, Group, ImportReport, report_on_import
from reports.indicators.shares import Share
from suggestions.models import ImportRun

LATE_AND_CANCELLED = (
    "{:,} cases were cancelled after they had fallen due: R3 counts them as late, the other lines leave every cancelled case out."
)


class Command(BaseCommand):
    help = "Says what an imported case history shows, over all its rows, and beside it what it shows of citizens' cases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", required=True, metavar="CODE", help="the earlier system, as it was named at the import")
        parser.add_argument(
            "--as-of", metavar="MOMENT", help="what was known then, such as 2011-08-01 (its first moment); now when not given"
        )
        parser.add_argument("--zone", metavar="NAME", help="the time zone of that moment; the one declared for the file when not given")
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *, source: str, as_of: str | None, zone: str | None, format: str, **options: object) -> None:
        run = ImportRun.objects.filter(source=source, finished_at__isnull=False).order_by("-finished_at", "-id").first()
        if run is None:
            sources = ", ".join(ImportRun.objects.order_by("source").values_list("source", flat=True).distinct()) or "none yet"
            raise CommandError(f"Nothing was imported from {source}. There is: {sources}.")
        zone = zone or run.time_zone
        if zone not in available_timezones():
            raise CommandError(f"{zone} is not the name of a time zone.")
        report = report_on_import(source=source, as_of=read_moment(as_of, ZoneInfo(zone)))
        if format == "json":
            self.stdout.write(json.dumps(as_json(report), indent=1, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(as_table(report, ZoneInfo(zone))))


def read_moment(written: str | None, zone: ZoneInfo) -> datetime:
    if written is None:
        return wall_clock.now()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as fault:
        raise CommandError("Write the moment as 2011-08-01 or 2011-08-01T12:00.") from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def as_json(report: ImportReport) -> dict[str, Any]:
    groups = {"everybody": report.everybody, "citizens": report.citizens, "others": report.others}
    printed = asdict(report) | {name: group_as_json(group) for name, group in groups.items()}
    printed["by_channel"] = {channel or "(blank)": group_as_json(group) for channel, group in report.by_channel.items()}
    printed["citizens_r3"] = share_as_json(report.citizens_r3)
    printed["as_of"] = report.as_of.isoformat()
    printed["agreement"]["mismatches"] = [
        asdict(mismatch) | {"due_at": mismatch.due_at.isoformat(), "closed_at": mismatch.closed_at.isoformat()}
        for mismatch in report.agreement.mismatches
    ]
    return printed


def group_as_json(group: Group) -> dict[str, Any]:
    return asdict(group) | {"due_cohort": share_as_json(group.due_cohort), "closed_only": share_as_json(group.closed_only)}


def share_as_json(share: Share) -> dict[str, Any]:
    shown = share.denominator >= FEWEST_FOR_A_RATE
    return {
        "k": share.numerator,
        "n": share.denominator,
        "rate": share.value if shown else None,
        "wilson95": share.interval if shown else None,
    }


def as_table(report: ImportReport, zone: ZoneInfo) -> list[str]:
    everybody = report.everybody
    lines = [
        f"{report.source}, as known on {report.as_of.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})",
        "",
        f"{report.rows:>9,} cases, {report.no_target:,} without a deadline",
        f"{everybody.closed:>9,} closed, {everybody.open:,} open, {everybody.cancelled:,} cancelled",
        "          flag of the earlier system: " + ", ".join(f"{count:,} {flag.replace('_', ' ')}" for flag, count in report.flags.items()),
        "          faults: "
        + (", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in report.faults.items() if count) or "none"),
        "",
        f"{'':34}{'cases':>7}{'half by':>11}{'in 7 d':>8}{'in 30 d':>9}{'kept':>8}   of all that fell due",
        group_line("All rows", everybody),
        *(group_line(f"  {channel or '(blank)'}", group) for channel, group in report.by_channel.items()),
        group_line("Staff, operator, sensors", report.others),
        group_line("Citizens", report.citizens),
        f"{'Citizens, as R3 counts':69}   {share_line(report.citizens_r3)}",
        "",
        report.reason,
        "",
        *([LATE_AND_CANCELLED.format(everybody.cancelled_after_due), ""] if everybody.cancelled_after_due else []),
        "Biased, for comparison only (open cases are missing):",
        f"  mean days of the closed cases     {number(everybody.naive_mean_days_closed_only, 4)}",
        f"  kept, among the closed            {share_line(everybody.closed_only)}",
        "",
        agreement_line(report),
    ]
    lines += [
        f"  line {mismatch.line}, case {mismatch.external_id}: due {mismatch.due_at.astimezone(zone):%Y-%m-%d %H:%M:%S}, "
        f"closed {mismatch.closed_at.astimezone(zone):%Y-%m-%d %H:%M:%S}, printed {'on time' if mismatch.printed_on_time else 'overdue'}"
        for mismatch in report.agreement.mismatches
    ]
    return lines


def agreement_line(report: ImportReport) -> str:
    agreement = report.agreement
    if not agreement.compared:
        return "No case has both dates and a flag of the earlier system to compare our reckoning with."
    return (
        f"Our reckoning agrees with the printed flag on {agreement.agreeing:,} of {agreement.compared:,} cases "
        "that have both dates and a flag."
    )


def group_line(name: str, group: Group) -> str:
    waits = group.waits
    figures = (
        f"{number(waits.median_days, 2, 'd'):>11}{percent(waits.closed_by[7]):>8}{percent(waits.closed_by[30]):>9}"
        if waits
        else f"{'too few':>11}{'':8}{'':9}"
    )
    return f"{name:34.34}{group.cases:>7,}{figures}   {share_line(group.due_cohort)}"


def share_line(share: Share) -> str:
    if share.value is None or share.interval is None or share.denominator < FEWEST_FOR_A_RATE:
        return f"too few ({share.denominator})"
    low, high = share.interval
    return f"{percent(share.value)}   {share.numerator:,} of {share.denominator:,}, range of chance {percent(low)} to {percent(high)}"


def number(value: float | None, places: int, unit: str = "") -> str:
    return "not reached" if value is None else f"{value:.{places}f} {unit}".rstrip()


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
