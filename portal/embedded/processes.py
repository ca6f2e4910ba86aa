"""Children that live in sessions of their own, so that Ctrl-C reaches the supervisor alone, and that die with it."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from portal.embedded.homes import REPOSITORY, hand_over, home_directory
from portal.embedded.place import Identity

PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One program that the supervisor starts, watches and stops; what it prints goes to a log."""

    name: str
    command: Sequence[str | Path]
    identity: Identity = field(default_factory=Identity)
    environment: dict[str, str] | None = None
    directory: Path = REPOSITORY
    pass_fds: Sequence[int] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    last_signal: signal.Signals = signal.SIGKILL  # when the patience is over
    orphan_signal: signal.Signals = signal.SIGKILL  # when the supervisor is gone
    started_at: float = 0.0
    ended_at: float | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return home_directory() / f"{self.name.lower()}.log"

    def start(self, *, output: int | None = None) -> None:
        """Start the program; only from the main thread, for the kernel ties a child to the thread that made it."""
        with self.log.open("ab") as log:
            hand_over(self.log)
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log if output is None else output,
                stderr=log,
                cwd=self.directory,
                env=self.environment,
                pass_fds=self.pass_fds,
                start_new_session=True,
                preexec_fn=dying_with_parent(self.orphan_signal),
                **self.identity,
            )
        self.started_at, self.ended_at = time.monotonic(), None

    def is_running(self) -> bool:
        if self.process is not None and self.process.poll() is None:
            return True
        self.ended_at = self.ended_at or time.monotonic()
        return False

    def lived(self) -> float:
        """Seconds from its start to the moment its end was seen."""
        return (self.ended_at or time.monotonic()) - self.started_at

    def stop(self, patience: float) -> None:
        """Ask it to end, wait, then end whatever is left of its session."""
        if self.process is None:
            return
        if self.is_running():
            self.process.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        self.sweep()

    def sweep(self) -> None:
        """End what a dead or stubborn child has left of its session."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, self.last_signal)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1)

    def end(self) -> str:
        """How it ended, in words."""
        code = self.process.returncode if self.process else None
        return f"killed by {signal.Signals(-code).name}" if code is not None and code < 0 else f"exit status {code}"

    def last_words(self) -> str:
        """The last line of its log."""
        with suppress(OSError, IndexError):
            return self.log.read_text(errors="replace").strip().splitlines()[-1]
        return "it said nothing"


def dying_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What the child does before it becomes its program: it asks the kernel for a signal when the supervisor dies."""
    if not sys.platform.startswith("linux"):
        return None
    parent, kernel = os.getpid(), ctypes.CDLL(None)

    def ask_the_kernel() -> None:
        kernel.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def command_of(pid: int) -> str:
    """The command line of a running process, empty when there is none."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    if Path("/proc/self").exists():
        return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()


def end_leftovers(commands: dict[str, str], *, patience: float = 10) -> None:
    """End what a killed supervisor left behind; a number that another program has been given since is left alone.

    First SIGINT, PostgreSQL's fast shutdown; then SIGTERM for what was started where SIGINT is ignored, as in the background of a shell.
    """
    left = {int(pid): command for pid, command in commands.items() if command}
    for number in (signal.SIGINT, signal.SIGTERM):
        ends_at = time.monotonic() + patience / 2
        left = {pid: command for pid, command in left.items() if command_of(pid) == command}
        for pid in left:
            with suppress(OSError):
                os.kill(pid, number)
        while any(command_of(pid) == command for pid, command in left.items()) and time.monotonic() < ends_at:
            time.sleep(0.05)
