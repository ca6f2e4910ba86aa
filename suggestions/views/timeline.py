"""The story of one suggestion, read from its rows: everything the pages need, in a fixed number of queries."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Manager, Model, Prefetch
from django.utils.translation import gettext as _

from portal.models import Actor, Question
from suggestions.models import Commitment, Delivery, Escalation, Hiding, Obligation, Pause, Photo, Response, Suggestion, Verdict
from suggestions.models.photos import PhotoQuerySet
from suggestions.models.suggestions import Words
from suggestions.permissions import reads_hidden

OFFICIAL = frozenset({"response", "decision", "settled", "commitment", "later_date", "delivery", "cleared"})
REPORTABLE = {"response": "response", "decision": "response", "reply": "reply", "delivery": "delivery", "verdict": "verdict"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, and the row that says so."""

    at: datetime
    kind: str
    row: Any
    is_late: bool = False
    hiding: Hiding | None = None  # the one in force
    is_tombstone: bool = False  # this reader may not read what is hidden

    @property
    def noun(self) -> str:
        """What it is called where it can be reported; empty for what quotes nobody."""
        return REPORTABLE.get(self.kind, "")

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


def clocks_of(suggestion: Suggestion, *, reader: Actor | None = None) -> list[Obligation]:
    """Every clock of the case with its clause, pauses and ladder, the next due first; checks of reports only to the city."""
    of_case = suggestion.obligations if reader and reader.is_city and reader.is_official else suggestion.obligations.shown()
    looked_up: list[Prefetch] = []
    if suggestion.has("pauses"):
        looked_up.append(Prefetch("pauses", Pause.objects.order_by("started_at")))
    if suggestion.has("escalations"):
        looked_up.append(Prefetch("escalations", Escalation.objects.select_related("step").order_by("told_at")))
    clocks = list(
        of_case.select_related("owner", "service_level", "calendar_version", "commitment").prefetch_related(*looked_up).due_first()
    )
    for clock in clocks:
        for name, rows in (("pauses", Pause.objects), ("escalations", Escalation.objects)):
            if not suggestion.has(name):
                _known_to_be_empty(clock, name, rows)
    return clocks


def _known_to_be_empty(row: Model, name: str, rows: Manager) -> None:
    """As if the rows had been looked up and none was found."""
    nothing = rows.none()
    nothing._result_cache = []
    vars(row).setdefault("_prefetched_objects_cache", {})[name] = nothing


def story_of(suggestion: Suggestion, clocks: list[Obligation], *, reader: Actor) -> list[Entry]:
    """All that happened, the oldest first; a tombstone where something is hidden from this reader."""
    entries = [Entry(suggestion.received_at, "received", suggestion)]
    if suggestion.cleared_at:
        entries.append(Entry(suggestion.cleared_at, "cleared", suggestion))
    if suggestion.withdrawn_at:
        entries.append(Entry(suggestion.withdrawn_at, "withdrawn", suggestion))
    for trace, told in (("versions", _corrected), ("responses", _said), ("commitments", _promised), ("deliveries", _delivered)):
        if suggestion.has(trace):
            entries += told(suggestion)
    entries += _ran_late(clocks)
    return sorted(_with_hidings(suggestion, entries, reader), key=lambda entry: entry.at)


def _with_hidings(suggestion: Suggestion, entries: list[Entry], reader: Actor) -> list[Entry]:
    if not suggestion.has("hidings"):
        return entries
    in_force = suggestion.hidings.current().select_related("criterion", "response", "reply", "delivery", "verdict")
    hidden = {hiding.item_key: hiding for hiding in in_force}
    shown = []
    for entry in entries:
        hiding = hidden.get((entry.noun, entry.row.pk)) if entry.noun else None
        if hiding:
            entry = replace(entry, hiding=hiding, is_tombstone=not reads_hidden(reader, entry.row))
        shown.append(entry)
    return shown


def questions_answered(suggestion: Suggestion, words: Words) -> list[tuple[Question, object]]:
    """The category's own questions with what the citizen answered, in the words of the options; only what this reader may read."""
    if not suggestion.category_id or not words.answers:
        return []
    questions = Question.objects.filter(category=suggestion.category_id).order_by("place", "id")
    return [
        (question, _in_words(question, words.answers[question.code])) for question in questions if question.code in words.answers
    ]


def _in_words(question: Question, answer: object) -> object:
    if question.answer == Question.Answer.CHOICE:
        for option in question.options:
            if option["code"] == answer:
                return type(question.text)(option["name"])  # a text by language, as the question itself
    if isinstance(answer, bool):
        return _("yes") if answer else _("no")
    return answer


def photos_of(suggestion: Suggestion, reader: Actor) -> PhotoQuerySet:
    """The photos of this suggestion that this reader may see; none where the suggestion itself is hidden from them."""
    return Photo.objects.visible_to(reader).filter(suggestion=suggestion).oldest_first()


def _corrected(suggestion: Suggestion) -> Iterator[Entry]:
    for version in suggestion.versions.order_by("replaced_at", "id"):
        version.suggestion = suggestion
        yield Entry(version.replaced_at, "corrected", version)


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
    commitments = Commitment.objects.filter(suggestion=suggestion).select_related("organisation")
    if suggestion.has("later_dates"):
        commitments = commitments.prefetch_related("later_dates")
    for commitment in commitments:
        yield Entry(commitment.made_at, "commitment", commitment)
        for later in commitment.later_dates.all() if suggestion.has("later_dates") else ():
            yield Entry(later.named_at, "later_date", later)


def _delivered(suggestion: Suggestion) -> Iterator[Entry]:
    deliveries = Delivery.objects.filter(suggestion=suggestion).select_related("organisation", "by__membership")
    if suggestion.has("verdicts"):
        deliveries = deliveries.prefetch_related(Prefetch("verdicts", Verdict.objects.order_by("given_at")))
    for delivery in deliveries:
        if not suggestion.has("verdicts"):
            _known_to_be_empty(delivery, "verdicts", Verdict.objects)
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
