"""Four sweeps at once, each a process, over many late clocks: each clock is late once."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime

from django.core.management import call_command
from django.db.models import Count

from portal.embedded.homes import REPOSITORY
from portal.models import Event
from suggestions.actions import obligations, verdicts
from suggestions.models import Escalation, Obligation
from tests.bench.invariants import breaches, some_suggestions, wrong_standings
from tests.factories import DAY, MONDAY_NOON, a_suggestion

SWEEPERS = 4
CLOCKS_OF_A_PROBLEM = 3
LATE = MONDAY_NOON + 60 * DAY
ONE = [sys.executable, str(REPOSITORY / "manage.py"), "shell", "-v", "0", "-c", "from tests.bench.four_sweeps import one; one()"]


def run(clocks: int) -> None:
    call_command("migrate", verbosity=0)
    for _ in range(-(-clocks // CLOCKS_OF_A_PROBLEM)):
        a_suggestion()
    late = Obligation.objects.overdue(LATE).count()
    sweepers = [subprocess.Popen(ONE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) for _ in range(SWEEPERS)]
    for sweeper in sweepers:
        assert sweeper.stdout
        sweeper.stdout.readline()  # it is ready
    began_at = time.monotonic()
    for sweeper in sweepers:
        assert sweeper.stdin
        sweeper.stdin.write("go\n")
        sweeper.stdin.flush()
    found = [json.loads(sweeper.communicate(timeout=300)[0]) for sweeper in sweepers]
    seconds = time.monotonic() - began_at
    events = Event.objects.filter(kind=Event.Kind.OBLIGATION_LATE)
    steps = Escalation.objects.values("obligation", "step").annotate(times=Count("pk")).filter(times__gt=1)
    wrong = breaches() | {
        "late clocks not found once": late - sum(sweep["late"] for sweep in found),
        "late events not one per clock": late - events.values("about").distinct().count() or late - events.count(),
        "sweeps that ended in a fault": sum(sweeper.returncode != 0 for sweeper in sweepers),
        "steps told twice": steps.count(),
        "standings not those of the rows": wrong_standings(some_suggestions(400, seed=1)),
    }
    print(
        json.dumps(
            {
                "wrong": {name: what for name, what in wrong.items() if what},
                "late clocks": late,
                "found by each": found,
                "overlapped": all(sweep["late"] for sweep in found),
                "seconds": round(seconds, 1),
                "steps of ladders told": Escalation.objects.count(),
            }
        )
    )


def one() -> None:
    """One sweeper: everything that beat asks for, as soon as it is told to go."""
    Obligation.objects.count()  # connected
    print("ready", flush=True)
    sys.stdin.readline()
    began_at = datetime.now(UTC)
    late = obligations.breach_overdue(at=LATE)
    told = obligations.climb_ladders(at=LATE)
    warned = obligations.warn_due_soon(at=LATE)
    resumed = obligations.resume_exhausted_pauses(at=LATE)
    closed = verdicts.close_verdict_windows(at=LATE)
    seconds = round((datetime.now(UTC) - began_at).total_seconds(), 1)
    print(json.dumps({"late": late, "told": told, "warned": warned, "resumed": resumed, "closed": closed, "seconds": seconds}))
