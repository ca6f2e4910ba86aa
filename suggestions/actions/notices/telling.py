"""From the log to the people: every station that was reached since, told once to everybody whom it concerns."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from portal.models import AUTHOR_ONLY, TOPIC_OF, USUAL_PACE, Act, Actor, Event, Scope
from suggestions.models import Suggestion

NEWS_FOR = timedelta(days=7)  # what the record learned longer ago is history, such as an import of earlier years
EVENTS_AT_A_TIME = 500
ACTED = [Event.Kind.SUGGESTION_SUBMITTED, Event.Kind.SUGGESTION_WITHDRAWN]  # the author's own acts: not told to the author
LATE_ACTS = [Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE, Act.HEAR, Act.REVIEW]  # a late delivery is told as a broken promise

# A second sweep that claims the same event waits for the first and then gets nothing; nobody is left out, since events are
# found by what was not told and never by a last id. Both statements are one commit.
CLAIM = """
INSERT INTO suggestions_telling (event_id, told_at)
SELECT e.id, %(at)s FROM portal_event e
WHERE e.kind = ANY(%(kinds)s) AND e."case" <> '' AND e.known_at > %(since)s AND e.known_at <= %(at)s
  AND NOT EXISTS (SELECT 1 FROM suggestions_telling t WHERE t.event_id = e.id)
ORDER BY e.id LIMIT %(limit)s
ON CONFLICT DO NOTHING
RETURNING event_id
"""

TELL = """
WITH happened AS MATERIALIZED (
    SELECT e.id, e.uuid, e.kind, e."case", e.at, e.known_at, topic.name AS topic,
           s.id AS suggestion_id, s.service_id, s.area_id, s.contact_id, s.answer_by, author.person_id AS author_id,
           s.id = ANY(%(public)s::bigint[]) AS is_public,
           split_part(e.about, '/', 1) AS noun, split_part(e.about, '/', 2)::uuid AS row
    FROM portal_event e
    JOIN unnest(%(kinds)s::text[], %(topics)s::text[]) AS topic (kind, name) ON topic.kind = e.kind
    JOIN suggestions_suggestion s ON s.reference = e."case"
    JOIN portal_actor author ON author.id = s.author_id
    WHERE e.id = ANY(%(events)s) AND (e.kind <> 'obligation_late' OR e.facts ->> 'act' = ANY(%(late_acts)s))
), acted AS (
    SELECT h.id, COALESCE(a.person_id, m.person_id) AS person_id
    FROM happened h
    CROSS JOIN LATERAL (
        SELECT r.by_id FROM suggestions_response r WHERE h.noun = 'response' AND r.uuid = h.row
        UNION ALL
        SELECT d.by_id FROM suggestions_delivery d WHERE h.noun = 'delivery' AND d.uuid = h.row AND h.kind = 'delivered'
        UNION ALL
        SELECT COALESCE(l.by_id, r.by_id) FROM suggestions_commitment c
        JOIN suggestions_decision d ON d.id = c.decision_id
        JOIN suggestions_response r ON r.id = d.response_id
        LEFT JOIN suggestions_commitmentdate l ON l.commitment_id = c.id AND l.named_at = h.at
        WHERE h.noun = 'commitment' AND c.uuid = h.row AND h.kind <> 'commitment_broken'
        UNION ALL
        SELECT s.author_id FROM suggestions_suggestion s WHERE h.noun = 'suggestion' AND s.id = h.suggestion_id AND h.kind = ANY(%(acted)s)
    ) AS did
    JOIN portal_actor a ON a.id = did.by_id
    LEFT JOIN portal_membership m ON m.id = a.membership_id
), concerned AS (
    SELECT h.id, p.id AS person_id, h.answer_by AS way, %(own)s AS scope, %(own_pace)s AS usual
    FROM happened h
    JOIN portal_person p ON p.id = h.contact_id AND p.erased_at IS NULL
    WHERE h.answer_by <> 'come_back' AND h.kind <> ALL(%(acted)s) AND (h.answer_by <> 'email' OR p.email IS NOT NULL)
    UNION ALL
    SELECT h.id, p.id, 'email', %(followed)s, %(followed_pace)s
    FROM happened h
    JOIN suggestions_follow f
      ON ((f.suggestion_id = h.suggestion_id AND h.kind <> 'suggestion_submitted') OR f.service_id = h.service_id OR f.area_id = h.area_id)
     AND f.until_at IS NULL AND f.since_at <= h.known_at
    JOIN portal_person p ON p.id = f.person_id AND p.is_active
    WHERE (h.is_public OR p.id = h.author_id) AND h.kind <> ALL(%(author_only)s)
      AND EXISTS (SELECT 1 FROM account_emailaddress proven WHERE proven.user_id = p.id AND proven.verified AND proven.email = p.email)
), once AS (
    SELECT DISTINCT ON (c.id, c.person_id, c.way) c.*
    FROM concerned c
    WHERE NOT EXISTS (SELECT 1 FROM acted WHERE acted.id = c.id AND acted.person_id = c.person_id)
    ORDER BY c.id, c.person_id, c.way, c.scope = %(own)s DESC
)
INSERT INTO portal_notice (person_id, kind, scope, "case", event, way, pace, known_at, told_at)
SELECT o.person_id, h.kind, o.scope, h."case", h.uuid, o.way, paced.pace, h.known_at, %(at)s
FROM once o
JOIN happened h ON h.id = o.id
LEFT JOIN portal_noticepreference w ON w.person_id = o.person_id AND w.scope = o.scope AND w.topic = h.topic AND o.way = 'email'
CROSS JOIN LATERAL (SELECT COALESCE(w.pace, o.usual) AS pace) AS paced
WHERE paced.pace <> 'never'
ORDER BY o.id, o.person_id
ON CONFLICT DO NOTHING
"""


def tell_followers(*, at: datetime) -> int:
    """Write a notice for everybody whom a new station concerns: the author by the way they chose, followers by proven e-mail.

    Returns how many notices. Safe twice and in parallel: each event is claimed by one row, and a person, an event and a way
    meet once.
    """
    told = 0
    while (notices := _tell_some(at=at)) is not None:
        told += notices
    return told


@transaction.atomic
def _tell_some(*, at: datetime) -> int | None:
    """How many notices some of the new events gave; None when there is no new event."""
    kinds = [kind.value for kind in TOPIC_OF]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"at": at, "since": at - NEWS_FOR, "kinds": kinds, "limit": EVENTS_AT_A_TIME})
        events = [event for (event,) in cursor.fetchall()]
        if not events:
            return None
        cursor.execute(
            TELL,
            {
                "at": at,
                "events": events,
                "public": _public_cases(events),
                "kinds": kinds,
                "topics": [topic.value for topic in TOPIC_OF.values()],
                "late_acts": [act.value for act in LATE_ACTS],
                "author_only": [kind.value for kind in AUTHOR_ONLY],
                "acted": [kind.value for kind in ACTED],
                "own": Scope.OWN.value,
                "own_pace": USUAL_PACE[Scope.OWN].value,
                "followed": Scope.FOLLOWED.value,
                "followed_pace": USUAL_PACE[Scope.FOLLOWED].value,
            },
        )
        return cursor.rowcount


def _public_cases(events: list[int]) -> list[int]:
    """Those of the cases that everybody may read, by the one rule for that."""
    cases = Event.objects.filter(pk__in=events).values("case")
    return list(Suggestion.objects.visible_to(Actor(kind=Actor.Kind.NOBODY)).filter(reference__in=cases).values_list("pk", flat=True))
