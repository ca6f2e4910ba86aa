"""What must hold in the database whatever was killed when: every fact has its one event, every clock its one opening, nothing half done."""

import json
import random
from collections import Counter
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Count, Q

from portal.actions.contracts import contract_for, service_level_for
from portal.models import Act
from suggestions.actions.standings import refresh_standing
from suggestions.models import ImportedCase, ImportRun, Obligation, Response, Standing, Suggestion

# Of each kind of event, how many there must be about one row (called r) of which table.
EVENTS = {
    "suggestion_submitted": ("suggestion", "1"),
    "suggestion_cleared": ("suggestion", "(r.cleared_at IS NOT NULL)::int"),
    "suggestion_withdrawn": ("suggestion", "(r.withdrawn_at IS NOT NULL)::int"),
    "obligation_opened": ("obligation", "1"),
    "obligation_warned": ("obligation", "(r.warned_at IS NOT NULL)::int"),
    "obligation_met": ("obligation", "(r.met_at IS NOT NULL)::int"),
    "obligation_late": ("obligation", "(r.breached_at IS NOT NULL)::int"),
    "obligation_ended": ("obligation", "(r.ended_at IS NOT NULL)::int"),
    "obligation_paused": ("obligation", "(SELECT count(*) FROM suggestions_pause p WHERE p.obligation_id = r.id)"),
    "obligation_resumed": (
        "obligation",
        "(SELECT count(*) FROM suggestions_pause p WHERE p.obligation_id = r.id AND p.ended_at IS NOT NULL)",
    ),
    "obligation_escalated": ("obligation", "(SELECT count(*) FROM suggestions_escalation e WHERE e.obligation_id = r.id)"),
    "response_published": ("response", "(r.kind <> 'decision')::int"),
    "decision_published": (
        "response",
        "(SELECT count(*) FROM suggestions_decision d WHERE d.response_id = r.id AND d.effective_at IS NOT NULL)",
    ),
    "reply_given": ("reply", "1"),
    "commitment_made": ("commitment", "1"),
    "commitment_moved": ("commitment", "(SELECT count(*) FROM suggestions_commitmentdate d WHERE d.commitment_id = r.id)"),
    "commitment_broken": (
        "commitment",
        "(SELECT count(*) FROM suggestions_obligation o WHERE o.commitment_id = r.id AND o.breached_at IS NOT NULL)",
    ),
    "delivered": ("delivery", "1"),
    "verdict_given": ("verdict", "1"),
    "verdict_closed": ("delivery", "(r.judged_at IS NOT NULL)::int"),
}

# Of each cause of a term, how many there must be of one obligation (called r).
TERMS = {
    "opened": "1",
    "paused": "(SELECT count(*) FROM suggestions_pause p WHERE p.obligation_id = r.id)",
    "resumed": "(SELECT count(*) FROM suggestions_pause p WHERE p.obligation_id = r.id AND p.ended_at IS NOT NULL)",
}

WRONG_COUNT = """
    SELECT count(*) FROM suggestions_{noun} r
    LEFT JOIN (SELECT about, count(*) AS n FROM portal_event WHERE kind = '{kind}' GROUP BY about) e ON e.about = '{noun}/' || r.uuid
    WHERE coalesce(e.n, 0) <> {expected}
"""
ABOUT_NOTHING = """
    SELECT count(*) FROM portal_event e LEFT JOIN suggestions_{noun} r ON e.about = '{noun}/' || r.uuid
    WHERE e.kind = '{kind}' AND r.id IS NULL
"""
WRONG_TERMS = """
    SELECT count(*) FROM suggestions_obligation r
    LEFT JOIN (SELECT obligation_id, count(*) AS n FROM suggestions_obligationterm WHERE cause = '{cause}' GROUP BY 1) t
    ON t.obligation_id = r.id WHERE coalesce(t.n, 0) <> {expected}
"""
OTHERS = {
    "a due moment that is not its newest term's": """
        SELECT count(*) FROM suggestions_obligation o JOIN LATERAL
        (SELECT due_at FROM suggestions_obligationterm WHERE obligation_id = o.id ORDER BY id DESC LIMIT 1) t ON true
        WHERE o.due_at IS DISTINCT FROM t.due_at
    """,
    "a lateness not dated at the due moment": """
        SELECT count(*) FROM suggestions_obligation WHERE breached_at <> due_at
    """,
    "a clock that stands without an open pause, or the reverse": """
        SELECT count(*) FROM suggestions_obligation o WHERE (o.paused_at IS NOT NULL) <>
        EXISTS (SELECT FROM suggestions_pause p WHERE p.obligation_id = o.id AND p.ended_at IS NULL)
    """,
    "a suggestion without a standing": """
        SELECT count(*) FROM suggestions_suggestion s LEFT JOIN suggestions_standing t ON t.suggestion_id = s.id
        WHERE t.suggestion_id IS NULL
    """,
    "a decision that promised without a commitment": """
        SELECT count(*) FROM suggestions_decision d LEFT JOIN suggestions_commitment c ON c.decision_id = d.id
        WHERE d.promised_on IS NOT NULL AND d.effective_at IS NOT NULL AND c.id IS NULL
    """,
    "an indicator value computed twice": """
        SELECT count(*) FROM (SELECT FROM reports_indicatorvalue
        GROUP BY code, measure, definition, scope, window_from, window_until, as_of HAVING count(*) > 1) x
    """,
}


def breaches() -> dict[str, int]:
    """Every rule that does not hold, with the number of rows that break it; nothing when all is well."""
    statements = dict(OTHERS)
    for kind, (noun, expected) in EVENTS.items():
        statements[f"{kind}: not once per fact"] = WRONG_COUNT.format(noun=noun, kind=kind, expected=expected)
        statements[f"{kind}: about nothing"] = ABOUT_NOTHING.format(noun=noun, kind=kind)
    for cause, expected in TERMS.items():
        statements[f"term {cause}: not once per fact"] = WRONG_TERMS.format(cause=cause, expected=expected)
    with connection.cursor() as cursor:
        counts = {name: cursor.execute(statement).fetchone()[0] for name, statement in statements.items()}
    return {name: count for name, count in counts.items() if count}


def rows() -> dict[str, int]:
    """How much was looked at."""
    nouns = ("suggestion", "obligation", "obligationterm", "response", "decision", "commitment", "delivery", "verdict", "escalation")
    tables = {noun: f"suggestions_{noun}" for noun in nouns} | {"event": "portal_event", "notification": "portal_notification"}
    with connection.cursor() as cursor:
        return {noun: cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for noun, table in tables.items()}


def wrong_standings(keys: list[int]) -> list[int]:
    """The suggestions whose standing is not what their rows say."""
    wrong = []
    for key in keys:
        kept = Standing.objects.filter(pk=key).values().get()
        with transaction.atomic():
            refresh_standing(Suggestion.objects.get(pk=key))
            reckoned = Standing.objects.filter(pk=key).values().get()
            transaction.set_rollback(True)
        if kept != reckoned:
            wrong.append(key)
    return wrong


def wrong_clocks(keys: list[int]) -> list[int]:
    """The suggestions that came in without exactly the clocks that their clauses start."""
    wrong = []
    for suggestion in Suggestion.objects.filter(pk__in=keys).select_related("service", "category", "area"):
        contract = contract_for(service=suggestion.service, area=suggestion.area, at=suggestion.received_at)
        acts = {
            act: service_level_for(
                act=act, contract=contract, kind=suggestion.kind, category=suggestion.category, at=suggestion.received_at
            )
            for act in (Act.ACKNOWLEDGE, Act.ANSWER, *((Act.SOLVE,) if suggestion.kind == "problem" else ()))
        }
        owed = Counter(act for act, level in acts.items() if level)
        opened = Obligation.objects.filter(suggestion=suggestion, opened_at=suggestion.received_at).values_list("act", flat=True)
        if Counter(opened) != owed:
            wrong.append(suggestion.pk)
    return wrong


def some_suggestions(number: int, *, seed: int) -> list[int]:
    keys = list(Suggestion.objects.order_by("pk").values_list("pk", flat=True))
    return sorted(random.Random(seed).sample(keys, min(number, len(keys))))


def judge(ledger: str) -> None:
    """Hold what the people were told, and what was imported, against the database; prints JSON."""
    facts = json.loads(Path(ledger).read_text())
    told, seed = facts["ledger"], facts["seed"]
    titles = Counter(Suggestion.objects.filter(title__startswith="Kill nine").values_list("title", flat=True))
    by_title = dict(Suggestion.objects.filter(title__startswith="Kill nine").values_list("title", "reference"))
    ours = list(Suggestion.objects.filter(title__startswith="Kill nine").values_list("pk", flat=True))
    words = Counter(Response.objects.filter(text__startswith="Kill nine").values_list("text", flat=True))
    imported = Counter(ImportedCase.objects.values_list("source", flat=True))
    looked_at = sorted({*ours, *some_suggestions(400, seed=seed)})
    found = {
        "submissions lost": [title for title in told["submitted"] if titles[title] == 0],
        "submissions twice": [title for title, number in titles.items() if number > 1],
        "receipts of another case": [title for title, reference in told["submitted"].items() if by_title.get(title) != reference],
        "submissions nobody was told of": [title for title in titles if title not in told["submitted"] | told["doubtful"]],
        "acts lost": [text for text in told["answered"] if words[text] == 0],
        "acts twice": [text for text, number in words.items() if number > 1],
        "clocks not those of the clauses": wrong_clocks(ours),
        "standings not those of the rows": wrong_standings(looked_at),
        "histories not whole": {
            source: imported[source] for source, rows in (("stock", facts["stock"]), ("history", facts["rows"])) if imported[source] != rows
        },
        "runs of imports not one per file": dict(
            ImportRun.objects.values_list("source").annotate(runs=Count("pk", filter=Q(added__gt=0))).exclude(runs=1)
        ),
        **breaches(),
    }
    print(json.dumps({"wrong": {name: what for name, what in found.items() if what}, "standings compared": len(looked_at), "rows": rows()}))
