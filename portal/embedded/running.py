"""The servers that the environment does not name, run together."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.embedded.homes import home_directory, var_directory
from portal.embedded.notes import Note, read_any_note, remove_note, write_note
from portal.embedded.place import fallback_directory, find_place, make_socket_directory
from portal.embedded.processes import Child, command_of, end_leftovers
from portal.embedded.servers import Postgres, Valkey

OF_THE_DEMO = ("servers", "clock", "media", "mail", "beat-schedule")  # what --fresh erases, with what Celery appends to these names


@dataclass
class Servers:
    """What runs here, in the order in which it starts."""

    sockets: Path
    postgres: Postgres | None
    valkey: Valkey | None

    def start(self) -> None:
        for server in (self.postgres, self.valkey):
            if server:
                server.start()

    def stop(self) -> None:
        if self.valkey:
            self.valkey.child.stop(0.2)
        if self.postgres:
            self.postgres.child.stop(0.6)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def leave_note(self, children: list[Child] | None = None, *, web_address: str | None = None) -> None:
        """Tell the other commands where the servers are; to be left anew whenever one of them was started again."""
        own = [server.child for server in (self.postgres, self.valkey) if server]
        numbers = [child.process.pid for child in own + (children or []) if child.process]
        write_note(
            Note(
                database_url=self.postgres.url if self.postgres else None,
                redis_url=self.valkey.url if self.valkey else None,
                web_address=web_address,
                given_database_url=os.environ.get("DATABASE_URL"),
                sockets=str(self.sockets),
                commands={str(number): command_of(number) for number in numbers},
            )
        )


@contextmanager
def servers(*, durable: bool = True) -> Iterator[Servers]:
    """Run the servers that the environment does not name; the caller holds the lock."""
    clear_after_a_killed_supervisor()
    place = find_place()
    sockets = make_socket_directory(place)
    try:
        here = Servers(
            sockets,
            None if os.environ.get("DATABASE_URL") else Postgres(place, sockets, durable=durable),
            None if os.environ.get("REDIS_URL") else Valkey(place, sockets),
        )
    except BaseException:
        sockets.rmdir()
        raise
    try:
        here.start()
        here.leave_note()
        yield here
    finally:
        remove_note()
        here.stop()


def clear_after_a_killed_supervisor() -> None:
    note = read_any_note()
    if note is None:
        return
    end_leftovers(note.commands)
    if note.sockets:
        shutil.rmtree(note.sockets, ignore_errors=True)
    remove_note()


def erase_demo() -> None:
    """Erase the data of the demo, and nothing else that lies beside it; the caller holds the lock."""
    clear_after_a_killed_supervisor()
    paths = [path for name in OF_THE_DEMO for path in var_directory().glob(f"{name}*")]
    for path in [*paths, fallback_directory() / "servers" / home_directory().name]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
