import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal import wall_clock
from portal.city_days import city_day
from portal.errors import Refused
from reports.actions.indicators import FinalFigureChanged, Report, compute, compute_night
from reports.indicators.periods import Window, last_ended, parse_as_of
from reports.indicators.registry import BY_CODE, CODE_VERSION
from reports.indicators.scopes import WHOLE_CITY, Scope, every_scope, scope_of
from reports.models import IndicatorValue

ALL = "all"


class Command(BaseCommand):
    help = (
        "Compute the indicators of a period as they were known at a moment, store them and print them; the same rows give the same bytes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", help="2026-11-01 for the start of that day in the city's zone, or a full moment with its zone")
        parser.add_argument("--window", help="2026-Q3, 2026-07, 2026 or FROM..UNTIL; the last quarter that had ended if left out")
        parser.add_argument(
            "--scope", action="append", help="city, service:CODE, operator:CODE, category:SERVICE/CODE, area:CODE or all; may be repeated"
        )
        parser.add_argument("--code", action="append", choices=sorted(BY_CODE), help="may be repeated; every indicator if left out")
        parser.add_argument("--format", choices=["json", "table"], default="table")
        parser.add_argument("--nightly", action="store_true", help="what is computed every night: running and last periods, all scopes")
        parser.add_argument("--dry-run", action="store_true", help="print only, store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        at = wall_clock.now()
        if options["nightly"]:
            self.stdout.write(_("%(count)d figures computed.") % {"count": compute_night(at=at)})
            return
        try:
            as_of = parse_as_of(str(options["as_of"])) if options["as_of"] else None
            window = (
                Window.parse(options["window"]) if options["window"] else last_ended(Window.quarter(city_day(as_of or at)), as_of or at)
            )
            in_grace = as_of is None and window.default_as_of > at
            report = Report(window, as_of or min(window.default_as_of, at), options["code"] or (), is_provisional=in_grace or None)
            scopes = list(_scopes(options["scope"] or [WHOLE_CITY]))
            values = compute(scopes=scopes, report=report, at=at, store=not options["dry_run"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except FinalFigureChanged as fault:
            raise CommandError(_("A final figure has changed, nothing was stored: %(figure)s") % {"figure": fault}) from fault
        self.stdout.write(_json(report, values) if options["format"] == "json" else _table(report, values))


def _scopes(codes: list[str]) -> list[Scope]:
    return list(every_scope()) if ALL in codes else [scope_of(code) for code in codes]


def _json(report: Report, values: list[IndicatorValue]) -> str:
    """Without the moment of computing: whoever computes it again, whenever, must get these bytes."""
    figures = [
        {
            "scope": value.scope,
            "code": value.code,
            "measure": value.measure,
            "definition": value.definition,
            "value": value.value,
            "low": value.low,
            "high": value.high,
            "n": value.n,
            "events": value.events,
            "censored_share": value.censored_share,
            "facts": value.facts,
            "withheld": value.withheld,
        }
        for value in values
    ]
    head = {
        "window": report.window.code,
        "from": report.window.from_at.isoformat(),
        "until": report.window.until_at.isoformat(),
        "as_of": report.as_of.isoformat(),
        "provisional": report.provisional,
        "code_version": CODE_VERSION,
    }
    return json.dumps(head | {"figures": figures}, ensure_ascii=False, indent=2, sort_keys=True)


def _table(report: Report, values: list[IndicatorValue]) -> str:
    state = "provisional" if report.provisional else "final"
    lines = [f"{report.window.code}  as of {report.as_of.isoformat()}  {state}"]
    scope = code = ""
    for value in values:
        if value.scope != scope:
            scope, code = value.scope, ""
            lines += ["", scope]
        if value.code != code:
            code = value.code
            lines.append(f"  {code} {BY_CODE[code].name}")
        interval = "" if value.low is None and value.high is None else f"[{_number(value.low)}, {_number(value.high)}]"
        figure = value.withheld or (_number(value.value) if value.value is not None or not value.n else "not reached")
        lines.append(f"    {value.measure:<36} {figure:>12} {interval:<24} n={value.n}")
    return "\n".join(lines)


def _number(number: float | None) -> str:
    return "–" if number is None else f"{number:.4g}"
