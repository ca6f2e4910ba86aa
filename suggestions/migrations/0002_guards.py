"""What the database refuses whoever asks: rewriting the due history, an answer, a promise's first date, a support, or what came in and when."""

from django.db import migrations

APPEND_ONLY = {
    "suggestions_obligationterm": "the due history is append-only",
    "suggestions_response": "a published response is never changed",
    "suggestions_commitmentdate": "a named date stays on record",
}

NEVER_REMOVED = {
    "suggestions_suggestion": "a suggestion is never removed; its author may withdraw it",
    "suggestions_obligation": "what was owed stays on record",
    "suggestions_decision": "a decision stays on record",
    "suggestions_commitment": "a promise stays on record",
    "suggestions_delivery": "a delivery stays on record",
    "suggestions_verdict": "a verdict stays on record",
    "suggestions_escalation": "a step of the ladder stays on record",
    "suggestions_pause": "a pause stays on record",
    "suggestions_reply": "a reply stays on record",
    "suggestions_flag": "a report stays on record",
    "suggestions_hiding": "a hiding stays on record",
    "suggestions_appeal": "an appeal stays on record",
    "suggestions_satisfaction": "what the author said of a decision stays on record",
    "suggestions_suggestionversion": "what was said before stays on record",
    "suggestions_photo": "that there was a photo stays on record; its file may go",
    "suggestions_support": "a support stays on record; who gave it may take it back",
    "suggestions_crossing": "a threshold that was reached stays reached",
}

FROZEN = {
    "suggestions_suggestion": (
        "uuid", "reference", "kind", "lang", "received_at", "known_at", "opened_by", "channel", "author_id", "service_id",
    ),
    "suggestions_obligation": (
        "uuid", "act", "owner_id", "suggestion_id", "commitment_id", "service_level_id", "calendar_version_id",
        "due_basis", "is_gap", "opened_at", "known_at", "gross_due_at", "appeal_id", "personal_request_id",
    ),
    "suggestions_commitment": ("uuid", "decision_id", "suggestion_id", "organisation_id", "what", "first_due_on", "made_at", "known_at"),
    "suggestions_decision": (
        "response_id", "suggestion_id", "outcome", "criterion_id", "handed_to_id", "promise", "promised_on", "reviews_id",
        "decided_at", "known_at",
    ),
    "suggestions_delivery": (
        "uuid", "suggestion_id", "commitment_id", "organisation_id", "by_id", "evidence", "evidence_url", "delivered_at", "known_at",
        "verdict_until", "verdict_rule",
    ),
    "suggestions_verdict": ("uuid", "delivery_id", "by_id", "is_author", "value", "given_at", "known_at"),
    "suggestions_escalation": ("obligation_id", "step_id", "told_at", "known_at"),
    "suggestions_reply": ("uuid", "question_id", "suggestion_id", "by_id", "given_at", "known_at"),
    "suggestions_pause": ("obligation_id", "reason", "question_id", "by_id", "started_at", "known_at"),
    "suggestions_flag": (
        "uuid", "suggestion_id", "response_id", "reply_id", "delivery_id", "verdict_id", "photo_id", "reason",
        "reported_at",
    ),
    "suggestions_hiding": (
        "uuid", "suggestion_id", "response_id", "reply_id", "delivery_id", "verdict_id", "photo_id", "criterion_id",
        "by_id", "hidden_at", "known_at",
    ),
    "suggestions_appeal": ("uuid", "hiding_id", "hidden_by_id", "by_id", "made_at", "known_at"),
    "suggestions_satisfaction": ("uuid", "decision_id", "by_id", "value", "answered_at", "known_at"),
    "suggestions_suggestionversion": ("uuid", "suggestion_id", "by_id", "said_at", "replaced_at", "is_home"),
    "suggestions_photo": ("uuid", "suggestion_id", "by_id", "added_at", "sha256"),
    "suggestions_support": ("uuid", "suggestion_id", "by_id", "channel", "given_at", "known_at"),
    "suggestions_crossing": ("suggestion_id", "service_level_id", "support_id", "obligation_id", "crossed_at", "known_at"),
}

ONCE_SET = {  # facts that may be written once and never unsaid
    "suggestions_obligation": (
        "met_at", "met_known_at", "breached_at", "ended_at", "ended_known_at", "end_cause", "voided_at", "voided_known_at", "void_reason",
        "superseded_by_id",
    ),
    "suggestions_decision": ("effective_at", "effective_known_at", "rejected_at", "settled_by_id", "settled_note"),
    "suggestions_delivery": ("judged_as", "judged_at", "judged_known_at"),
    "suggestions_pause": ("ended_at", "ended_known_at"),
    "suggestions_suggestion": ("cleared_at", "withdrawn_at", "withdrawn_known_at"),
    "suggestions_flag": ("settled_at", "settled_by_id", "upheld"),
    "suggestions_hiding": ("lifted_at", "lifted_by_id"),
    "suggestions_appeal": ("ruled_at", "ruled_by_id", "granted"),
    "suggestions_photo": ("removed_at",),
    "suggestions_support": ("withdrawn_at", "withdrawn_known_at", "held_at", "cleared_at", "rejected_at", "settled_by_id"),
}

# A few rows change with every roll-up: room beside them and an early clean-up keep the count quick.
STORAGE = """
ALTER TABLE suggestions_supporttally SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE suggestions_supportdelta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
ALTER TABLE suggestions_standing SET (fillfactor = 80);
"""


def _trigger(name: str, table: str, moment: str, level: str, reason: str, when: str = "") -> str:
    return f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH {level} {when} EXECUTE FUNCTION answerable_refuse('{reason}');"


def _statements():
    for table, reason in APPEND_ONLY.items():
        yield _trigger(f"{table}_append_only", table, "UPDATE OR DELETE", "ROW", reason)
        yield _trigger(f"{table}_no_truncate", table, "TRUNCATE", "STATEMENT", reason)
    for table, reason in NEVER_REMOVED.items():
        yield _trigger(f"{table}_never_removed", table, "DELETE", "ROW", reason)
        yield _trigger(f"{table}_no_truncate", table, "TRUNCATE", "STATEMENT", reason)
    for table, columns in FROZEN.items():
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        yield _trigger(f"{table}_frozen", table, "UPDATE", "ROW", "this was fixed when it was recorded", f"WHEN ({changed})")
    for table, columns in ONCE_SET.items():
        unsaid = " OR ".join(
            f"(COALESCE(OLD.{column}::text, '') <> '' AND OLD.{column} IS DISTINCT FROM NEW.{column})" for column in columns
        )
        yield _trigger(f"{table}_once_set", table, "UPDATE", "ROW", "a recorded fact is never unsaid", f"WHEN ({unsaid})")


def _undo():
    for table in APPEND_ONLY:
        yield f"DROP TRIGGER {table}_append_only ON {table};"
    for table in APPEND_ONLY | NEVER_REMOVED:
        yield f"DROP TRIGGER {table}_no_truncate ON {table};"
    for suffix, tables in (("never_removed", NEVER_REMOVED), ("frozen", FROZEN), ("once_set", ONCE_SET)):
        for table in tables:
            yield f"DROP TRIGGER {table}_{suffix} ON {table};"


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0001_initial"), ("portal", "0002_guards")]

    operations = [
        migrations.RunSQL("\n".join(_statements()), "\n".join(_undo())),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
