"""Kills -9 worker, beat, Valkey and web of a running demo while people write, operators answer, clocks run out and histories come in.

python -m tests.bench.kill_nine [--kills 20] [--seed 1] [--rows 3000]
python -m tests.bench.kill_nine --sweeps [--clocks 1000]

Prints JSON, exits with 1 when something acknowledged was lost or something happened twice. Kills only what it started itself.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from portal.embedded.homes import REPOSITORY
from portal.embedded.notes import read_note
from portal.embedded.processes import command_of
from tests.bench.crowd import Agent, Citizen, Crowd, Ledger
from tests.bench.histories import write_history

ROLES = {"web": "gunicorn", "worker": " worker ", "beat": " beat ", "valkey": "valkey-server"}
COMMANDS = ROLES | {"seeding": " seed_demo "}
AGENTS = ("bicycle.agent@demo.example", "waste.agent@demo.example")
SERVICES = ["bicycles", "waste"]
LIVED = 20  # cases of the demo city that are enough to begin with
SUBMITTERS = 3
PAUSE = (2.0, 6.0)  # seconds between two kills
MANAGE = [sys.executable, str(REPOSITORY / "manage.py")]
LATE = "SELECT count(*) FROM suggestions_obligation WHERE breached_at IS NOT NULL"
OVERDUE = """
    SELECT count(*) FROM suggestions_obligation WHERE met_at IS NULL AND ended_at IS NULL AND voided_at IS NULL
    AND breached_at IS NULL AND paused_at IS NULL AND due_at < %s
"""


@dataclass
class City:
    """The running demo, seen from outside."""

    demo: subprocess.Popen[bytes]
    home: Path
    address: str
    database_url: str

    def processes(self, role: str) -> list[int]:
        """The process of a role and what it has started, the former first; only what descends from our own demo."""
        children = [pid for pid in children_of(self.demo.pid) if COMMANDS[role] in f"{command_of(pid)} "]
        return [pid for child in children for pid in (child, *children_of(child))]

    def ask(self, statement: str, *arguments: Any) -> Any:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            row = connection.execute(statement, arguments).fetchone()
        return row[0] if row else None

    def now(self) -> datetime:
        with suppress(OSError):
            return datetime.now(UTC) + timedelta(seconds=int((self.home / "clock").read_text()))
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().date()

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*MANAGE, *words], capture_output=True, text=True, cwd=REPOSITORY, check=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=3000, help="rows of the history that comes in during the kills")
    parser.add_argument("--sweeps", action="store_true", help="four sweeps at once over many late clocks, and nothing else")
    parser.add_argument("--clocks", type=int, default=1000, help="how many late clocks for --sweeps")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="answerable-kill-nine-") as home:
        live_in(Path(home))
        report = sweep(options.clocks) if options.sweeps else kill(Path(home), options.kills, options.rows, options.seed)
    print(json.dumps(report, indent=2, default=str))
    return 1 if report["wrong"] else 0


def live_in(home: Path) -> None:
    """Everything we start finds its servers here and nowhere else."""
    for name in ("DATABASE_URL", "REDIS_URL", "ANSWERABLE_TEST_HOME"):
        os.environ.pop(name, None)
    os.environ |= {"ANSWERABLE_VAR": str(home), "DEMO": "1", "SWEEP_SECONDS": "2", "PYTHONUNBUFFERED": "1"}
    home.chmod(0o755)


def kill(home: Path, kills: int, rows: int, seed: int) -> dict[str, Any]:
    chance, ledger, started_at = random.Random(seed), Ledger(), time.monotonic()
    with running_demo(home) as city:
        stock = write_history(home / "stock.csv", rows=rows // 2, source="stock", at=city.now(), seed=seed)
        history = write_history(home / "history.csv", rows=rows, source="history", at=city.now(), seed=seed + 1)
        stocked = bring_in(city, stock)
        if not stocked.startswith("0:"):
            raise SystemExit(f"Nothing can be imported: {stocked}")
        people = [Citizen(number, city.address, ledger, SERVICES, seed) for number in range(SUBMITTERS)]
        crowd = Crowd([*people, *(Agent(email, city.address, ledger, city.today, seed) for email in AGENTS)], pause=0.5)
        crowd.start()
        began_at = time.monotonic()
        interrupted = kill_import(city, history, chance)
        importing = start_import(history)
        killed = [kill_one(city, role, ledger, chance, importing) for role in order_of_roles(kills, chance)]
        crowd.finish()
        ended_at = time.monotonic()
        imported = end_of(importing)
        again = bring_in(city, history)
        drained = wait_until(lambda: city.ask(OVERDUE, city.now()) == 0, patience=90)
        facts = {"ledger": vars(ledger) | {"lock": None, "counts": None}, "seed": seed, "rows": rows, "stock": rows // 2}
        (home / "ledger.json").write_text(json.dumps(facts, default=str))
        checked = city.manage("shell", "-v", "0", "-c", f"from tests.bench.invariants import judge; judge({str(home / 'ledger.json')!r})")
        logs = {role: last_lines(home / f"{role}.log") for role in ROLES}
    verdict = json.loads(checked.stdout) if checked.returncode == 0 else {"wrong": {"the check itself": checked.stderr[-3000:]}}
    wrong = verdict.pop("wrong")
    if not drained:
        wrong["late clocks that no sweep has found"] = "after 90 s"
    if crowd.faults:
        wrong["pages that were not as they should be"] = crowd.faults[:5]
    return {
        "wrong": wrong,
        "kills": len(killed),
        "seconds of killing": round(ended_at - began_at, 1),
        "seconds in all": round(time.monotonic() - started_at, 1),
        "submissions acknowledged": len(ledger.submitted),
        "acts of agents acknowledged": len(ledger.answered),
        "given up": ledger.doubtful,
        "answers": dict(sorted(ledger.counts.items())),
        "imports": {"before": stocked, "killed": interrupted, "during": imported, "again": again},
        **verdict,
        "killed": killed,
        "logs": logs if wrong else {},
    }


# --- The demo ----------------------------------------------------------------------------------------------------------


@contextmanager
def running_demo(home: Path) -> Iterator[City]:
    with (home / "demo.log").open("wb") as log:
        demo = subprocess.Popen([*MANAGE, "demo", "--port", str(free_port())], stdout=log, stderr=log, cwd=REPOSITORY)
    try:
        city = wait_for(demo, home)
        cut_seeding_short(city)
        yield city
    finally:
        demo.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            demo.wait(20)
        if demo.poll() is None:
            demo.kill()
            demo.wait()


def wait_for(demo: subprocess.Popen[bytes], home: Path) -> City:
    def note() -> Any:
        if demo.poll() is not None:
            raise SystemExit(f"The demo does not start: {last_lines(home / 'demo.log')}")
        found = read_note()
        return found if found and found.web_address else None

    found = wait_until(note, patience=90)
    if not found:
        raise SystemExit(f"The demo is not up after 90 seconds: {last_lines(home / 'demo.log')}")
    return City(demo, home, found.web_address, found.database_url)


def cut_seeding_short(city: City) -> None:
    """A few lived cases are enough; the loader of the demo city is killed as often as the supervisor starts it again."""

    def is_over() -> bool:
        return "could not be loaded" in (city.home / "demo.log").read_text(errors="replace")

    wait_until(lambda: is_over() or city.ask("SELECT count(*) FROM suggestions_suggestion") >= LIVED, patience=120)
    ends_at = time.monotonic() + 30
    while time.monotonic() < ends_at and not is_over():
        for pid in city.processes("seeding"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def children_of(parent: int) -> list[int]:
    """The living children of a process, in the order in which they were started."""
    children = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            state, its_parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(its_parent) == parent and state != "Z":
                children.append(int(entry.name))
    return sorted(children)


# --- Killing -----------------------------------------------------------------------------------------------------------


def order_of_roles(kills: int, chance: random.Random) -> list[str]:
    """Each role as often as the others, in an order that nobody expects."""
    roles: list[str] = []
    while len(roles) < kills:
        roles += chance.sample(list(ROLES), len(ROLES))
    return roles[:kills]


def kill_one(city: City, role: str, ledger: Ledger, chance: random.Random, importing: subprocess.Popen[str]) -> dict[str, Any]:
    time.sleep(chance.uniform(*PAUSE))
    if role == "worker":
        catch_in_a_sweep(city, chance)
    if not wait_until(lambda: city.processes(role), patience=30):
        raise SystemExit(f"{role} does not come back: {last_lines(city.home / 'demo.log')}")
    family = city.processes(role)
    victims = chance.choice([family, family[:1], family[1:] or family]) if role == "web" else family
    fact = {
        "role": role,
        "requests in flight": ledger.in_flight,
        "late clocks not yet found": city.ask(OVERDUE, city.now()),
        "importing": importing.poll() is None,
    }
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    killed_at = time.monotonic()
    back = wait_until(lambda: not set(city.processes(role)) & set(victims) and len(city.processes(role)) >= 1, patience=30)
    return fact | {"processes": len(victims), "back after": round(time.monotonic() - killed_at, 2) if back else None}


def catch_in_a_sweep(city: City, chance: random.Random) -> None:
    """Let clocks run out, and wait until the worker has begun to write them down."""
    late = city.ask(LATE)
    city.manage("demo_clock", f"+{chance.randint(12, 36)}h")
    wait_until(lambda: city.ask(LATE) > late, patience=8)
    time.sleep(chance.uniform(0, 0.3))


def wait_until(condition: Callable[[], Any], *, patience: float) -> Any:
    ends_at = time.monotonic() + patience
    while time.monotonic() < ends_at:
        if found := condition():
            return found
        time.sleep(0.05)
    return None


def last_lines(log: Path, lines: int = 8) -> list[str]:
    with suppress(OSError):
        return log.read_text(errors="replace").splitlines()[-lines:]
    return []


# --- Imports -----------------------------------------------------------------------------------------------------------


def start_import(history: Path) -> subprocess.Popen[str]:
    command = [*MANAGE, "import_cases", str(history), "--service", SERVICES[0], "--mapping", str(history.with_suffix(".toml"))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=REPOSITORY)


def end_of(importing: subprocess.Popen[str]) -> str:
    said, _ = importing.communicate(timeout=180)
    return f"{importing.returncode}: {' '.join(said.split())[-400:]}"


def bring_in(city: City, history: Path) -> str:
    return end_of(start_import(history))


def kill_import(city: City, history: Path, chance: random.Random) -> str:
    """Kill an import while it writes; what it leaves is counted at once."""
    writing = "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'suggestions_importedcase' AND l.mode = 'RowExclusiveLock'"  # noqa: E501
    importing = start_import(history)
    caught = wait_until(lambda: city.ask(writing), patience=60)
    time.sleep(chance.uniform(0, 0.3))
    importing.kill()
    importing.communicate()
    left = city.ask("SELECT count(*) FROM suggestions_importedcase WHERE source = 'history'")
    return f"{'while it wrote' if caught else 'too early or too late'}, {left} cases left behind"


# --- Four sweeps at once -----------------------------------------------------------------------------------------------


def sweep(clocks: int) -> dict[str, Any]:
    """In processes of their own, for threads would share one interpreter."""
    done = subprocess.run(
        [*MANAGE, "shell", "-v", "0", "-c", f"from tests.bench.four_sweeps import run; run({clocks})"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else {"wrong": {"the run itself": done.returncode}}


if __name__ == "__main__":
    sys.exit(main())
