import argparse

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Runs everything on this machine, with a demo city in it, until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port_number, help="the port of the web pages; without it 8000 or the next free one")
        parser.add_argument("--fresh", action="store_true", help="erase what earlier runs of the demo have left, then start")

    def handle(self, *, port: int | None, fresh: bool, **options: object) -> None:
        from portal.embedded.seeding import Terminal  # noqa: PLC0415  (not on platforms that cannot run it)
        from portal.embedded.supervisor import run_demo  # noqa: PLC0415

        run_demo(port=port, fresh=fresh, terminal=Terminal())


def port_number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a port number")
    return int(text)
