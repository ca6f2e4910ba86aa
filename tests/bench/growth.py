"""Whether the list stays as fast in a city a hundred times larger: goal P4.

DATABASE_URL=… REDIS_URL=… python -m tests.bench.growth [--small 10000] [--large 1000000] [--seconds 5]
"""

import argparse
import json
import sys
from typing import Any

from tests.bench import cities
from tests.bench.goals import Goal, verdict
from tests.bench.serving import Ask, load, loader, served


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    report = measure(options.small, options.large, options.seconds)
    print(json.dumps(report, indent=2))
    return 1 if any(goal["is_met"] is False for goal in report["goals"]) else 0


def measure(small: int, large: int, seconds: float) -> dict[str, Any]:
    found = {}
    for scale in (small, large):
        city = cities.of_scale(scale)
        cities.collect_static(city)
        with served("portal.wsgi", city, until_answers="/suggestions/") as server:
            found[scale] = load(server, [Ask("/suggestions/")], seconds=seconds)
    goal = Goal("P4", f"public list page at {large} ÷ at {small}", found[large], found[small], 0.8)
    return verdict([goal], loader=loader(), loads={str(scale): one.facts() for scale, one in found.items()})


if __name__ == "__main__":
    sys.exit(main())
