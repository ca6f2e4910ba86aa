"""Every goal of speed in one run: `python -m tests.bench.all --markdown` prints the table of the README.

DATABASE_URL=… REDIS_URL=… python -m tests.bench.all [--markdown] [--scale 100000] [--seconds 5] [--without first_page,growth]
"""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from tests.bench import bad_input, first_page, growth, identical_supports, memory, pages, writes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--scale", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000, help="suggestions of the large city of P4")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--hot-seconds", type=float, default=60)
    parser.add_argument("--without", default="", help="groups to leave out, with commas")
    options = parser.parse_args()
    left_out = set(options.without.split(","))
    groups: dict[str, Callable[[], dict[str, Any]]] = {
        "pages": lambda: pages.measure(options.scale, options.seconds),
        "growth": lambda: growth.measure(max(options.large // 100, 1000), options.large, options.seconds),
        "writes": lambda: writes.measure(options.scale, options.seconds, options.hot_seconds),
        "identical_supports": lambda: identical_supports.measure(1_000),
        "bad_input": lambda: bad_input.measure(1_000),
        "first_page": first_page.measure,
        "memory": lambda: memory.measure(options.scale),
    }
    reports = {}
    for name, measure in groups.items():
        if name not in left_out:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            reports[name] = measure()
    goals = sorted(
        (goal for report in reports.values() for goal in report["goals"]), key=lambda goal: (int(goal["goal"].strip("Pc")), goal["goal"])
    )
    print(as_markdown(goals) if options.markdown else json.dumps({"goals": goals, "reports": reports}, indent=2))
    return 1 if any(goal["is_met"] is False for goal in goals) else 0


def as_markdown(goals: list[dict[str, Any]]) -> str:
    lines = ["| | Work | Goal | Found | |", "|---|---|---|---|---|"]
    for goal in goals:
        rate = f" ({goal['per_second']} / {goal['reference_per_second']} per s)" if "per_second" in goal else ""
        mark = ("✓" if goal["is_met"] else "**not met**") + (", other work ran" if goal.get("is_dirty") else "")
        lines.append(f"| {goal['goal']} | {goal['what']} | {goal['wanted']} | {goal['found']}{rate} | {mark} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
