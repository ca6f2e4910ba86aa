"""How fast the public pages are, against a bare Django view on the same server: goals P1, P2, P3, P5 and P5c.

DATABASE_URL=… REDIS_URL=… python -m tests.bench.pages [--scale 100000] [--seconds 5]
"""

import argparse
import json
import re
import sys
import time
from typing import Any

from tests.bench import cities
from tests.bench.goals import Goal, verdict
from tests.bench.serving import Ask, Load, Server, load, loader, send, served

DEEP = 20_000
FILTERS = "service=bicycles&kind=problem&status=published"
DIFFERENT_PAGES = 500  # suggestions that are asked for in turn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    report = measure(options.scale, options.seconds)
    print(json.dumps(report, indent=2))
    return 1 if any(goal["is_met"] is False for goal in report["goals"]) else 0


def measure(scale: int, seconds: float) -> dict[str, Any]:
    city = cities.of_scale(scale)
    cities.collect_static(city)
    found: dict[str, Load] = {}
    with served("tests.bench.bare.wsgi", cities.bare(city), until_answers="/one/1/") as server:
        found["R4"] = load(server, [Ask(f"/one/{1 + number * 7919 % scale}/") for number in range(DIFFERENT_PAGES)], seconds=seconds)
        found["R5"] = load(server, [Ask("/many/")], seconds=seconds)
    details = [Ask(f"/suggestions/{reference}/") for reference in references(city)]
    with served("portal.wsgi", city, until_answers="/suggestions/") as server:
        for name, asks in {
            "P1": [Ask("/suggestions/")],
            "P2": [Ask(f"/suggestions/?{FILTERS}")],
            "P3": [Ask(f"/suggestions/?after={deep_key(city, min(DEEP, scale // 2))}")],
            "P5": details,
        }.items():
            rows_on(server, asks[0])
            found[name] = load(server, asks, seconds=seconds)
        search = slowest_search(server)
    with served("portal.wsgi", city | {"PAGE_CACHE_SECONDS": "5"}, until_answers="/suggestions/") as server:
        found["P5c list"] = load(server, [Ask("/suggestions/")], seconds=seconds)
        found["P5c page"] = load(server, details[:1], seconds=seconds)
    goals = [
        Goal("P1", "public list page, 20 rows, uncached ÷ R5", found["P1"], found["R5"], 0.15),
        Goal("P2", "filtered list ÷ P1", found["P2"], found["P1"], 0.7),
        Goal("P3", f"list page at position {min(DEEP, scale // 2)} ÷ P1", found["P3"], found["P1"], 0.8),
        Goal("P5", "suggestion page, uncached ÷ R4", found["P5"], found["R4"], 0.12),
        Goal("P5c", "list from the cache of 5 s ÷ R4", found["P5c list"], found["R4"], 0.5),
        Goal("P5c", "suggestion page from the cache of 5 s ÷ R4", found["P5c page"], found["R4"], 0.5),
    ]
    return verdict(
        goals, scale=scale, loader=loader(), slowest_search_seconds=search, loads={name: one.facts() for name, one in found.items()}
    )


def references(city: dict[str, str]) -> list[str]:
    """Of public cases, spread over the whole city."""
    statement = """
        SELECT reference FROM suggestions_suggestion WHERE visibility = 'public' ORDER BY md5(id::text) LIMIT %s
    """
    return [str(reference) for (reference,) in cities.rows(city, statement, DIFFERENT_PAGES)]


def deep_key(city: dict[str, str], position: int) -> str:
    """The key under which the list goes on behind so many public suggestions."""
    statement = """
        SELECT (extract(epoch FROM received_at) * 1000000)::bigint || '.' || id FROM suggestions_suggestion
        WHERE visibility = 'public' ORDER BY received_at DESC, id DESC OFFSET %s LIMIT 1
    """
    return str(cities.ask(city, statement, position))


def rows_on(server: Server, ask: Ask) -> None:
    """The page is what it should be before it is measured."""
    status, text, _headers = send(server, ask)
    if status != 200 or ("?" in ask.line and not re.search(r'class="row"', text)):
        raise SystemExit(f"{ask.line} answered {status}: {text[:500]} {server.log.read_text(errors='replace')[-2000:]}")


def slowest_search(server: Server) -> float:
    """Seconds of the slowest of a few searches: words that many, few and no suggestions hold."""

    slowest = 0.0
    for words in ("bins", "street", "zzzz", "a", "e i", "station brake", "AN-", "%", "x" * 200, "de het een"):
        started = time.perf_counter()
        status, text, _headers = send(server, Ask("/suggestions/?q=" + words.replace("%", "%25").replace(" ", "+")))
        if status != 200:
            raise SystemExit(f"A search for {words} answered {status}: {text[:300]}")
        slowest = max(slowest, time.perf_counter() - started)
    return round(slowest, 3)


if __name__ == "__main__":
    sys.exit(main())
