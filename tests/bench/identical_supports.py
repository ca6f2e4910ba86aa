"""One person presses a hundred times at once, twenty times over, on a threaded server: one row each time, and no error. Goal P12.

DATABASE_URL=… REDIS_URL=… python -m tests.bench.identical_supports [--scale 1000] [--repeats 20] [--presses 100]
"""

import argparse
import json
import sys
import threading
from collections import Counter
from typing import Any

from tests.bench import cities
from tests.bench.goals import fact
from tests.bench.people import post, signed_in
from tests.bench.serving import Ask, Server, send, served

PUBLIC = """
    SELECT id, reference FROM suggestions_suggestion s WHERE visibility = 'public' AND status <> 'withdrawn'
    AND NOT EXISTS (SELECT FROM suggestions_support p WHERE p.suggestion_id = s.id) ORDER BY id LIMIT %s
"""
ROWS = "SELECT count(*), count(*) FILTER (WHERE withdrawn_at IS NULL AND held_at IS NULL) FROM suggestions_support WHERE suggestion_id = %s"
STEPS = "SELECT COALESCE(sum(step), 0) FROM suggestions_supportdelta WHERE suggestion_id = %s"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--presses", type=int, default=100)
    options = parser.parse_args()
    report = measure(options.scale, options.repeats, options.presses)
    print(json.dumps(report, indent=2))
    return 0 if report["goals"][0]["is_met"] else 1


def measure(scale: int, repeats: int = 20, presses: int = 100) -> dict[str, Any]:
    city = cities.of_scale(scale)
    cities.collect_static(city)
    visitors = signed_in(city, repeats)
    cases = cities.rows(city, PUBLIC, repeats)
    statuses: Counter[str] = Counter()
    found = []
    with served("portal.wsgi", city, threads=16, until_answers="/suggestions/") as server:
        for visitor, (pk, reference) in zip(visitors, cases, strict=True):
            answers = at_once(server, post(f"/suggestions/{reference}/support/", session=visitor.session), presses)
            statuses.update(answers)
            rows, counted = cities.rows(city, ROWS, pk)[0]
            found.append({"rows": rows, "counted": counted, "steps": cities.ask(city, STEPS, pk)})
        log = server.log.read_text(errors="replace")[-2000:]
    as_wanted = sum(one == {"rows": 1, "counted": 1, "steps": 1} for one in found)
    broken = sum(count for status, count in statuses.items() if not status.isdigit() or int(status) >= 500)
    goal = fact(
        "P12",
        f"{presses} equal supports of one person at once, {repeats} times, 2 workers × 16 threads",
        f"{as_wanted} × one row, {broken} × 5xx or broken",
        f"{repeats} × one row, 0 × 5xx",
        as_wanted == repeats and not broken,
    )
    return {"goals": [goal], "answers": dict(sorted(statuses.items())), "repeats": found, "log": log if broken else ""}


def at_once(server: Server, ask: Ask, presses: int) -> list[str]:
    """All of them wait for the last one, then press."""
    gate, answers = threading.Barrier(presses), []

    def press() -> None:
        gate.wait()
        try:
            answers.append(str(send(server, ask)[0]))
        except OSError as fault:
            answers.append(type(fault).__name__)

    crowd = [threading.Thread(target=press) for _ in range(presses)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return answers


if __name__ == "__main__":
    sys.exit(main())
