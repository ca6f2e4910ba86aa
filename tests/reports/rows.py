"""Rows put straight into the tables, for what the acts cannot make: many cases at once, or moments of one's own choosing."""

from datetime import UTC, date, datetime, timedelta

from portal.models import Act, Actor, Organisation, SuggestionKind, Visibility
from reports.indicators.facts import Facts, known_facts
from reports.indicators.measures import Measure
from reports.indicators.periods import Window
from suggestions.models import Channel, Commitment, Decision, Delivery, Obligation, ObligationTerm, OpenedBy, Response, Status, Suggestion
from tests.factories import a_criterion, a_service, an_agent, an_operator

MARCH = Window.parse("2026-03")
FIRST_QUARTER = Window.parse("2026-Q1")
RECEIVED_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def by_name(measures: list[Measure]) -> dict[str, Measure]:
    return {measure.name: measure for measure in measures}


def facts_at(as_of: datetime, window: Window = MARCH) -> Facts:
    return known_facts(window=window, as_of=as_of)


def a_case(
    received_at: datetime = RECEIVED_AT,
    *,
    known_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
    opened_by: OpenedBy = OpenedBy.CITIZEN,
    kind: SuggestionKind = SuggestionKind.IDEA,
    **fields,
) -> Suggestion:
    return Suggestion.objects.create(
        **{
            "kind": kind,
            "service": a_service(),
            "title": "A bench at the station",
            "lang": "en",
            "author": Actor.objects.nobody(),
            "opened_by": opened_by,
            "channel": Channel.WEB,
            "visibility": Visibility.PUBLIC,
            "status": Status.WITHDRAWN if withdrawn_at else Status.PUBLISHED,
            "received_at": received_at,
            "known_at": known_at or received_at,
            "withdrawn_at": withdrawn_at,
            "withdrawn_known_at": withdrawn_at,
        }
        | fields
    )


def a_reply(case: Suggestion, at: datetime, kind: Response.Kind = Response.Kind.UPDATE, *, lang: str = "en") -> Response:
    return Response.objects.create(
        suggestion=case, kind=kind, by=_agent(), organisation=an_operator(), text="Thank you.", lang=lang, published_at=at, known_at=at
    )


def a_decision(
    case: Suggestion,
    at: datetime,
    outcome: Decision.Outcome = Decision.Outcome.ACCEPTED,
    *,
    lang: str = "en",
    known_at: datetime | None = None,
) -> Decision:
    refused = outcome in {Decision.Outcome.DECLINED, Decision.Outcome.OUT_OF_SCOPE}
    return Decision.objects.create(
        response=a_reply(case, at, Response.Kind.DECISION, lang=lang),
        suggestion=case,
        outcome=outcome,
        criterion=a_criterion() if refused else None,
        handed_to=an_operator() if outcome == Decision.Outcome.HANDED_OVER else None,
        decided_at=at,
        known_at=known_at or at,
        effective_at=at,
        effective_known_at=known_at or at,
    )


def a_promise(case: Suggestion, first_due_on: date, *, made_at: datetime = RECEIVED_AT + DAY) -> Commitment:
    return Commitment.objects.create(
        decision=a_decision(case, made_at),
        suggestion=case,
        organisation=an_operator(),
        what="A bench",
        first_due_on=first_due_on,
        made_at=made_at,
        known_at=made_at,
    )


def a_delivery(case: Suggestion, at: datetime, *, commitment: Commitment | None = None, known_at: datetime | None = None) -> Delivery:
    return Delivery.objects.create(
        suggestion=case,
        commitment=commitment,
        organisation=an_operator(),
        by=_agent(),
        evidence="It stands.",
        delivered_at=at,
        known_at=known_at or at,
    )


def a_duty(
    case: Suggestion,
    due_at: datetime | None,
    *,
    act: Act = Act.ANSWER,
    gross_due_at: datetime | None = None,
    owner: Organisation | None = None,
    met_known_at: datetime | None = None,
    **fields,
) -> Obligation:
    """A clock with a printed due moment, or with none at all."""
    gross_due_at = gross_due_at or due_at
    if "met_at" in fields:
        fields["met_known_at"] = met_known_at or fields["met_at"]
    obligation = Obligation.objects.create(
        act=act,
        owner=owner or an_operator(),
        suggestion=case,
        due_basis=Obligation.DueBasis.PRINTED if due_at else Obligation.DueBasis.NONE,
        opened_at=case.received_at,
        known_at=case.known_at,
        due_at=due_at,
        gross_due_at=gross_due_at,
        **fields,
    )
    ObligationTerm.objects.create(
        obligation=obligation, cause=ObligationTerm.Cause.OPENED, due_at=due_at, gross_due_at=gross_due_at, known_at=case.known_at
    )
    return obligation


def _agent() -> Actor:
    return Actor.objects.filter(kind=Actor.Kind.MEMBERSHIP).first() or an_agent()
