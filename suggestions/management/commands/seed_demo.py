import argparse
import gc
from io import StringIO

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import wall_clock
from suggestions.demo import DEMO_ACCOUNTS, DEMO_PASSWORD, load_crowd, load_demo_city


class Command(BaseCommand):
    help = "Loads the demo city: invented suggestions of the last nine months, each lived through the portal's own acts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--suggestions", type=_number, default=400, help="how many suggestions there shall be (400)")
        parser.add_argument("--scale", type=_number, help="instead, write so many at once by COPY: a city to measure in (100000)")
        parser.add_argument("--seed", type=int, default=1, help="another seed gives another city (1)")

    def handle(self, *, suggestions: int, seed: int, scale: int | None = None, **options: object) -> None:
        if not (settings.DEMO or (scale and settings.TESTING)):
            raise CommandError("The demo city can be loaded in the demo only: its passwords are public.")
        gc.freeze()
        gc.set_threshold(100_000)  # what the acts leave behind is little: collecting rarely takes an eighth off the time
        now = wall_clock.now()
        if scale is not None:
            self.stdout.write(f"added {load_crowd(seed=seed, suggestions=scale, at=now, progress=self._progress)}")
            return
        added = load_demo_city(seed=seed, suggestions=suggestions, at=now, progress=self._progress)
        if added:
            self._compute_indicators()
        self._show_accounts()

    def _progress(self, lived: int, of: int) -> None:
        self.stdout.write(f"seeding {lived}/{of}")
        self.stdout.flush()

    def _compute_indicators(self) -> None:
        """By name, for the indicators live in a room above this one: everything that a night computes."""
        if "compute_indicators" in get_commands():
            call_command("compute_indicators", nightly=True, stdout=StringIO())

    def _show_accounts(self) -> None:
        self.stdout.write("Those who work here are also asked for six digits: the page /demo/mailbox/ shows them, and every mail.")
        self.stdout.write(f'Sign in with the password "{DEMO_PASSWORD}" as')
        width = max(len(account.email) for account in DEMO_ACCOUNTS)
        for account in DEMO_ACCOUNTS:
            self.stdout.write(f"  {account.email:<{width}}  {account.sentence}")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a number of suggestions")
    return int(text)
