"""
The rows behind the figures, as they were known at one moment.

Every fact is taken by the moment the record learned of it, never by how its row looks today: an old report must come out the same for ever.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import Min, OuterRef, Q, Subquery

from portal.city_days import end_of_day
from portal.models import Act, Organisation
from reports.indicators.periods import Window
from reports.indicators.scopes import Scope
from suggestions.models import Commitment, Decision, Delivery, Obligation, ObligationTerm, OpenedBy, Response, Suggestion

Outcome = Decision.Outcome
ADOPTED = frozenset({Outcome.ACCEPTED, Outcome.PARTLY_ACCEPTED})
FINAL = ADOPTED | {Outcome.DECLINED}
REFUSED = frozenset({Outcome.DECLINED, Outcome.OUT_OF_SCOPE})


class Ruling(NamedTuple):
    """A decision from the moment it took effect."""

    at: datetime
    pk: int
    outcome: str
    by_city: bool
    has_reasons: bool


class Done(NamedTuple):
    """A delivery, and when the citizens judged that it was none."""

    at: datetime
    pk: int
    commitment: int | None
    disputed_at: datetime | None


@dataclass(slots=True)
class Case:
    pk: int
    opened_by: str
    kind: str
    service: int
    category: int | None
    area: int | None
    received_at: datetime
    withdrawn_at: datetime | None
    owner: int | None = None  # who owed the first answer or repair
    first_reply_at: datetime | None = None
    promised_at: datetime | None = None
    rulings: list[Ruling] = field(default_factory=list)
    deliveries: list[Done] = field(default_factory=list)

    @property
    def answered_at(self) -> datetime | None:
        """The first real answer: a decision, a hand-over that was accepted, or the thing itself; never courtesy, nor "not ours"."""
        rulings = (ruling.at for ruling in self.rulings if ruling.outcome != Outcome.OUT_OF_SCOPE)
        return min((*rulings, *(done.at for done in self.deliveries)), default=None)

    @property
    def ruled_out_at(self) -> datetime | None:
        return next((ruling.at for ruling in self.rulings if ruling.outcome == Outcome.OUT_OF_SCOPE), None)

    @property
    def acted_at(self) -> datetime | None:
        """The first thing beyond words: any decision, a promise, a delivery."""
        moments = (*(ruling.at for ruling in self.rulings), *(done.at for done in self.deliveries), self.promised_at)
        return min((moment for moment in moments if moment), default=None)

    @property
    def decided_at(self) -> datetime | None:
        """The first decision about the thing itself, or its delivery; handing it to somebody else decides nothing."""
        rulings = (ruling.at for ruling in self.rulings if ruling.outcome != Outcome.HANDED_OVER)
        return min((*rulings, *(done.at for done in self.deliveries)), default=None)

    @property
    def final_ruling(self) -> Ruling | None:
        """The decision that stands: the newest one, hand-overs aside."""
        return next((ruling for ruling in reversed(self.rulings) if ruling.outcome != Outcome.HANDED_OVER), None)

    def delivered_by(self, moment: datetime) -> bool:
        return any(done.at <= moment for done in self.deliveries)

    @property
    def turns(self) -> list[tuple[datetime, bool]]:
        """When the case ended (True) and when a dispute opened it again (False), in order.

        What was accepted is still open until it is delivered: otherwise a promise would clear the backlog.
        """
        ends = [ruling.at for ruling in self.rulings if ruling.outcome in REFUSED] + [done.at for done in self.deliveries]
        ends += [self.withdrawn_at] if self.withdrawn_at else []
        turns = [(moment, True) for moment in ends] + [(done.disputed_at, False) for done in self.deliveries if done.disputed_at]
        kept: list[tuple[datetime, bool]] = []
        for turn in sorted(turns):
            if turn[1] != (kept[-1][1] if kept else False):
                kept.append(turn)
        return kept

    @property
    def is_open(self) -> bool:
        turns = self.turns
        return not turns or not turns[-1][1]


class Duty(NamedTuple):
    """One obligation; its due moment is the one that held, for all we knew then: for a clock that stood, the latest possible one."""

    case: int
    act: str
    opened_by: str
    service: int
    category: int | None
    area: int | None
    owner: int
    opened_at: datetime
    due_at: datetime | None
    gross_due_at: datetime | None
    met_at: datetime | None
    ended_at: datetime | None
    is_void: bool

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.ended_at is None and not self.is_void


class Promise(NamedTuple):
    """A commitment by its first date, whatever dates were named later."""

    opened_by: str
    service: int
    category: int | None
    area: int | None
    owner: int
    due_at: datetime
    delivered_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What was known at one moment: every case, and the duties and promises that a window asks about."""

    as_of: datetime
    cases: list[Case]
    duties: list[Duty]
    promises: list[Promise]

    def within(self, scope: Scope) -> "Facts":
        """The part of it that belongs to a scope."""
        if not scope.field:
            return self
        return replace(
            self,
            cases=[case for case in self.cases if getattr(case, scope.field) in scope.ids],
            duties=[duty for duty in self.duties if getattr(duty, scope.field) in scope.ids],
            promises=[promise for promise in self.promises if getattr(promise, scope.field) in scope.ids],
        )

    @property
    def from_citizens(self) -> "Facts":
        """Without what staff, operators and sensors opened: those are often logged when the work is done."""
        return self._opened(by_citizens=True)

    @property
    def from_others(self) -> "Facts":
        return self._opened(by_citizens=False)

    def _opened(self, *, by_citizens: bool) -> "Facts":
        return replace(
            self,
            cases=[case for case in self.cases if (case.opened_by == OpenedBy.CITIZEN) is by_citizens],
            duties=[duty for duty in self.duties if (duty.opened_by == OpenedBy.CITIZEN) is by_citizens],
            promises=[promise for promise in self.promises if (promise.opened_by == OpenedBy.CITIZEN) is by_citizens],
        )


def known_facts(*, window: Window, as_of: datetime) -> Facts:
    """Reads the tables once for all scopes; as tuples, because a city has more rows than memory for model instances."""
    deliveries = _deliveries(as_of)
    cases = _cases(as_of)
    for suggestion, done in deliveries:
        cases[suggestion].deliveries.append(done)
    for suggestion, ruling in _rulings(as_of):
        cases[suggestion].rulings.append(ruling)
    delivered = {done.commitment: done.at for _suggestion, done in deliveries if done.commitment}
    return Facts(as_of, list(cases.values()), _duties(window, as_of), _promises(window, as_of, cases, delivered))


def _cases(as_of: datetime) -> dict[int, Case]:
    cases: dict[int, Case] = {}
    columns = ("id", "opened_by", "kind", "service_id", "category_id", "area_id", "received_at", "withdrawn_at", "withdrawn_known_at")
    known = Suggestion.objects.known_by(as_of).order_by("id").values_list(*columns)
    for pk, opened_by, kind, service, category, area, received_at, withdrawn_at, withdrawn_known_at in known:
        taken_back_at = _known(withdrawn_at, withdrawn_known_at, as_of)
        cases[pk] = Case(pk, opened_by, kind, service, category, area, received_at, taken_back_at)
    responses = Response.objects.filter(known_at__lte=as_of).values("suggestion_id").annotate(first=Min("published_at"))
    replies = dict(responses.values_list("suggestion_id", "first"))
    for suggestion, delivered_at in Delivery.objects.filter(known_at__lte=as_of).values_list("suggestion_id", "delivered_at"):
        replies[suggestion] = min(replies.get(suggestion, delivered_at), delivered_at)  # to say "it is done" is to reply
    first_clocks = Obligation.objects.filter(known_at__lte=as_of, act__in=[Act.ANSWER, Act.SOLVE])
    first_clocks = first_clocks.order_by("suggestion_id", "opened_at", "act", "id").distinct("suggestion_id")
    owners = dict(first_clocks.values_list("suggestion_id", "owner_id"))
    promises = Commitment.objects.known_by(as_of).values("suggestion_id").annotate(first=Min("made_at"))
    promised = dict(promises.values_list("suggestion_id", "first"))
    for pk, case in cases.items():
        case.first_reply_at, case.owner, case.promised_at = replies.get(pk), owners.get(pk), promised.get(pk)
    return cases


def _rulings(as_of: datetime) -> list[tuple[int, Ruling]]:
    known = Decision.objects.filter(known_at__lte=as_of, effective_known_at__lte=as_of).order_by("effective_at", "id")
    columns = ("suggestion_id", "effective_at", "id", "outcome", "response__organisation__kind", "criterion_id", "response__lang")
    return [
        (
            suggestion,
            Ruling(
                at,
                pk,
                outcome,
                by_city=kind == Organisation.Kind.CITY,
                has_reasons=_same_language(lang, asked_in) and (criterion is not None or outcome not in REFUSED),
            ),
        )
        for suggestion, at, pk, outcome, kind, criterion, lang, asked_in in known.values_list(*columns, "suggestion__lang")
    ]


def _deliveries(as_of: datetime) -> list[tuple[int, Done]]:
    columns = ("suggestion_id", "delivered_at", "id", "commitment_id", "judged_as", "judged_at", "judged_known_at")
    known = Delivery.objects.filter(known_at__lte=as_of).order_by("delivered_at", "id").values_list(*columns)
    return [
        (suggestion, Done(at, pk, commitment, _known(judged_at, judged_known_at, as_of) if judged == Delivery.Judgement.NOT_DONE else None))
        for suggestion, at, pk, commitment, judged, judged_at, judged_known_at in known
    ]


def _duties(window: Window, as_of: datetime) -> list[Duty]:
    """Those that fell due in the window, those opened in it, and those past due and still owed."""
    terms = ObligationTerm.objects.filter(obligation=OuterRef("pk"), known_at__lte=as_of).order_by("-known_at", "-id")
    settled = Q(met_known_at__lte=as_of) | Q(ended_known_at__lte=as_of) | Q(voided_known_at__lte=as_of)
    wanted = (
        Obligation.objects.for_suggestions()
        .filter(known_at__lte=as_of)
        .exclude(act=Act.CHECK)  # to check what may be public is no answer to anybody
        .annotate(known_due_at=Subquery(terms.values("due_at")[:1]))
        .filter(
            Q(opened_at__gte=window.from_at, opened_at__lt=window.until_at)
            | Q(gross_due_at__lt=window.until_at, known_due_at__gte=window.from_at, known_due_at__lt=window.until_at)
            | Q(~settled, gross_due_at__lte=as_of, known_due_at__lte=as_of)
        )
        .order_by("id")
    )
    columns = (
        *("suggestion_id", "act", "suggestion__opened_by", "suggestion__service_id", "suggestion__category_id", "suggestion__area_id"),
        *("owner_id", "opened_at", "known_due_at", "gross_due_at"),
        *("met_at", "met_known_at", "ended_at", "ended_known_at", "voided_at", "voided_known_at"),
    )
    return [
        Duty._make(
            (
                *fields,
                _known(met_at, met_known_at, as_of),
                _known(ended_at, ended_known_at, as_of),
                _known(voided_at, voided_known_at, as_of) is not None,
            )
        )
        for *fields, met_at, met_known_at, ended_at, ended_known_at, voided_at, voided_known_at in wanted.values_list(*columns)
    ]


def _promises(window: Window, as_of: datetime, cases: dict[int, Case], delivered: dict[int, datetime]) -> list[Promise]:
    promises = []
    columns = ("id", "suggestion_id", "organisation_id", "first_due_on")
    due = Commitment.objects.known_by(as_of).filter(first_due_on__gte=window.first, first_due_on__lt=window.after).order_by("id")
    for pk, suggestion, organisation, first_due_on in due.values_list(*columns):
        case = cases[suggestion]
        facts = (case.opened_by, case.service, case.category, case.area, organisation, end_of_day(first_due_on))
        promises.append(Promise(*facts, delivered_at=delivered.get(pk), withdrawn_at=case.withdrawn_at))
    return promises


def _known(at: datetime | None, known_at: datetime | None, as_of: datetime) -> datetime | None:
    """A fact's moment, if the record had learned of it."""
    return at if known_at is not None and known_at <= as_of else None


def _same_language(one: str, other: str) -> bool:
    """nl and nl-BE are one language to a reader."""
    return one.split("-")[0].lower() == other.split("-")[0].lower()
