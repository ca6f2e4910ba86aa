import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import wall_clock

UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class Command(BaseCommand):
    help = "Moves the clock of the demo forward, or shows it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", nargs="?", help="how far: +3d, +5h, +30m or together as in +1d12h; without it the time is shown")

    def run_from_argv(self, argv: list[str]) -> None:
        going_back = [word for word in argv[2:] if re.match(r"-\d", word)]
        super().run_from_argv([*argv[:2], *(["--"] if going_back else []), *argv[2:]])  # else -3d is taken for an option

    def handle(self, *, step: str | None, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("The clock can be moved in the demo only.")
        if step:
            wall_clock.move_forward(parse_step(step))
        shown = wall_clock.now().astimezone(ZoneInfo(settings.TIME_ZONE))
        self.stdout.write(f"In the demo it is {shown:%A %d %B %Y, %H:%M}.")


def parse_step(step: str) -> timedelta:
    if step.startswith("-"):
        raise CommandError("The clock cannot go back, for what is recorded has happened: manage.py demo --fresh starts again from today.")
    if not re.fullmatch(r"\+?(\d{1,4}[dhm])+", step):
        raise CommandError("Say how far the clock goes forward: +3d, +5h, +30m, or together as in +1d12h.")
    return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in re.findall(r"(\d+)([dhm])", step)), timedelta())
