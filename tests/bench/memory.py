"""How much memory a web worker takes once it has shown every public page: goal P15.

DATABASE_URL=… REDIS_URL=… python -m tests.bench.memory [--scale 100000]
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tests.bench import cities
from tests.bench.goals import fact
from tests.bench.pages import references
from tests.bench.serving import Ask, load, served

LIMIT = 110  # megabytes
PAGES = ["/", "/suggestions/", "/suggestions/?order=due", "/suggestions/?q=street", "/indicators/", "/promises/", "/write/", "/follow/"]
ROUNDS_SECONDS = 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, default=100_000)
    report = measure(parser.parse_args().scale)
    print(json.dumps(report, indent=2))
    return 0 if report["goals"][0]["is_met"] else 1


def measure(scale: int) -> dict[str, Any]:
    city = cities.of_scale(scale)
    cities.collect_static(city)
    with served("portal.wsgi", city, until_answers="/suggestions/") as server:
        asks = [Ask(line) for line in PAGES] + [Ask(f"/suggestions/{reference}/") for reference in references(city)[:100]]
        load(server, asks, seconds=ROUNDS_SECONDS, runs=1, warm_up=0)
        workers = {str(pid): memory_of(pid) for pid in server.workers}
    largest = max((worker["rss_megabytes"] for worker in workers.values()), default=0)
    goal = fact("P15", "memory of a web worker, resident", f"{largest} MB", f"≤ {LIMIT} MB", 0 < largest <= LIMIT)
    return {"goals": [goal], "scale": scale, "workers": workers}


def memory_of(pid: int) -> dict[str, int]:
    """Resident memory, and the share of it that is its own where pages are shared with the other workers; in megabytes."""
    wanted = {"Rss": "rss_megabytes", "Pss": "pss_megabytes"}
    facts = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return {name: int(facts[key].split()[0]) // 1024 for key, name in wanted.items()}


if __name__ == "__main__":
    sys.exit(main())
