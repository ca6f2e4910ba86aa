"""The clauses of the demo: what each contract asks, and what the city owes where there is no contract."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from portal.actions.contracts import publish_service_level
from portal.city_days import start_of_day
from portal.models import (
    Act,
    Actor,
    Assurance,
    Category,
    Contract,
    EscalationStep,
    Organisation,
    PauseReason,
    Service,
    ServiceLevel,
    WorkingCalendar,
)
from suggestions.demo.calendars import ALWAYS, MINUTES_A_DAY
from suggestions.demo.services import PROBLEM, Texts

Level = EscalationStep.Level
FULL_LADDER = ((Level.OPERATOR_MANAGER, 1), (Level.CITY_MANAGER, 4), (Level.POLITICAL, 12))
SHORT_LADDER = ((Level.OPERATOR_MANAGER, 1), (Level.CITY_MANAGER, 5))
CITY_LADDER = ((Level.CITY_MANAGER, 2), (Level.POLITICAL, 10))


@dataclass(frozen=True)
class Clause:
    """One clause in working days of its calendar; where it was changed, its first version gave `days_before`."""

    number: str
    act: Act
    days: int
    text: Texts
    ladder: tuple[tuple[str, int], ...] = ()
    topic: str = ""
    calendar: str = ""  # empty: the one of the contract
    pause_days: int = 0
    promise_days: int | None = None
    days_before: int = 0
    threshold: int | None = None  # owed once so many proven people support it


HEARING_FROM = 300
ACKNOWLEDGE = Clause(
    "1",
    Act.ACKNOWLEDGE,
    1,
    {
        "en": "A person of the operator acknowledges each suggestion by the same moment of the next working day.",
        "nl": "Een medewerker van de operator bevestigt elke suggestie vóór hetzelfde uur van de volgende werkdag.",
    },
)


def _answer(days: int, *, before: int = 0) -> Clause:
    return Clause(
        "2",
        Act.ANSWER,
        days,
        {
            "en": "Each suggestion gets a decision with reasons within {days} working days. While the citizen is asked something the "
            "clock stands, five working days at most. Promises reach at most 120 days ahead.",
            "nl": "Elke suggestie krijgt binnen {days} werkdagen een beslissing met redenen. Terwijl aan de burger iets gevraagd wordt "
            "staat de klok stil, hoogstens vijf werkdagen. Beloften reiken hoogstens 120 dagen ver.",
        },
        ladder=FULL_LADDER,
        pause_days=5,
        promise_days=120,
        days_before=before,
    )


def _solve(days: int) -> Clause:
    return Clause(
        "3",
        Act.SOLVE,
        days,
        {"en": "Problems are solved within {days} working days.", "nl": "Problemen zijn opgelost binnen {days} werkdagen."},
        ladder=SHORT_LADDER,
    )


DELIVER = Clause(
    "4",
    Act.DELIVER,
    1,
    {
        "en": "What was promised is done by the end of the promised day. The author has 14 days to say whether it was.",
        "nl": "Wat beloofd is, is gedaan op het einde van de beloofde dag. De melder heeft 14 dagen om te zeggen of dat zo is.",
    },
    ladder=SHORT_LADDER,
)
REVIEW = Clause(
    "5",
    Act.REVIEW,
    10,
    {
        "en": "When the author says that it was not done, somebody else decides again within {days} working days.",
        "nl": "Zegt de melder dat het niet gedaan is, dan beslist iemand anders opnieuw binnen {days} werkdagen.",
    },
    ladder=SHORT_LADDER,
)

BICYCLE_CLAUSES = (
    ACKNOWLEDGE,
    _answer(10, before=15),
    _solve(5),
    Clause(
        "3.1",
        Act.SOLVE,
        2,
        {
            "en": "Brakes are repaired within {days} days, counted day and night.",
            "nl": "Remmen zijn hersteld binnen {days} dagen, dag en nacht geteld.",
        },
        ladder=SHORT_LADDER,
        topic="brakes",
        calendar=ALWAYS,
    ),
    DELIVER,
    REVIEW,
)
WASTE_CLAUSES = (
    ACKNOWLEDGE,
    _answer(10),
    _solve(5),
    Clause(
        "3.1",
        Act.SOLVE,
        2,
        {
            "en": "What was not collected is collected within {days} working days.",
            "nl": "Wat niet opgehaald is, wordt opgehaald binnen {days} werkdagen.",
        },
        ladder=SHORT_LADDER,
        topic="missed-collection",
    ),
    DELIVER,
    REVIEW,
)
CITY_RULES = (
    Clause(
        "R3",
        Act.HEAR,
        30,
        {
            "en": "The council hears what 300 proven people support, within {days} working days.",
            "nl": "De gemeenteraad hoort wat 300 bekende mensen steunen, binnen {days} werkdagen.",
        },
        ladder=CITY_LADDER,
        threshold=HEARING_FROM,
    ),
    Clause(
        "R1",
        Act.ACKNOWLEDGE,
        3,
        {"en": "The city acknowledges within {days} working days.", "nl": "De stad bevestigt binnen {days} werkdagen."},
    ),
    Clause(
        "R2",
        Act.ANSWER,
        20,
        {
            "en": "Where no contract says otherwise, the city decides within {days} working days.",
            "nl": "Waar geen contract iets anders zegt, beslist de stad binnen {days} werkdagen.",
        },
        ladder=CITY_LADDER,
        pause_days=5,
        promise_days=240,
    ),
    Clause(
        "R4",
        Act.DELIVER,
        1,
        {
            "en": "What the city promised is done by the end of the promised day.",
            "nl": "Wat de stad beloofde, is gedaan op het einde van de beloofde dag.",
        },
        ladder=CITY_LADDER,
    ),
    Clause(
        "R5",
        Act.REVIEW,
        15,
        {
            "en": "When the author says that it was not done, or appeals against a hiding, "
            "another official decides again within {days} working days.",
            "nl": "Zegt de melder dat het niet gedaan is, of gaat die in beroep tegen het verbergen, "
            "dan beslist een andere ambtenaar opnieuw binnen {days} werkdagen.",
        },
        ladder=CITY_LADDER,
    ),
    Clause(
        "R6",
        Act.PERSONAL_DATA,
        20,
        {
            "en": "What somebody asks about their own data is done within {days} working days.",
            "nl": "Wat iemand over de eigen gegevens vraagt, is gedaan binnen {days} werkdagen.",
        },
        ladder=CITY_LADDER,
    ),
    Clause(
        "R7",
        Act.CHECK,
        2,
        {
            "en": "What somebody reports, and what waits for publication, is looked at within {days} working days.",
            "nl": "Wat iemand meldt, en wat op publicatie wacht, wordt binnen {days} werkdagen bekeken.",
        },
        ladder=CITY_LADDER,
    ),
)


@dataclass(frozen=True)
class Terms:
    """In which calendar a set of clauses counts, from which day on, and when a clause was changed."""

    calendars: dict[str, WorkingCalendar]
    calendar: str
    first_day: date
    changed_at: datetime


def sign_contract(*, code: str, service: Service, operator: Organisation, title: Texts, first_day: date) -> Contract:
    return Contract.objects.create(code=code, service=service, operator=operator, title=title, term=DateRange(first_day, None))


def publish_clauses(clauses: tuple[Clause, ...], *, contract: Contract | None, terms: Terms, by: Actor, at: datetime) -> None:
    """Put the clauses of one contract in force, or the city's default rules where there is none."""
    begins = start_of_day(terms.first_day)
    for clause in clauses:
        versions = [(clause.days, DateTimeTZRange(begins, None))]
        if clause.days_before:
            versions = [
                (clause.days_before, DateTimeTZRange(begins, terms.changed_at)),
                (clause.days, DateTimeTZRange(terms.changed_at, None)),
            ]
        for version, (days, in_force) in enumerate(versions, start=1):
            level = _draft(clause, days=days, contract=contract, terms=terms, version=version, in_force=in_force)
            publish_service_level(service_level=level, by=by, at=at)


def _draft(clause: Clause, *, days: int, contract: Contract | None, terms: Terms, version: int, in_force: DateTimeTZRange) -> ServiceLevel:
    calendar = clause.calendar or terms.calendar
    minutes_a_day = MINUTES_A_DAY[calendar]
    level = ServiceLevel.objects.create(
        contract=contract,
        clause=clause.number,
        version=version,
        basis=ServiceLevel.Basis.CONTRACT if contract else ServiceLevel.Basis.CITY_RULE,
        owed_by=ServiceLevel.Party.OPERATOR if contract else ServiceLevel.Party.CITY,
        text={lang: text.format(days=days) for lang, text in clause.text.items()},
        act=clause.act,
        support_threshold=clause.threshold,
        threshold_assurance=Assurance.EMAIL if clause.threshold else None,
        kind=PROBLEM if clause.act == Act.SOLVE else "",
        category=Category.objects.get(service=contract.service, code=clause.topic) if contract and clause.topic else None,
        within_minutes=1 if clause.act == Act.DELIVER else days * minutes_a_day,
        calendar=terms.calendars[calendar],
        pause_reasons=[PauseReason.NEEDS_CITIZEN] if clause.pause_days else [],
        pause_limit_minutes=clause.pause_days * minutes_a_day,
        longest_promise_days=clause.promise_days,
        in_force=in_force,
    )
    for rank, (step, after_days) in enumerate(clause.ladder, start=1):
        level.ladder.create(rank=rank, level=step, after_minutes=after_days * minutes_a_day)
    return level
