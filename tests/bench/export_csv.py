"""How fast a clerk's export leaves (P9): `DATABASE_URL=… python -m tests.bench.export_csv [cases]`, on a database of its own.

Fills the tables by SQL where they are empty, then prints one line of JSON. R6 is psql's COPY of the same columns as they stand in the
tables, taken in the same run; ours disarms formulas, writes moments as ISO 8601 and goes through the view.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time

import django
from django.conf import settings
from django.db import connection

from tests.bench.compute_indicators import CASES

STANDINGS = """
INSERT INTO suggestions_standing (suggestion_id, supports, verified_supports, next_act, next_owner_id, next_due_at, next_is_paused,
    late_since, acknowledged_at, answered_at, outcome, judged_as)
SELECT id, id %% 50, id %% 20, CASE id %% 3 WHEN 0 THEN 'answer' ELSE '' END, CASE id %% 3 WHEN 0 THEN %(operator)s END,
    CASE id %% 3 WHEN 0 THEN received_at + interval '20 days' END, false,
    CASE id %% 7 WHEN 0 THEN received_at + interval '5 days' END, received_at + interval '1 day',
    CASE id %% 3 WHEN 0 THEN NULL ELSE received_at + interval '9 days' END, CASE id %% 3 WHEN 0 THEN '' ELSE 'accepted' END, ''
FROM suggestions_suggestion
"""
PLAIN = """
COPY (SELECT s.reference, s.kind, s.title, s.lang, v.code, v.name ->> 'en', c.code, c.name ->> 'en', a.code, a.name ->> 'en', s.channel,
    s.opened_by, s.visibility, s.status, s.received_at, s.known_at, t.acknowledged_at, t.answered_at, t.outcome, t.promised_on,
    t.promise_broken_at, t.delivered_at, t.judged_as, t.judged_at, t.supports, t.verified_supports, t.next_act, o.code, t.next_due_at,
    t.next_is_paused, t.late_since
FROM suggestions_suggestion s JOIN portal_service v ON v.id = s.service_id LEFT JOIN portal_category c ON c.id = s.category_id
    LEFT JOIN portal_area a ON a.id = s.area_id LEFT JOIN suggestions_standing t ON t.suggestion_id = s.id
    LEFT JOIN portal_organisation o ON o.id = t.next_owner_id
ORDER BY s.received_at DESC, s.id DESC) TO STDOUT WITH (FORMAT csv, HEADER)
"""
RUNS = 3


def fill(cases: int) -> None:
    from portal.models import Actor, Organisation, Service  # noqa: PLC0415 - the settings must be ready first

    names = {
        "service": Service.objects.create(code="bench", name={"en": "Bench"}).pk,
        "operator": Organisation.objects.create(code="bench-operator", kind=Organisation.Kind.OPERATOR, name="Bench").pk,
        "actor": Actor.objects.system().pk,
        "cases": cases,
    }
    with connection.cursor() as cursor:
        for statement in (CASES, STANDINGS):
            cursor.execute(statement, names)
        cursor.execute("VACUUM ANALYZE")


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fetch(browser, **asked) -> tuple[float, float, int]:
    """Seconds until the first byte and until the last one, and how many bytes there were."""
    started = time.perf_counter()
    response = browser.get("/exports/suggestions.csv", asked)
    blocks = iter(response.streaming_content)
    size = len(next(blocks))
    first = time.perf_counter() - started
    size += sum(len(block) for block in blocks)
    return first, time.perf_counter() - started, size


def main(cases: int) -> None:
    from portal.models import Actor, Role  # noqa: PLC0415
    from suggestions.models import Suggestion  # noqa: PLC0415
    from tests.factories import a_browser, a_clerk  # noqa: PLC0415

    if not Suggestion.objects.exists():
        fill(cases)
    cases = Suggestion.objects.count()
    browser = a_browser(Actor.objects.filter(membership__role=Role.CITY_CLERK).first() or a_clerk())
    fetch(browser, q="B000000001")  # what is loaded once
    fetch(browser, status="withdrawn")
    at_start = peak_megabytes()
    fetch(browser, owed="answer")
    after_few = peak_megabytes()
    runs, plain = [], []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(["psql", "-X", "-q", "-o", os.devnull, "-c", PLAIN, settings.DATABASE_URL], check=True)
        plain.append(time.perf_counter() - started)
        runs.append(fetch(browser))
    seconds, r6 = statistics.median(run[1] for run in runs), statistics.median(plain)
    print(
        json.dumps(
            {
                "cases": cases,
                "r6_rows_per_second": round(cases / r6),
                "rows_per_second": round(cases / seconds),
                "of_r6": round(r6 / seconds, 2),
                "first_byte_seconds": round(statistics.median(run[0] for run in runs), 2),
                "megabytes": round(runs[0][2] / 1e6),
                "growth_megabytes_of_a_third": round(after_few - at_start, 1),
                "growth_megabytes_of_all": round(peak_megabytes() - at_start, 1),
            }
        )
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
