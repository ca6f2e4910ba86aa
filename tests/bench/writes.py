"""How fast people can support and write, against a bare Django view that does it in one statement: goals P6, P7 and P8.

DATABASE_URL=… REDIS_URL=… python -m tests.bench.writes [--scale 100000] [--seconds 5] [--hot-seconds 60]
"""

import argparse
import json
import random
import sys
from typing import Any
from urllib.parse import urlencode

from tests.bench import cities
from tests.bench.goals import Goal, fact, verdict
from tests.bench.people import post, signed_in
from tests.bench.serving import Ask, Load, Server, load, loader, send, served

RATE = 900  # supports a second at most: for so many, people must be at hand
CREATIONS = 150  # so many suggestions a second at most


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--hot-seconds", type=float, default=60)
    options = parser.parse_args()
    report = measure(options.scale, options.seconds, options.hot_seconds)
    print(json.dumps(report, indent=2))
    return 1 if any(goal["is_met"] is False for goal in report["goals"]) else 0


def measure(scale: int, seconds: float, hot_seconds: float) -> dict[str, Any]:
    city = cities.of_scale(scale)
    cities.collect_static(city)
    found: dict[str, Load] = {}
    written: dict[str, Any] = {}
    chance = random.Random(scale)
    with served("tests.bench.bare.wsgi", cities.bare(city), until_answers="/one/1/") as server:
        votes = [Ask(f"/vote/{chance.randint(1, scale)}/{number}/", "POST") for number in range(50_000)]
        found["bare vote"] = load(server, votes, seconds=seconds)
        body = urlencode({"title": "A bench", "text": "It has been out for a week. " * 8})
        form = (("Content-Type", "application/x-www-form-urlencoded"),)
        found["bare insert"] = load(server, [Ask("/create/", "POST", form, body)], seconds=seconds)
    cases = [reference for (reference,) in cities.rows(city, PUBLIC, 20_000)]
    people = signed_in(city, min(60_000, int(RATE * hot_seconds)))
    before = counted(city)
    with served("portal.wsgi", city, until_answers="/suggestions/") as server:
        asks = [post(f"/suggestions/{chance.choice(cases)}/support/", session=chance.choice(people).session) for _number in range(50_000)]
        be_sure(server, asks[0])
        found["P6"] = load(server, asks[1:], seconds=seconds)
        chance.shuffle(people)
        quarters = [people[number::4] for number in range(4)]
        hot = dict(zip((8, 64), cases[-2:], strict=True))
        for connections, crowd in ((8, quarters[0]), (64, quarters[1])):
            asks = [post(f"/suggestions/{hot[connections]}/support/", session=visitor.session) for visitor in crowd]
            found[f"P7 at {connections}"] = load(server, asks, seconds=seconds, connections=connections)
        long = [post(f"/suggestions/{cases[-3]}/support/", session=visitor.session) for visitor in people]
        found["P7 at first"] = load(server, long, seconds=min(10, hot_seconds / 6), runs=1, warm_up=0)
        found["P7 in between"] = load(server, long, seconds=hot_seconds * 4 / 6, runs=1, warm_up=0)
        found["P7 at last"] = load(server, long, seconds=min(10, hot_seconds / 6), runs=1, warm_up=0)
        for name, title in {"P8": "Bench %(number)d", "P8 equal titles": "The same title"}.items():
            drafts = signed_in(city, int(CREATIONS * (4 * seconds + 2)), service=service_of(city), title=title)
            asks = [post("/write/check/", urlencode({"form_key": visitor.draft}), session=visitor.session) for visitor in drafts]
            be_sure(server, asks[0])
            found[name] = load(server, asks[1:], seconds=seconds)
            created = cities.ask(city, "SELECT count(*) FROM suggestions_suggestion WHERE title LIKE %s", title.replace("%(number)d", "%"))
            written[name] = {"answered": round(sum(found[name].runs) * seconds), "in the database": created}
    exact = counted(city)
    goals = [
        Goal("P6", "support, random suggestions ÷ one statement through a bare view", found["P6"], found["bare vote"], 0.35),
        Goal("P7", "support of one suggestion at 8 connections ÷ P6", found["P7 at 8"], found["P6"], 0.8),
        Goal("P7", "support of one suggestion at 64 connections ÷ P6", found["P7 at 64"], found["P6"], 0.6),
        Goal("P7", f"last seconds of {hot_seconds:g} ÷ the first ones", found["P7 at last"], found["P7 at first"], 0.85),
        Goal("P8", "create a suggestion ÷ a bare insert view", found["P8"], found["bare insert"], 0.15),
        Goal("P8", "the same when all titles are equal ÷ P8", found["P8 equal titles"], found["P8"], 0.9),
    ]
    report = verdict(goals, scale=scale, loader=loader(), loads={name: one.facts() for name, one in found.items()}, written=written)
    report["goals"].append(
        fact("P6", "every support is one row and one step of the count", exact, "equal", exact["rows"] == exact["steps"], before=before)
    )
    return report


PUBLIC = """
    SELECT reference FROM suggestions_suggestion WHERE visibility = 'public' AND status <> 'withdrawn' ORDER BY md5(id::text) LIMIT %s
"""


def counted(city: dict[str, str]) -> dict[str, Any]:
    """Rows that count, and what the tallies and the steps that wait say; nothing rolls up meanwhile."""
    return {
        "rows": cities.ask(
            city,
            "SELECT count(*) FROM suggestions_support WHERE withdrawn_at IS NULL AND rejected_at IS NULL"
            " AND (held_at IS NULL OR cleared_at IS NOT NULL)",
        ),
        "steps": cities.ask(
            city,
            "SELECT COALESCE((SELECT sum(count) FROM suggestions_supporttally), 0)"
            " + COALESCE((SELECT sum(step) FROM suggestions_supportdelta), 0)",
        ),
    }


def service_of(city: dict[str, str]) -> str:
    return str(cities.ask(city, "SELECT code FROM portal_service WHERE visibility = 'public' ORDER BY id LIMIT 1"))


def be_sure(server: Server, ask: Ask) -> None:
    """An act of the kind that is measured is taken on, not turned away."""
    status, text, headers = send(server, ask)
    if status not in {200, 302} or "/sign-in/" in headers.get("Location", ""):
        raise SystemExit(f"{ask.line} answered {status} {headers}: {text[:800]} {server.log.read_text(errors='replace')[-2000:]}")


if __name__ == "__main__":
    sys.exit(main())
