"""The demo: servers, web, worker and beat as children of one command, started again when they die and stopped in order."""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event

from portal.embedded import addresses
from portal.embedded.errors import CannotStart
from portal.embedded.homes import REPOSITORY, home_directory
from portal.embedded.notes import read_note, supervision
from portal.embedded.processes import Child
from portal.embedded.running import Servers, erase_demo, servers
from portal.embedded.seeding import Seeding, Terminal

HOST = "127.0.0.1"
USUAL_PORT = 8000
PORTS_TO_TRY = 50
WEB_PATIENCE = 60.0  # seconds until the first page
STILLBORN = 3.0  # seconds: a child that lived shorter is started again with a delay, and not for ever
FALSE_STARTS = 10
PATIENCE = {"Web": 0.5, "Worker": 0.5, "Beat": 0.15}  # seconds to stop in; together with the servers two at most


class Stopped(Exception):
    """Somebody asked the demo to end."""


class Demo:
    """One run of the demo on one port."""

    def __init__(self, here: Servers, listener: socket.socket, terminal: Terminal) -> None:
        self.here, self.terminal = here, terminal
        self.port = listener.getsockname()[1]
        os.environ.setdefault("PUBLIC_ADDRESS", self.address)  # the children write it into mails
        manage = [sys.executable, str(REPOSITORY / "manage.py")]
        celery = [sys.executable, "-m", "celery", "-A", "portal.celery"]
        self.web = Child(
            "Web",
            # the supervisor keeps the listening socket, so that a page asked for while the web is started again waits and is not refused
            [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"fd://{listener.fileno()}", "--threads", "8"]
            + ["--graceful-timeout", "1", "--no-control-socket", "--log-level", "warning"],
            pass_fds=[listener.fileno()],
        )
        self.worker = Child("Worker", [*celery, "worker", "--pool", "threads", "-c", "2", "--without-gossip", "--without-mingle"])
        self.beat = Child("Beat", [*celery, "beat", "--schedule", home_directory() / "beat-schedule"])
        self.migration = Child("Migration", [*manage, "migrate", "--no-input", "-v", "0"])
        self.seeding = Seeding(Child("Seeding", [*manage, "seed_demo"], environment=os.environ | {"PYTHONUNBUFFERED": "1"}), terminal)
        self.failures: dict[str, int] = {}

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/"

    @property
    def children(self) -> list[Child]:
        return [self.web, self.worker, self.beat]

    def run(self, asked_to_end: Event) -> None:
        """Bring everything up, the web first, and keep it up until somebody asks for the end."""
        self.web.start()  # it loads while the tables are made
        self.migrate()
        self.wait_for_web()
        self.leave_note()
        self.terminal.say(f"Answerable runs at {self.address} (Ctrl-C stops it).")
        self.worker.start()
        self.beat.start()
        self.seeding.start()
        self.leave_note()
        while not asked_to_end.is_set():
            if self.seeding.look(patience=0.2):
                self.leave_note()
            self.revive()

    def migrate(self) -> None:
        self.migration.start()
        assert self.migration.process
        if self.migration.process.wait():
            raise CannotStart(f"The database could not be brought up to date (see {self.migration.log}): {self.migration.last_words()}")

    def wait_for_web(self) -> None:
        ends_at = time.monotonic() + WEB_PATIENCE
        while self.web.is_running() and time.monotonic() < ends_at:
            with suppress(OSError, http.client.HTTPException):
                line = http.client.HTTPConnection(HOST, self.port, timeout=1)
                line.request("GET", "/")
                if line.getresponse().status >= 500:
                    self.terminal.say(f"The start page fails: see {self.web.log}.")
                return
            time.sleep(0.05)
        raise CannotStart(f"The web process does not start (see {self.web.log}): {self.web.last_words()}")

    def leave_note(self) -> None:
        self.here.leave_note([*self.children, self.seeding.child], web_address=self.address)

    def revive(self) -> None:
        """Start again what has died."""
        for server in (self.here.postgres, self.here.valkey):
            if server and not server.child.is_running():
                self.announce(server.child)
                server.start()
                self.leave_note()
        for child in self.children:
            if not child.is_running() and self.may_try_again(child):
                self.announce(child)
                child.sweep()
                child.start()
                self.leave_note()

    def may_try_again(self, child: Child) -> bool:
        """At once after a death, later and later after a false start, and not at all after ten in a row."""
        if child.lived() > STILLBORN:
            self.failures[child.name] = 0
            return True
        failures = self.failures.get(child.name, 0)
        if failures == FALSE_STARTS:
            raise CannotStart(f"{child.name} ends as soon as it starts (see {child.log}): {child.last_words()}")
        if time.monotonic() - child.started_at < min(failures, 5):
            return False
        self.failures[child.name] = failures + 1
        return True

    def announce(self, child: Child) -> None:
        self.terminal.say(f"{child.name} has ended ({child.end()}) and is started again.")

    def stop(self) -> None:
        self.seeding.child.stop(0.1)
        self.migration.stop(0.1)
        for child in self.children:
            child.stop(PATIENCE[child.name])


def run_demo(*, port: int | None, fresh: bool, terminal: Terminal) -> None:
    """Run the demo until Ctrl-C or SIGTERM."""
    with supervision() as ours, ExitStack() as stack:
        if not ours:
            raise CannotStart(why_not_ours())
        check_environment(fresh=fresh)
        listener = stack.enter_context(listen(port, terminal))
        stack.enter_context(suppress(Stopped))
        asked_to_end = stack.enter_context(stoppable())
        if fresh:
            erase_demo()
        demo = Demo(stack.enter_context(servers()), listener, terminal)
        stack.callback(demo.stop)
        demo.run(asked_to_end)
    terminal.say("Stopped.")


def why_not_ours() -> str:
    note = read_note()
    if note and note.web_address:
        return f"The demo runs already at {note.web_address}"
    return "Another command is using the data of the demo: wait until it has ended."


def check_environment(*, fresh: bool) -> None:
    if url := os.environ.get("DATABASE_URL"):
        if fresh:
            raise CannotStart("--fresh erases the demo's own data only: it cannot be used with DATABASE_URL.")
        addresses.check_database(url)
    if url := os.environ.get("REDIS_URL"):
        addresses.check_redis(url)


@contextmanager
def listen(port: int | None, terminal: Terminal) -> Iterator[socket.socket]:
    """The socket of the asked port, or of the first free one from the usual port on when none was asked."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for candidate in range(USUAL_PORT, USUAL_PORT + PORTS_TO_TRY) if port is None else [port]:
            with suppress(OSError, OverflowError):
                listener.bind((HOST, candidate))
                listener.listen(128)
                if candidate != (port or USUAL_PORT):
                    terminal.say(f"Port {USUAL_PORT} is taken, so the demo uses port {candidate}.")
                yield listener
                return
    if port is None:
        raise CannotStart(f"The ports from {USUAL_PORT} to {USUAL_PORT + PORTS_TO_TRY - 1} are taken: name a free one with --port.")
    raise CannotStart(f"Port {port} cannot be used: name another one with --port.")


@contextmanager
def stoppable() -> Iterator[Event]:
    """Turn the first request to end into an exception, and ignore the others while everything is stopped."""
    asked_to_end = Event()  # an exception that is raised inside a finaliser is lost
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(*_: object) -> None:
        asked_to_end.set()
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield asked_to_end
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
