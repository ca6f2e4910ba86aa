"""Odd input over every write and every parameter there is, on a running server: no error of ours, and nobody waits. Goal P13.

DATABASE_URL=… REDIS_URL=… python -m tests.bench.bad_input [--scale 1000]

The cases are made from the URL conf (tests/odd_input.py); tests/journeys/test_bad_input.py sends them without a clock, in more roles.
"""

import argparse
import http.client
import json
import os
import sys
import time
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import django

from tests.bench import cities
from tests.bench.goals import fact
from tests.bench.people import TOKEN, cookies, signed_in
from tests.bench.serving import Server, served

LIMIT = 1.0  # seconds
CASES = 86
COMES_BACK = {200, 422}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, default=1_000)
    report = measure(parser.parse_args().scale)
    print(json.dumps(report, indent=2))
    return 0 if all(goal["is_met"] for goal in report["goals"]) else 1


def measure(scale: int) -> dict[str, Any]:
    city = cities.of_scale(scale)
    cities.collect_static(city)
    os.environ |= city  # the URL conf is read in this process
    django.setup()
    from tests.odd_input import TYPED, odd_addresses, odd_reads, odd_writes  # noqa: PLC0415 - the settings must be ready first

    reference = cities.ask(city, "SELECT reference FROM suggestions_suggestion WHERE visibility = 'public' ORDER BY id LIMIT 1")
    known = {"reference": reference, "code": "bicycles", "service": "bicycles"}
    cases = [*odd_writes(known), *odd_reads(known), *odd_addresses(known)]
    statuses: Counter[int] = Counter()
    errors, slow, lost, slowest = [], [], [], 0.0
    with served("portal.wsgi", city, until_answers="/suggestions/") as server:
        # a visit of its own for each route, for some of them end it
        names = sorted({odd.route for odd in cases})
        visits = dict(zip(names, signed_in(city, len(names)), strict=True))
        for who in ("nobody", "citizen"):
            for odd in cases:
                session = visits[odd.route].session if who == "citizen" else ""
                started = time.perf_counter()
                status, text = send(server, odd, session)
                seconds = time.perf_counter() - started
                statuses[status] += 1
                slowest = max(slowest, seconds)
                if status >= 500 or status == 0:
                    errors.append(f"{who}: {odd} → {status}")
                if seconds > LIMIT:
                    slow.append(f"{who}: {odd} took {seconds:.2f} s")
                if odd.keeps and status in COMES_BACK and "<textarea" in text and 'method="post"' in text and TYPED not in text:
                    lost.append(f"{who}: {odd}")
    goals = [
        fact(
            "P13", f"{2 * len(cases)} odd requests over every route", f"{len(errors)} × 5xx", "0 × 5xx", not errors and len(cases) >= CASES
        ),
        fact("P13", "the slowest of them", f"{slowest:.2f} s", f"≤ {LIMIT:g} s", not slow),
        fact("P13", "forms that came back without what was typed", len(lost), "0", not lost),
    ]
    return {"goals": goals, "answers": dict(sorted(statuses.items())), "errors": errors[:50], "slow": slow[:50], "lost": lost[:50]}


def send(server: Server, odd: Any, session: str) -> tuple[int, str]:
    """Status and text of the answer; 0 where none came."""
    headers = {"Cookie": cookies(session), "X-CSRFToken": TOKEN} | ({"Content-Type": odd.content_type} if odd.content_type else {})
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=35)
    try:
        connection.request(odd.method, odd.line.encode("ascii", "ignore").decode(), odd.body or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
