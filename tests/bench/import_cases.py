"""How long an old case history takes: `DATABASE_URL=… python -m tests.bench.import_cases [rows]`, on a migrated database of its own.

Imports a made-up history through the command's own steps, then copies as many bare rows into a table by COPY, the fastest that the same
server can take anything in. Prints one line of JSON; ends with 1 where the limit is broken.
"""

import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import django
from django.db import connection

from tests.bench.histories import write_history

ROWS = 9_854  # Boston, July 2011
LIMIT = 180 / ROWS  # seconds a row


def main(rows: int) -> int:
    from portal.models import Actor, Event, Organisation, Service  # noqa: PLC0415 - the settings must be ready first
    from suggestions.actions.imports import check_history, import_cases  # noqa: PLC0415
    from suggestions.histories import open_history  # noqa: PLC0415
    from suggestions.histories.mappings import read_mapping_file  # noqa: PLC0415

    at = datetime.now(UTC)
    source = f"bench-{at:%Y%m%d%H%M%S}"
    Organisation.objects.get_or_create(kind=Organisation.Kind.CITY, defaults={"code": "city", "name": "City"})
    service, _made = Service.objects.get_or_create(code="bench", defaults={"name": {"en": "Bench"}})
    by, events_before = Actor.objects.system(), Event.objects.count()
    with tempfile.TemporaryDirectory() as home:
        path = write_history(Path(home) / "cases.csv", rows=rows, source=source, at=at, seed=1)
        started = time.perf_counter()
        history = open_history(path, read_mapping_file(path.with_suffix(".toml")))
        check_history(history=history, by=by, at=at)
        checked = time.perf_counter()
        summary = import_cases(history=history, service=service, by=by, at=at)
        imported = time.perf_counter()
        again = import_cases(history=history, service=service, by=by, at=at)
        ended = time.perf_counter()
    seconds, reference = imported - started, copy_seconds(rows)
    limit = LIMIT * rows
    print(
        json.dumps(
            {
                "rows": rows,
                "added": summary.added,
                "events": Event.objects.count() - events_before,
                "check_seconds": round(checked - started, 2),
                "seconds": round(seconds, 2),
                "rows_per_second": round(rows / seconds),
                "again_added": again.added,
                "again_seconds": round(ended - imported, 2),
                "limit_seconds": round(limit, 1),
                "copy_seconds": round(reference, 3),
                "times_copy": round(seconds / reference),
                "is_within_limit": seconds <= limit,
            }
        )
    )
    return 0 if seconds <= limit else 1


def copy_seconds(rows: int) -> float:
    """The reference: as many rows of the width of a suggestion, into a table without indexes or triggers."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copied (number bigint, opened timestamptz, title text, filler text)")
        started = time.perf_counter()
        with cursor.copy("COPY copied FROM STDIN") as copy:
            for number in range(rows):
                copy.write_row((number, datetime.now(UTC), "A made-up case", "x" * 200))
        copied = time.perf_counter() - started
        cursor.execute("DROP TABLE copied")
    return copied


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
