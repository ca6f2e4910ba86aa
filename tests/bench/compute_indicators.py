"""How long a quarter of 100,000 cases takes: `DATABASE_URL=… python -m tests.bench.compute_indicators [cases]`, on a database of its own.

Fills the tables by SQL where they are empty (the acts would take an hour), then prints one line of JSON.
"""

import json
import os
import resource
import sys
import time
from datetime import UTC, datetime

import django
from django.db import connection

CASES = """
INSERT INTO suggestions_suggestion (uuid, reference, kind, service_id, title, text, lang, answers, place, is_home, author_id, opened_by,
    channel, answer_by, visibility, status, received_at, known_at, withdrawn_reason)
SELECT gen_random_uuid(), 'B' || lpad(g::text, 9, '0'), 'idea', %(service)s, 'A bench', '', 'en', '{}', '', false, %(actor)s,
    CASE WHEN g %% 10 = 0 THEN 'staff' ELSE 'citizen' END, 'web', 'come_back', 'public', 'published',
    moment, moment, ''
FROM generate_series(1, %(cases)s) g, LATERAL (SELECT timestamptz '2025-07-01 08:00+00' + g * interval '548 days' / %(cases)s AS moment) m
"""
DUTIES = """
INSERT INTO suggestions_obligation (uuid, act, owner_id, suggestion_id, due_basis, is_gap, opened_at, known_at, due_at, gross_due_at,
    met_at, met_known_at, end_cause, void_reason)
SELECT gen_random_uuid(), act, %(operator)s, s.id, 'printed', false, s.received_at, s.known_at, due, due, met, met, '', ''
FROM suggestions_suggestion s, (VALUES ('acknowledge', 1), ('answer', 5), ('solve', 10)) a(act, days),
    LATERAL (SELECT s.received_at + days * interval '1 day' AS due,
        CASE WHEN (s.id + days) %% 7 > 0 THEN s.received_at + (1 + s.id %% (2 * days)) * interval '1 day' END AS met) t
"""
TERMS = """
INSERT INTO suggestions_obligationterm (obligation_id, cause, due_at, gross_due_at, known_at)
SELECT id, 'opened', due_at, gross_due_at, known_at FROM suggestions_obligation
"""
RESPONSES = """
INSERT INTO suggestions_response (uuid, suggestion_id, kind, by_id, organisation_id, text, lang, published_at, known_at)
SELECT gen_random_uuid(), suggestion_id, CASE act WHEN 'answer' THEN 'decision' ELSE 'update' END, %(actor)s, %(operator)s, 'Thank you.',
    'en', met_at, met_at
FROM suggestions_obligation WHERE act IN ('acknowledge', 'answer') AND met_at IS NOT NULL
"""
DECISIONS = """
INSERT INTO suggestions_decision (response_id, suggestion_id, outcome, promise, decided_at, known_at, effective_at, effective_known_at,
    settled_note)
SELECT id, suggestion_id, CASE WHEN id %% 3 = 0 THEN 'partly_accepted' ELSE 'accepted' END, '', published_at, published_at, published_at,
    published_at, ''
FROM suggestions_response WHERE kind = 'decision'
"""
PROMISES = """
INSERT INTO suggestions_commitment (uuid, decision_id, suggestion_id, organisation_id, what, first_due_on, made_at, known_at)
SELECT gen_random_uuid(), id, suggestion_id, %(operator)s, 'A bench', decided_at::date + 30, decided_at, decided_at
FROM suggestions_decision WHERE id %% 2 = 0
"""
DELIVERIES = """
INSERT INTO suggestions_delivery (uuid, suggestion_id, commitment_id, organisation_id, by_id, evidence, evidence_url, delivered_at,
    known_at, verdict_rule, judged_as)
SELECT gen_random_uuid(), suggestion_id, id, %(operator)s, %(actor)s, 'It stands.', '', made_at + (id %% 50) * interval '1 day',
    made_at + (id %% 50) * interval '1 day', '', ''
FROM suggestions_commitment WHERE id %% 3 > 0
"""


def main(cases: int) -> None:
    from portal.models import Actor, Organisation, Service  # noqa: PLC0415 - the settings must be ready first
    from reports.actions.indicators import Report, compute  # noqa: PLC0415
    from reports.indicators.facts import known_facts  # noqa: PLC0415
    from reports.indicators.periods import Window  # noqa: PLC0415
    from reports.indicators.scopes import every_scope  # noqa: PLC0415
    from suggestions.models import Suggestion  # noqa: PLC0415

    if not Suggestion.objects.exists():
        names = {
            "service": Service.objects.create(code="bench", name={"en": "Bench"}).pk,
            "operator": Organisation.objects.create(code="bench-operator", kind=Organisation.Kind.OPERATOR, name="Bench").pk,
            "actor": Actor.objects.system().pk,
            "cases": cases,
        }
        with connection.cursor() as cursor:
            for statement in (CASES, DUTIES, TERMS, RESPONSES, DECISIONS, PROMISES, DELIVERIES):
                cursor.execute(statement, names)
            cursor.execute("ANALYZE")
    window, as_of = Window.parse("2026-Q3"), datetime(2026, 10, 31, 23, tzinfo=UTC)
    scopes = list(every_scope())
    started = time.perf_counter()
    known_facts(window=window, as_of=as_of)
    read = time.perf_counter()
    values = compute(scopes=scopes, report=Report(window, as_of), at=as_of, store=False)
    ended = time.perf_counter()
    print(
        json.dumps(
            {
                "cases": Suggestion.objects.count(),
                "scopes": len(scopes),
                "figures": len(values),
                "read_seconds": round(read - started, 2),
                "compute_seconds": round(ended - read, 2),
                "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
