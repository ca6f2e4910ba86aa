"""The private note by which other commands find the servers that a supervisor runs, and the lock that proves it is alive."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from portal.embedded.errors import CannotStart
from portal.embedded.homes import hand_over, home_directory, make_home

if sys.platform != "win32":
    import fcntl


@dataclass(frozen=True)
class Note:
    """What a supervisor tells the other commands of the same tree."""

    database_url: str | None = None  # None: a server that DATABASE_URL names is used
    redis_url: str | None = None
    web_address: str | None = None  # set by the demo only
    given_database_url: str | None = None  # the DATABASE_URL that the demo itself was started with
    sockets: str | None = None
    commands: dict[str, str] = field(default_factory=dict)  # process number -> command line, to know what a dead supervisor left


def note_path() -> Path:
    return home_directory() / "running.json"


def read_note() -> Note | None:
    """The note of a supervisor that is alive; a stale one counts as none."""
    return read_any_note() if is_supervised() else None


def read_any_note() -> Note | None:
    """The note as it lies there, even if its writer is dead."""
    try:
        return Note(**json.loads(note_path().read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_note(note: Note) -> None:
    draft = note_path().with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(note), file)
    hand_over(draft)
    draft.replace(note_path())


def remove_note() -> None:
    note_path().unlink(missing_ok=True)


def is_supervised() -> bool:
    """Whether somebody holds the lock; unlike a process number, a lock ends with its owner and never passes to another."""
    if sys.platform == "win32":
        return False
    try:
        lock = os.open(home_directory() / "lock", os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


@contextmanager
def supervision() -> Iterator[bool]:
    """Hold the lock of this home while the block runs; False when somebody else has it."""
    if sys.platform == "win32":
        raise CannotStart("Windows cannot run the built-in servers: use WSL, or set DATABASE_URL and REDIS_URL.")
    try:
        path = make_home() / "lock"
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        hand_over(path)
    except OSError as fault:
        raise CannotStart(f"{home_directory()} cannot be used ({fault.strerror}): set ANSWERABLE_VAR to one of your own.") from fault
    try:
        yield _take(lock)
    finally:
        for left in home_directory().iterdir():
            if left.is_file():  # logs and the like; the data of the servers has its own owner
                hand_over(left)
        os.close(lock)


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
