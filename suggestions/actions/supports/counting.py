"""The count: steps that acts left behind are moved into the tally, each exactly once, and every night it is proven against the rows."""

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from portal.actions.events import build_event
from portal.models import Actor, Assurance, Event
from suggestions.models import Standing, Suggestion, Support, SupportDelta

logger = logging.getLogger(__name__)

BATCH = 5000
VERIFIED_FROM = Assurance.EMAIL  # a receipt alone proves no person: it is shown apart, outside rankings and thresholds

ADD = """
INSERT INTO suggestions_supporttally (suggestion_id, channel, assurance, count)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::int[])
ON CONFLICT (suggestion_id, channel, assurance) DO UPDATE SET count = suggestions_supporttally.count + excluded.count
"""

# One statement sees one moment, so the differences are true however many steps move meanwhile.
DIFFERENCES = """
SELECT suggestion_id, channel, assurance, sum(counted)::int
FROM (
    SELECT suggestion_id, channel, assurance, count(*) AS counted FROM suggestions_support
    WHERE withdrawn_at IS NULL AND rejected_at IS NULL AND (held_at IS NULL OR cleared_at IS NOT NULL) GROUP BY 1, 2, 3
    UNION ALL SELECT suggestion_id, channel, assurance, -count FROM suggestions_supporttally
    UNION ALL SELECT suggestion_id, channel, assurance, -sum(step) FROM suggestions_supportdelta GROUP BY 1, 2, 3
) AS sides
GROUP BY 1, 2, 3 HAVING sum(counted) <> 0 ORDER BY 1, 2, 3
"""


def roll_up(*, at: datetime) -> int:
    """Move the waiting steps into the tallies and standings; how many were moved. Safe to run twice, or twice at once."""
    moved = 0
    while batch := _roll_up_batch(at=at):
        moved += batch
    return moved


@transaction.atomic
def _roll_up_batch(*, at: datetime) -> int:
    deltas = list(SupportDelta.objects.select_for_update(skip_locked=True).order_by("id")[:BATCH])
    if not deltas:
        return 0
    steps: Counter[tuple[int, str, int]] = Counter()
    for delta in deltas:
        steps[delta.suggestion_id, delta.channel, delta.assurance] += delta.step
    suggestions = sorted({delta.suggestion_id for delta in deltas})
    # In the order of their ids, so that two roll-ups wait for each other instead of blocking each other.
    list(Standing.objects.select_for_update().filter(pk__in=suggestions).order_by("pk").values_list("pk"))
    _add(steps)
    _refresh_counts(suggestions)
    SupportDelta.objects.filter(pk__in=[delta.pk for delta in deltas]).delete()
    _record(deltas, at=at)
    return len(deltas)


def check_tallies(*, at: datetime) -> int:
    """Prove every count against its rows and put right what differs; how many differed. Each repair is on record."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(DIFFERENCES)
            wrong = Counter({(suggestion, channel, assurance): step for suggestion, channel, assurance, step in cursor.fetchall()})
        if not wrong:
            return 0
        suggestions = sorted({suggestion for suggestion, _channel, _assurance in wrong})
        _add(wrong)
        _refresh_counts(suggestions)
        system = Actor.objects.system()
        differences: dict[int, int] = defaultdict(int)
        for (suggestion_id, _channel, _assurance), step in wrong.items():
            differences[suggestion_id] += step
        Event.objects.bulk_create(
            build_event(
                Event.Kind.TALLY_REPAIRED,
                about=suggestion,
                by=system,
                at=at,
                case=suggestion.reference,
                facts={"difference": differences[suggestion.pk]},
            )
            for suggestion in Suggestion.objects.filter(pk__in=suggestions)
        )
    logger.error("Counts of %d suggestions differed from their rows and were put right.", len(suggestions))
    return len(wrong)


def _add(steps: Counter[tuple[int, str, int]]) -> None:
    rows = sorted((suggestion, channel, assurance, step) for (suggestion, channel, assurance), step in steps.items() if step)
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])


def _refresh_counts(suggestions: Iterable[int]) -> None:
    """Lists read and sort by the standing: it gets the sums of the tally."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE suggestions_standing SET supports = GREATEST(sums.everybody, 0), verified_supports = GREATEST(sums.verified, 0)
            FROM (
                SELECT suggestion_id, sum(count) AS everybody, COALESCE(sum(count) FILTER (WHERE assurance >= %s), 0) AS verified
                FROM suggestions_supporttally WHERE suggestion_id = ANY(%s) GROUP BY 1
            ) AS sums
            WHERE suggestions_standing.suggestion_id = sums.suggestion_id
            """,
            [int(VERIFIED_FROM), list(suggestions)],
        )


def _record(deltas: list[SupportDelta], *, at: datetime) -> None:
    """One event for each suggestion and batch: how many, and a root over salted commitments that nobody can turn back into people."""
    salts = dict(Support.objects.filter(pk__in={delta.support_id for delta in deltas}).values_list("pk", "salt"))
    of: dict[int, list[SupportDelta]] = defaultdict(list)
    for delta in deltas:
        of[delta.suggestion_id].append(delta)
    system = Actor.objects.system()
    Event.objects.bulk_create(
        build_event(
            Event.Kind.SUPPORTS_COUNTED,
            about=suggestion,
            by=system,
            at=at,
            case=suggestion.reference,
            facts={
                "given": sum(delta.step > 0 for delta in of[suggestion.pk]),
                "taken_back": sum(delta.step < 0 for delta in of[suggestion.pk]),
                "root": _root(_commitment(delta, salts.get(delta.support_id)) for delta in of[suggestion.pk]),
            },
        )
        for suggestion in Suggestion.objects.filter(pk__in=of).only("uuid", "reference")
    )


def _commitment(delta: SupportDelta, salt: Any) -> bytes:
    return hashlib.sha256(bytes(salt or b"") + f"{delta.support_id}:{delta.step}".encode()).digest()


def _root(commitments: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(sorted(commitments))).hexdigest()
