"""The story of one suggestion, read from its rows: everything the pages need, in a fixed number of queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from portal.models import Question
from suggestions.models import Commitment, Delivery, Escalation, Obligation, Pause, Response, Suggestion, Verdict

OFFICIAL = frozenset({"response", "decision", "settled", "commitment", "later_date", "delivery", "cleared"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, and the row that says so."""

    at: datetime
    kind: str
    row: Any
    is_late: bool = False

    @property
    def is_official(self) -> bool:
        return self.kind in OFFICIAL

    @property
    def is_open_question(self) -> bool:
        return self.kind == "response" and self.row.kind == Response.Kind.QUESTION and not hasattr(self.row, "reply")

    def awaits_verdict(self, now: datetime) -> bool:
        """Whether the author may still say if this delivery was really done."""
        if self.kind != "delivery" or self.row.judged_at or self.row.verdict_until is None or self.row.verdict_until < now:
            return False
        return not any(verdict.is_author for verdict in self.row.verdicts.all())


def clocks_of(suggestion: Suggestion) -> list[Obligation]:
    """Every clock of the case with its clause, pauses and ladder, the next due first."""
    return list(
        suggestion.obligations.select_related("owner", "service_level", "calendar_version", "commitment")
        .prefetch_related(
            Prefetch("pauses", Pause.objects.order_by("started_at")),
            Prefetch("escalations", Escalation.objects.select_related("step").order_by("told_at")),
        )
        .due_first()
    )


def story_of(suggestion: Suggestion, clocks: list[Obligation]) -> list[Entry]:
    """All that happened, the oldest first."""
    entries = [Entry(suggestion.received_at, "received", suggestion)]
    if suggestion.cleared_at:
        entries.append(Entry(suggestion.cleared_at, "cleared", suggestion))
    if suggestion.withdrawn_at:
        entries.append(Entry(suggestion.withdrawn_at, "withdrawn", suggestion))
    entries += _said(suggestion)
    entries += _promised(suggestion)
    entries += _delivered(suggestion)
    entries += _ran_late(clocks)
    return sorted(entries, key=lambda entry: entry.at)


def questions_answered(suggestion: Suggestion) -> list[tuple[Question, object]]:
    """The category's own questions with what the citizen answered, in the words of the options."""
    if not suggestion.category_id or not suggestion.answers:
        return []
    questions = Question.objects.filter(category=suggestion.category_id).order_by("place", "id")
    return [
        (question, _in_words(question, suggestion.answers[question.code])) for question in questions if question.code in suggestion.answers
    ]


def _in_words(question: Question, answer: object) -> object:
    if question.answer == Question.Answer.CHOICE:
        for option in question.options:
            if option["code"] == answer:
                return type(question.text)(option["name"])  # a text by language, as the question itself
    return answer


def _said(suggestion: Suggestion) -> Iterator[Entry]:
    responses = suggestion.responses.select_related(
        "organisation", "by__membership", "reply", "decision__criterion", "decision__handed_to", "decision__settled_by__membership"
    )
    for response in responses:
        decision = getattr(response, "decision", None)
        yield Entry(response.published_at, "decision" if decision else "response", response)
        if decision and decision.settled_by and (settled_at := decision.effective_at or decision.rejected_at):
            yield Entry(settled_at, "settled", decision)
        if hasattr(response, "reply"):
            yield Entry(response.reply.given_at, "reply", response.reply)


def _promised(suggestion: Suggestion) -> Iterator[Entry]:
    commitments = Commitment.objects.filter(suggestion=suggestion).select_related("organisation").prefetch_related("later_dates")
    for commitment in commitments:
        yield Entry(commitment.made_at, "commitment", commitment)
        for later in commitment.later_dates.all():
            yield Entry(later.named_at, "later_date", later)


def _delivered(suggestion: Suggestion) -> Iterator[Entry]:
    deliveries = Delivery.objects.filter(suggestion=suggestion).select_related("organisation", "by__membership")
    for delivery in deliveries.prefetch_related(Prefetch("verdicts", Verdict.objects.order_by("given_at"))):
        yield Entry(delivery.delivered_at, "delivery", delivery)
        for verdict in delivery.verdicts.all():
            yield Entry(verdict.given_at, "verdict", verdict)
        if delivery.judged_at:
            yield Entry(delivery.judged_at, "judged", delivery)


def _ran_late(clocks: list[Obligation]) -> Iterator[Entry]:
    for clock in clocks:
        if clock.breached_at:
            yield Entry(clock.breached_at, "late", clock, is_late=True)
        for escalation in clock.escalations.all():
            yield Entry(escalation.told_at, "escalation", escalation)
