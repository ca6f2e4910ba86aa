import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from portal.embedded.homes import REPOSITORY
from portal.embedded.notes import Note, read_note
from portal.embedded.processes import command_of

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Processes are looked up as Linux shows them.")

PATIENCE = 60  # seconds; a slow machine is no fault


@pytest.fixture
def home(monkeypatch):
    """The environment of somebody who has just unpacked the portal, with the data in a directory that goes away afterwards."""
    for name in ("ANSWERABLE_TEST_HOME", "DATABASE_URL", "REDIS_URL", "DEMO", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.delenv(name, raising=False)
    with TemporaryDirectory(prefix="answerable-home-", ignore_cleanup_errors=True) as directory:
        monkeypatch.setenv("ANSWERABLE_VAR", directory)
        Path(directory).chmod(0o755)  # PostgreSQL does not run as root, and its account must get here
        yield Path(directory)


def manage(*arguments):
    return subprocess.run([sys.executable, REPOSITORY / "manage.py", *arguments], cwd="/", capture_output=True, text=True)


@contextmanager
def a_running_demo(*arguments):
    """The demo in a process group of its own, as a terminal would start it."""
    command = [sys.executable, REPOSITORY / "manage.py", "demo", *arguments]
    with subprocess.Popen(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0) as demo:
        try:
            wait_for_line(demo, "runs at")
            yield demo
        finally:
            demo.kill()


def wait_for_line(demo, words):
    for line in demo.stdout:
        if words in line:
            return line
    raise AssertionError(f"the demo ended without saying: {words}")


def the_note() -> Note:
    note = read_note()
    assert note
    return note


def pid_of(program):
    return next(int(pid) for pid, command in the_note().commands.items() if program in command)


def status_of_start_page():
    line = http.client.HTTPConnection(the_note().web_address.split("/")[2], timeout=PATIENCE)
    with suppress(ConnectionError):  # a request that a killed process had taken
        line.request("GET", "/")
        return line.getresponse().status
    return status_of_start_page()


def wait_until_gone(pids):
    ends_at = time.monotonic() + PATIENCE
    while (left := [command_of(int(pid)) for pid in pids if command_of(int(pid))]) and time.monotonic() < ends_at:
        time.sleep(0.05)
    return left


def test_demo_starts_again_what_dies_and_ends_on_ctrl_c(home):
    with a_running_demo() as demo:
        for program, name in (
            ("postgres", "PostgreSQL"),  # first, for it takes a moment until it has recovered
            ("gunicorn", "Web"),
            ("celery -A portal.celery worker", "Worker"),
            ("beat", "Beat"),
            ("valkey", "Valkey"),
        ):
            os.kill(pid_of(program), signal.SIGKILL)
            wait_for_line(demo, f"{name} has ended (killed by SIGKILL) and is started again.")
        assert status_of_start_page() < 500
        assert "runs already at http://127.0.0.1:" in manage("demo").stderr
        assert manage("migrate", "--check").returncode == 0
        children = the_note().commands
        asked_at = time.monotonic()
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(PATIENCE) == 0
        assert time.monotonic() - asked_at < 5  # two on a machine that has nothing else to do

    assert wait_until_gone(children) == []


def test_killed_demo_leaves_nothing_behind_and_can_be_started_again(home):
    manage("demo_clock", "+3d")

    with a_running_demo() as demo:
        children = the_note().commands
        demo.kill()
        demo.wait()
    left = wait_until_gone(children)
    with a_running_demo() as demo:
        clock = (home / "clock").read_text()
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(PATIENCE) == 0

    assert left == []
    assert clock == str(3 * 24 * 60 * 60)


def test_command_without_a_demo_has_servers_for_as_long_as_it_takes(home):
    answer = manage("shell", "-v", "0", "-c", "from django.db import connection as c; c.ensure_connection(); print(c.vendor)")

    assert answer.stdout == "postgresql\n", answer.stderr
    assert read_note() is None


def test_asked_port_that_is_taken_is_refused(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        answer = manage("demo", "--port", str(port))

    assert (answer.returncode, answer.stderr) == (1, f"Port {port} cannot be used: name another one with --port.\n")


@pytest.mark.parametrize(
    ("name", "value", "arguments", "sentence"),
    [
        ("DATABASE_URL", "city", [], "DATABASE_URL must look like postgresql://user:password@host:5432/name."),
        ("DATABASE_URL", "postgresql://city@127.0.0.1:1/city", [], "DATABASE_URL: no PostgreSQL server can be reached at 127.0.0.1:1."),
        (
            "DATABASE_URL",
            "postgresql://city@127.0.0.1:1/city",
            ["--fresh"],
            "--fresh erases the demo's own data only: it cannot be used with DATABASE_URL.",
        ),
        ("REDIS_URL", "redis://127.0.0.1:1", [], "REDIS_URL: no Redis or Valkey server answers at this address."),
        ("ANSWERABLE_PG_BIN", "/nowhere", [], "ANSWERABLE_PG_BIN names /nowhere, but there is no PostgreSQL there that can be run."),
    ],
)
def test_wrong_environment_is_refused_in_one_sentence(home, monkeypatch, name, value, arguments, sentence):
    monkeypatch.setenv(name, value)

    answer = manage("demo", *arguments)

    assert (answer.returncode, answer.stderr) == (1, sentence + "\n")


def test_missing_django_is_said_in_one_sentence():
    answer = subprocess.run([sys.executable, "-S", "-E", REPOSITORY / "manage.py", "check"], cwd="/", capture_output=True, text=True)

    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "not installed" in answer.stderr
