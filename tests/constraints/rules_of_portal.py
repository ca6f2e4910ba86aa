"""For each constraint of portal, the ways to break it and nothing else."""

from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from portal.models import (
    Act,
    Actor,
    Area,
    Asset,
    Category,
    Closure,
    Contract,
    Criterion,
    EscalationStep,
    Event,
    Membership,
    Notification,
    OpeningHours,
    Organisation,
    PauseReason,
    PersonKey,
    Question,
    Role,
    Service,
    ServiceLevel,
    SuggestionKind,
    WorkingCalendar,
)
from tests.constraints.rows import a_clause_row, change
from tests.factories import (
    HOUR,
    MONDAY_NOON,
    a_category,
    a_clause,
    a_contract,
    a_criterion,
    a_member,
    a_person,
    a_service,
    an_operator,
    the_city,
)


def an_asset(**fields):
    return Asset.objects.create(**{"service": a_service(), "code": "station-1", "name": "Station 1"} | fields)


def a_draft_calendar(**fields):
    calendar = WorkingCalendar.objects.get_or_create(code="draft", defaults={"name": "Draft"})[0]
    days = {"covers_from": date(2026, 1, 1), "covers_until": date(2027, 1, 1)}
    return calendar.versions.create(**{"number": 1, "time_zone": "Europe/Brussels"} | days | fields)


def a_frame(**fields):
    version = fields.get("version") or a_draft_calendar()
    return OpeningHours.objects.create(**{"version": version, "weekday": 0, "opens": 540, "closes": 1020} | fields)


def a_closure(**fields):
    version = fields.get("version") or a_draft_calendar()
    return Closure.objects.create(**{"version": version, "day": date(2026, 5, 1), "reason": "Labour Day"} | fields)


def a_draft_contract(**fields):
    term = DateRange(date(2020, 1, 1), None)
    fields = {"service": a_service(), "operator": an_operator(), "title": {"en": "Contract"}, "term": term} | fields
    return Contract.objects.create(**{"code": f"draft-{Contract.objects.count()}"} | fields)


def a_step_row(**fields):
    clause = fields.get("service_level") or a_clause_row()
    return EscalationStep.objects.create(
        **{"service_level": clause, "rank": 1, "level": EscalationStep.Level.CITY_MANAGER, "after_minutes": 60} | fields
    )


def a_question(**fields):
    return Question.objects.create(
        **{"category": a_category(), "code": "number", "text": {"en": "Which?"}, "answer": Question.Answer.TEXT} | fields
    )


def a_membership(**fields):
    organisation = fields.get("organisation") or the_city()
    return Membership.objects.create(
        **{
            "person": fields.get("person") or a_person(),
            "organisation": organisation,
            "organisation_kind": organisation.kind,
            "role": Role.CITY_CLERK,
            "from_at": MONDAY_NOON,
        }
        | fields
    )


def an_event(**fields):
    fields = {"kind": Event.Kind.CLAUSE_PUBLISHED, "about": "x/1", "actor": "system", "at": MONDAY_NOON, "known_at": MONDAY_NOON} | fields
    return Event.objects.create(**fields)


def a_notification(**fields):
    return Notification.objects.create(
        **{
            "kind": Notification.Kind.LATE,
            "organisation": an_operator(),
            "role": Role.OPERATOR_AGENT,
            "occasion": "obligation/1",
            "told_at": MONDAY_NOON,
        }
        | fields
    )


def a_person_key():
    return PersonKey.objects.create(person=a_person(), scheme=PersonKey.Scheme.EID, hash=b"k" * 32, added_at=MONDAY_NOON)


def an_actor_twice():
    person = a_person()
    for _ in range(2):
        Actor.objects.create(kind=Actor.Kind.PERSON, person=person)


def a_version_twice():
    first = a_draft_calendar()
    first.calendar.versions.create(number=first.number, time_zone="UTC", covers_from=first.covers_from, covers_until=first.covers_until)


def a_frame_twice():
    version = a_draft_calendar()
    for closes in (720, 1020):
        a_frame(version=version, closes=closes)


def a_closure_twice():
    version = a_draft_calendar()
    for _ in range(2):
        a_closure(version=version)


def a_clause_version_twice(contract: Contract | None):
    city_rule = {} if contract else {"basis": ServiceLevel.Basis.CITY_RULE, "owed_by": ServiceLevel.Party.CITY}
    for _ in range(2):
        a_clause_row(contract=contract, clause="7", **city_rule)


def two_published_clauses(contract: Contract | None):
    for _ in range(2):
        a_clause(Act.ANSWER, contract)


def two_steps(**fields):
    clause = a_clause_row()
    a_step_row(service_level=clause)
    a_step_row(service_level=clause, **fields)


def a_second_current_membership():
    first = a_membership()
    a_membership(person=first.person, from_at=MONDAY_NOON + HOUR)


RULES = {
    "actor_once_per_capacity": [
        an_actor_twice,
        lambda: [Actor.objects.create(kind=Actor.Kind.NOBODY) for _ in range(2)],
    ],
    "actor_fields_fit_kind": [
        lambda: Actor.objects.create(kind=Actor.Kind.PERSON),
        lambda: Actor.objects.create(kind=Actor.Kind.MEMBERSHIP),
        lambda: Actor.objects.create(kind=Actor.Kind.HELPER),
        lambda: Actor.objects.create(kind=Actor.Kind.RECEIPT),
        lambda: Actor.objects.create(kind=Actor.Kind.SYSTEM, person=a_person()),
        lambda: Actor.objects.create(kind="device"),
    ],
    "area_has_a_name": [lambda: Area.objects.create(code="centre", name={})],
    "area_not_its_own_part": [lambda: change(area := Area.objects.create(code="centre", name={"en": "Centre"}), parent=area)],
    "asset_once_per_service": [lambda: [an_asset() for _ in range(2)]],
    "asset_stands_on_earth": [
        lambda: an_asset(latitude=Decimal("90.1"), longitude=Decimal("4")),
        lambda: an_asset(latitude=Decimal("51"), longitude=Decimal("-180.1")),
        lambda: an_asset(latitude=Decimal("51")),
        lambda: an_asset(longitude=Decimal("4")),
    ],
    "calendar_version_once": [a_version_twice],
    "calendar_version_covers_days": [lambda: a_draft_calendar(covers_until=date(2026, 1, 1))],
    "opening_hours_once": [a_frame_twice],
    "opening_hours_within_a_day": [
        lambda: a_frame(weekday=7),
        lambda: a_frame(closes=1441),
        lambda: a_frame(opens=1020),
    ],
    "closure_once_a_day": [a_closure_twice],
    "closure_has_a_reason": [lambda: a_closure(reason="")],
    "contract_one_per_service_and_area": [
        lambda: [a_draft_contract(), a_draft_contract(operator=an_operator("second"), term=DateRange(date(2026, 1, 1), date(2027, 1, 1)))],
    ],
    "contract_has_a_title": [lambda: a_draft_contract(title={})],
    "contract_has_a_first_day": [
        lambda: a_draft_contract(term=DateRange(None, date(2027, 1, 1))),
        lambda: a_draft_contract(term=DateRange(empty=True)),
    ],
    "service_level_once_per_version": [lambda: a_clause_version_twice(a_contract(clauses=False)), lambda: a_clause_version_twice(None)],
    "service_level_no_two_for_one_case": [
        lambda: two_published_clauses(a_contract(clauses=False)),
        lambda: two_published_clauses(None),
    ],
    "service_level_says_what": [lambda: a_clause_row(text={}), lambda: a_clause_row(clause="")],
    "service_level_gives_time": [
        lambda: a_clause_row(within_minutes=0),
        lambda: a_clause_row(warn_percent=0),
        lambda: a_clause_row(warn_percent=100),
    ],
    "service_level_default_is_the_citys": [
        lambda: a_clause_row(contract=None, owed_by=ServiceLevel.Party.OPERATOR),
        lambda: a_clause_row(contract=None, basis=ServiceLevel.Basis.CONTRACT),
    ],
    "service_level_pauses_have_a_limit": [lambda: a_clause_row(pause_reasons=[PauseReason.NEEDS_CITIZEN])],
    "service_level_solve_is_for_problems": [
        lambda: a_clause_row(act=Act.SOLVE),
        lambda: a_clause_row(act=Act.SOLVE, kind=SuggestionKind.IDEA),
    ],
    "service_level_has_a_first_moment": [
        lambda: a_clause_row(in_force=DateTimeTZRange(None, None)),
        lambda: a_clause_row(in_force=DateTimeTZRange(empty=True)),
    ],
    "escalation_step_once": [lambda: two_steps(level=EscalationStep.Level.POLITICAL)],
    "escalation_step_one_per_level": [lambda: two_steps(rank=2)],
    "escalation_step_counts_from_one": [lambda: a_step_row(rank=0)],
    "event_says_what_and_who": [lambda: an_event(about=""), lambda: an_event(actor="")],
    "notification_once_per_occasion": [lambda: [a_notification() for _ in range(2)]],
    "notification_has_an_occasion": [lambda: a_notification(occasion="")],
    "organisation_one_city": [lambda: [the_city(), Organisation.objects.create(kind=Organisation.Kind.CITY, code="city-2", name="Two")]],
    "organisation_has_a_name": [lambda: Organisation.objects.create(kind=Organisation.Kind.OPERATOR, code="nameless", name="")],
    "membership_role_fits_organisation": [
        lambda: a_membership(role=Role.OPERATOR_AGENT),
        lambda: a_membership(organisation=an_operator(), role=Role.CITY_MANAGER),
    ],
    "membership_ends_after_start": [lambda: a_membership(until_at=MONDAY_NOON)],
    "membership_once_at_a_time": [a_second_current_membership],
    "person_email_is_lower_case": [lambda: a_person(email="Anna@example.org")],
    "person_erased_is_blank": [
        lambda: a_person(email="anna@example.org", erased_at=MONDAY_NOON, is_active=False),
        lambda: a_person(email=None, name="Anna", erased_at=MONDAY_NOON, is_active=False),
        lambda: a_person(email=None, phone="1", erased_at=MONDAY_NOON, is_active=False),
        lambda: a_person(email=None, postal_address="Here 1", erased_at=MONDAY_NOON, is_active=False),
        lambda: a_person(email=None, erased_at=MONDAY_NOON),
    ],
    "person_key_belongs_to_one_person": [lambda: [a_person_key() for _ in range(2)]],
    "service_has_a_name": [lambda: Service.objects.create(code="waste", name={})],
    "category_once_per_service": [
        lambda: Category.objects.create(service=a_category().service, code=a_category().code, name={"en": "Again"})
    ],
    "category_has_a_name": [lambda: Category.objects.create(service=a_service(), code="lights", name={})],
    "question_once_per_category": [lambda: [a_question() for _ in range(2)]],
    "question_has_a_text": [lambda: a_question(text={})],
    "question_choice_has_options": [lambda: a_question(answer=Question.Answer.CHOICE)],
    "criterion_once_per_version": [
        lambda: Criterion.objects.create(code=a_criterion().code, version=1, text={"en": "Again"}, published_at=MONDAY_NOON)
    ],
    "criterion_has_a_text": [lambda: Criterion.objects.create(code="costly", text={}, published_at=MONDAY_NOON)],
}


# Beside Meta.constraints: made by a migration, because Django has no composite foreign keys.
COMPOSITE_KEYS = {
    "membership_kind_is_the_organisations": [
        lambda: change(a_member(Role.HELPER, the_city()).membership, organisation=an_operator()),
        lambda: change(a_member(Role.HELPER, the_city()).membership, organisation_kind=Organisation.Kind.PARTNER),
        lambda: change(a_member(Role.HELPER, the_city()).membership.organisation, kind=Organisation.Kind.GROUP),
    ],
}

UNBREAKABLE = {"organisation_id_and_kind": "the id alone is unique already; the key is there for memberships to point at"}
