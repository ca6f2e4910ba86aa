"""The demo city being loaded behind the web, and what the terminal shows of it."""

import os
import re
import selectors
import subprocess
import sys
import time
from typing import IO

from portal.embedded.processes import Child

PROGRESS = re.compile(r"seeding \d+/\d+")
ATTEMPTS = 3
BETWEEN_LINES = 5.0  # seconds, where lines cannot be overwritten


class Terminal:
    """One line of progress at the bottom, sentences above it."""

    def __init__(self, output: IO[str] = sys.stdout) -> None:
        self.output = output
        self.has_progress = False
        self.progress_at = 0.0

    def say(self, sentence: str) -> None:
        self._clear()
        print(sentence, file=self.output, flush=True)

    def progress(self, words: str) -> None:
        if self.output.isatty():
            self._clear()
            print(words, end="", file=self.output, flush=True)
            self.has_progress = True
        elif time.monotonic() - self.progress_at > BETWEEN_LINES:
            self.progress_at = time.monotonic()
            print(words, file=self.output, flush=True)

    def _clear(self) -> None:
        if self.has_progress:
            print("\r\x1b[K", end="", file=self.output)
            self.has_progress = False


class Seeding:
    """The child that loads the demo city; it continues where it was when it is started again."""

    def __init__(self, child: Child, terminal: Terminal) -> None:
        self.child, self.terminal = child, terminal
        self.failures = 0  # in a row, without getting further
        self.reached = self.reached_before = ""
        self.unfinished_line = b""
        self.lines = selectors.DefaultSelector()

    def start(self) -> None:
        self.child.start(output=subprocess.PIPE)
        assert self.child.process
        assert self.child.process.stdout
        self.lines.register(self.child.process.stdout, selectors.EVENT_READ)

    def look(self, patience: float) -> bool:
        """Show what it has printed, waiting for it no longer than the patience; whether it had to be started again."""
        before = self.child.process
        if not self.lines.get_map():
            time.sleep(patience)
        for key, _ in self.lines.select(patience) if self.lines.get_map() else ():
            if data := os.read(key.fd, 65536):
                self._show(data)
            else:
                self.lines.unregister(key.fileobj)
                self._finish()
        return self.child.process is not before

    def _show(self, data: bytes) -> None:
        *lines, self.unfinished_line = (self.unfinished_line + data).split(b"\n")
        for line in (line.decode(errors="replace").rstrip() for line in lines):
            if PROGRESS.fullmatch(line):
                self.reached = line
                self.terminal.progress(f"The demo city is being loaded: {line.removeprefix('seeding ')}")
            elif line:
                self.terminal.say(line)

    def _finish(self) -> None:
        assert self.child.process
        assert self.child.process.stdout
        self.child.process.stdout.close()
        if self.child.process.wait() == 0:
            return
        self.failures = self.failures + 1 if self.reached == self.reached_before else 1
        self.reached_before = self.reached
        if self.failures < ATTEMPTS:
            self.terminal.say(f"Loading the demo city was interrupted ({self.child.end()}) and goes on.")
            self.start()
        else:
            self.terminal.say(f"The demo city could not be loaded (see {self.child.log}): {self.child.last_words()}")
