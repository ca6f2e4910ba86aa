"""Which servers a management command uses: the city's, those that run already, or some for as long as the command takes."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from portal.embedded import addresses
from portal.embedded.errors import CannotStart
from portal.embedded.homes import is_testing
from portal.embedded.notes import Note, read_note, supervision

WITHOUT_SERVERS = {"", "check", "collectstatic", "compilemessages", "demo", "demo_clock", "diffsettings", "help", "makemessages", "version"}


@contextmanager
def servers_for_command(arguments: list[str]) -> Iterator[None]:
    """Let a management command find its servers: the city's, those that run already, or some for as long as it takes."""
    declare_demo(arguments)
    command = arguments[0] if arguments else ""
    if command in WITHOUT_SERVERS or command.startswith("-") or "--help" in arguments or "-h" in arguments:
        yield
        return
    if url := os.environ.get("DATABASE_URL"):
        addresses.check_database(url)
    if (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")) or os.environ.get("DEMO") == "0":
        yield
        return
    with joined_or_started():
        yield


def declare_demo(arguments: list[str]) -> None:
    """Without an address of a city's database every command is about the demo; DEMO=0 says otherwise."""
    if is_testing():
        return
    note, given = read_note(), os.environ.get("DATABASE_URL")
    if arguments[:1] == ["demo"]:
        os.environ["DEMO"] = "1"
    elif not given or (note is not None and note.web_address and note.given_database_url == given):
        os.environ.setdefault("DEMO", "1")


@contextmanager
def joined_or_started(*, patience: float = 60) -> Iterator[None]:
    """The servers that another command runs, or else our own until the block ends."""
    ends_at = time.monotonic() + patience
    while time.monotonic() < ends_at:
        if note := read_note():
            require_servers(note)
            yield
            return
        with supervision() as ours:
            if ours:
                from portal.embedded.running import servers  # noqa: PLC0415  (not where all servers are named)

                signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the servers end with us
                with servers():
                    yield
                return
        time.sleep(0.1)  # another command is starting them
    raise CannotStart("Another command has been starting the servers for a minute: end it first.")


def require_servers(note: Note) -> None:
    """The servers that run may be too few for this command: those who started them had addresses of their own."""
    for name, noted in (("DATABASE_URL", note.database_url), ("REDIS_URL", note.redis_url)):
        if not noted and not os.environ.get(name):
            raise CannotStart(f"The demo that runs here was started with {name}: set the same for this command.")
