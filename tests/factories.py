"""Plain builders: each makes one thing that the database accepts, and whatever that thing needs."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.test import Client

from portal.actions.calendars import publish_calendar
from portal.actions.organisations import appoint
from portal.middleware import CAPACITY
from portal.models import (
    Act,
    Actor,
    CalendarVersion,
    Category,
    Contract,
    Criterion,
    EscalationStep,
    Organisation,
    PauseReason,
    Person,
    Role,
    Service,
    ServiceLevel,
    SuggestionKind,
    WorkingCalendar,
)
from suggestions.actions.suggestions import Contact, Receipt, submit_suggestion
from suggestions.models import Channel, Obligation, Suggestion

MONDAY_NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)  # noon in Brussels, an ordinary working day
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE_HOURS = {weekday: [(9 * 60, 17 * 60)] for weekday in range(5)}

_number = count(1)


def the_city() -> Organisation:
    return Organisation.objects.get_or_create(kind=Organisation.Kind.CITY, defaults={"code": "city", "name": "The City"})[0]


def an_operator(code: str = "operator") -> Organisation:
    return Organisation.objects.get_or_create(code=code, defaults={"kind": Organisation.Kind.OPERATOR, "name": "The Operator"})[0]


def a_person(**fields: Any) -> Person:
    return Person.objects.create(**{"email": f"person{next(_number)}@example.org", "password": "!"} | fields)


def a_citizen() -> Actor:
    return Actor.objects.person(a_person().pk)


def nobody() -> Actor:
    return Actor.objects.nobody()


def a_member(role: Role, organisation: Organisation | None = None) -> Actor:
    if organisation is None:
        organisation = an_operator() if role in {Role.OPERATOR_AGENT, Role.OPERATOR_MANAGER} else the_city()
    membership = appoint(person=a_person(), organisation=organisation, role=role, at=MONDAY_NOON)
    return Actor.objects.membership(membership.pk)


def an_agent(organisation: Organisation | None = None) -> Actor:
    return a_member(Role.OPERATOR_AGENT, organisation)


def an_operator_manager() -> Actor:
    return a_member(Role.OPERATOR_MANAGER)


def a_clerk() -> Actor:
    return a_member(Role.CITY_CLERK)


def a_city_manager() -> Actor:
    return a_member(Role.CITY_MANAGER)


def a_calendar(code: str = "office", weekly: Any = OFFICE_HOURS) -> WorkingCalendar:
    calendar, created = WorkingCalendar.objects.get_or_create(code=code, defaults={"name": code})
    if created:
        a_calendar_version(calendar, weekly)
    return calendar


def a_calendar_version(calendar: WorkingCalendar, weekly: Any = OFFICE_HOURS) -> CalendarVersion:
    return publish_calendar(
        calendar=calendar,
        time_zone="Europe/Brussels",
        weekly=weekly,
        closures={date(2026, 5, 1): "Labour Day"},
        covers_from=date(2020, 1, 1),
        covers_until=date(2035, 1, 1),
        at=MONDAY_NOON - 100 * DAY,
    )


def a_service(code: str = "bikes") -> Service:
    return Service.objects.get_or_create(code=code, defaults={"name": {"en": "Shared bicycles"}})[0]


def a_category(service: Service | None = None, code: str = "brakes") -> Category:
    return Category.objects.get_or_create(service=service or a_service(), code=code, defaults={"name": {"en": "Brakes"}})[0]


def a_criterion(code: str = "unsafe") -> Criterion:
    return Criterion.objects.get_or_create(
        code=code, defaults={"text": {"en": "It would make the service unsafe."}, "published_at": MONDAY_NOON - 100 * DAY}
    )[0]


def a_ground(code: str = "private-facts") -> Criterion:
    """A published criterion for hiding what somebody wrote."""
    return Criterion.objects.get_or_create(
        code=code,
        defaults={
            "use": Criterion.Use.MODERATION,
            "text": {"en": "It shows private facts about a person."},
            "published_at": MONDAY_NOON - 100 * DAY,
        },
    )[0]


def a_contract(service: Service | None = None, operator: Organisation | None = None, *, clauses: bool = True) -> Contract:
    """The contract of a service, with clauses for each act unless told otherwise; asking again gives the same one."""
    service, operator = service or a_service(), operator or an_operator()
    the_city()
    contract, created = Contract.objects.get_or_create(
        service=service,
        operator=operator,
        defaults={"code": f"contract-{service.code}", "title": {"en": "Contract"}, "term": DateRange(date(2020, 1, 1), None)},
    )
    if created and clauses:
        a_clause(Act.ACKNOWLEDGE, contract, clause="1", within_minutes=8 * 60)
        a_clause(
            Act.ANSWER,
            contract,
            clause="2",
            within_minutes=5 * 8 * 60,
            pause_reasons=[PauseReason.NEEDS_CITIZEN],
            pause_limit_minutes=2 * 8 * 60,
            longest_promise_days=90,
            ladder=[(EscalationStep.Level.OPERATOR_MANAGER, 8 * 60), (EscalationStep.Level.CITY_MANAGER, 16 * 60)],
        )
        a_clause(Act.SOLVE, contract, clause="3", kind=SuggestionKind.PROBLEM, within_minutes=10 * 8 * 60)
        a_clause(Act.DELIVER, contract, clause="4", within_minutes=1, ladder=[(EscalationStep.Level.CITY_MANAGER, 8 * 60)])
        a_clause(Act.REVIEW, contract, clause="5", within_minutes=5 * 8 * 60)
    return contract


def a_clause(
    act: Act, contract: Contract | None, *, ladder: list[tuple[str, int]] | None = None, published: bool = True, **fields: Any
) -> ServiceLevel:
    level = ServiceLevel(
        **{
            "contract": contract,
            "clause": f"c{next(_number)}",
            "basis": ServiceLevel.Basis.CONTRACT if contract else ServiceLevel.Basis.CITY_RULE,
            "text": {"en": f"To {act.label}."},
            "act": act,
            "owed_by": ServiceLevel.Party.OPERATOR if contract else ServiceLevel.Party.CITY,
            "within_minutes": 8 * 60,
            "calendar": a_calendar(),
            "in_force": DateTimeTZRange(datetime(2020, 1, 1, tzinfo=UTC), None),
        }
        | fields
    )
    level.save()
    for rank, (step, minutes) in enumerate(ladder or [], start=1):
        level.ladder.create(rank=rank, level=step, after_minutes=minutes)
    if published:
        level.published_at = MONDAY_NOON - 100 * DAY
        level.save(update_fields=["published_at"])
    return level


def the_default_rules() -> None:
    """What the city owes where a contract is silent."""
    the_city()
    for act in (Act.ACKNOWLEDGE, Act.ANSWER, Act.REVIEW, Act.CHECK):
        a_clause(act, None, within_minutes=10 * 8 * 60)


def a_receipt(*, at: datetime = MONDAY_NOON, by: Actor | None = None, **fields: Any) -> Receipt:
    if "service" not in fields:
        fields["service"] = a_contract().service
    return submit_suggestion(
        **{
            "by": by or nobody(),
            "channel": Channel.WEB,
            "kind": SuggestionKind.PROBLEM,
            "title": "The brakes squeal",
            "text": "Every morning at the station.",
            "at": at,
        }
        | fields
    )


def a_suggestion(*, at: datetime = MONDAY_NOON, by: Actor | None = None, **fields: Any) -> Suggestion:
    """A problem that a citizen sent in; every clock of the contract runs."""
    return a_receipt(at=at, by=by, **fields).suggestion


def the_author(suggestion: Suggestion) -> Actor:
    return Actor.objects.receipt(suggestion.reference)


def a_contact() -> dict[str, Any]:
    return {"answer_by": "email", "contact": Contact(email=f"citizen{next(_number)}@example.org")}


def the_obligation(suggestion: Suggestion, act: Act) -> Obligation:
    return Obligation.objects.filter(suggestion=suggestion, act=act).latest("id")


def a_browser(actor: Actor | None = None) -> Client:
    """A browser signed in as this actor, in that capacity; nobody's without one."""
    client = Client()
    if actor is not None:
        person = actor.membership.person if actor.membership else actor.person
        client.force_login(person)
        session = client.session
        session[CAPACITY] = actor.membership_id
        session.save()
        if actor.membership:
            show_second_factor(client, person)
    return client


def show_second_factor(client: Client, person: Person) -> None:
    """What a sign-in leaves in the session of a browser once the second factor was shown."""
    session = client.session
    record_authentication(SimpleNamespace(session=session), person, "mfa", type="totp")
    session.save()
