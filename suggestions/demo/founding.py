"""The demo city before anybody says anything: its parties, places, calendars, contracts and grounds for a refusal."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from portal.city_days import city_day
from portal.models import Actor, Area, Asset, Category, Criterion, Membership, Organisation, Person, Question, Service, WorkingCalendar
from suggestions.demo import accounts
from suggestions.demo.bicycles import BICYCLES
from suggestions.demo.calendars import CITY_DESK, OPERATOR_HOURS, publish_calendars
from suggestions.demo.contracts import BICYCLE_CLAUSES, CITY_RULES, WASTE_CLAUSES, Terms, publish_clauses, sign_contract
from suggestions.demo.home_care import HOME_CARE
from suggestions.demo.outlines import outlines_around
from suggestions.demo.services import DemoService, Texts, Topic
from suggestions.demo.waste import WASTE

SERVICES = (BICYCLES, WASTE, HOME_CARE)
BICYCLE_OPERATOR, WASTE_OPERATOR, CITY = "demofiets", "demoschoon", "city"
RESIDENTS = 24

AREAS = {  # code: name, and where its middle lies
    "oude-haven": ("Oude Haven", "51.0210", "3.9105"),
    "stationsbuurt": ("Stationsbuurt", "51.0142", "3.9218"),
    "molenkwartier": ("Molenkwartier", "51.0281", "3.9190"),
    "parkrand": ("Parkrand", "51.0195", "3.9352"),
    "kanaalzijde": ("Kanaalzijde", "51.0323", "3.9054"),
    "hoogveld": ("Hoogveld", "51.0078", "3.9041"),
    "lindenhof": ("Lindenhof", "51.0251", "3.9467"),
}

CRITERIA: dict[str, Texts] = {
    "less-safe": {"en": "It would make the service less safe.", "nl": "Het zou de dienst minder veilig maken."},
    "outside-the-contract": {"en": "The contract does not cover it.", "nl": "Het valt buiten het contract."},
    "out-of-proportion": {
        "en": "It costs far more than what people gain by it.",
        "nl": "Het kost veel meer dan wat mensen erbij winnen.",
    },
    "against-the-law": {"en": "The law does not allow it.", "nl": "De wet laat het niet toe."},
    "done-already": {"en": "It is there already, or the work has begun.", "nl": "Het is er al, of het werk is begonnen."},
    "not-found": {"en": "We looked and did not find the fault.", "nl": "We gingen kijken en vonden de fout niet."},
}

GROUNDS_TO_HIDE: dict[str, Texts] = {
    "private-facts": {"en": "It shows private facts about a person.", "nl": "Er staan privégegevens van iemand in."},
    "insults": {"en": "It insults or threatens somebody.", "nl": "Er wordt iemand in beledigd of bedreigd."},
    "unlawful": {"en": "The law forbids publishing it.", "nl": "De wet verbiedt dit te publiceren."},
    "advertising": {"en": "It advertises something for sale.", "nl": "Er wordt reclame in gemaakt."},
}


@transaction.atomic
def found_city(*, at: datetime, changed_at: datetime) -> None:
    """Write everything that is there before the first suggestion; whether it was founded is read from the city desk's calendar."""
    organisations = _organisations()
    accounts.open_accounts(organisations, at=at)
    Person.objects.bulk_create(Person(email=f"resident{number:02}@demo.example", password="!") for number in range(1, RESIDENTS + 1))
    calendars = publish_calendars(at=at)
    outlines = outlines_around({code: (float(longitude), float(latitude)) for code, (_name, latitude, longitude) in AREAS.items()})
    areas = {
        code: Area.objects.create(code=code, name={"en": name, "nl": name}, outline=outlines[code])
        for code, (name, *_middle) in AREAS.items()
    }
    services = {service.code: _service(service, areas) for service in SERVICES}
    for code, text in CRITERIA.items():
        Criterion.objects.create(code=code, text=text, published_at=at)
    for code, text in GROUNDS_TO_HIDE.items():
        Criterion.objects.create(code=code, use=Criterion.Use.MODERATION, text=text, published_at=at)
    _contracts(services, organisations, calendars, at=at, changed_at=changed_at)


def _organisations() -> dict[str, Organisation]:
    kinds = Organisation.Kind
    city, _created = Organisation.objects.get_or_create(
        kind=kinds.CITY, defaults={"code": CITY, "name": settings.CITY_NAME, "contact": "Stadsbalie, Marktplein 1"}
    )
    operators = {BICYCLE_OPERATOR: ("Demofiets", "Postplein 4"), WASTE_OPERATOR: ("Demoschoon", "Loskade 12")}
    return {CITY: city} | {
        code: Organisation.objects.create(kind=kinds.OPERATOR, code=code, name=name, contact=contact)
        for code, (name, contact) in operators.items()
    }


def _service(demo: DemoService, areas: dict[str, Area]) -> Service:
    service = Service.objects.create(code=demo.code, name=demo.name, description=demo.description, visibility=demo.visibility)
    for topic in demo.topics:
        _category(service, topic)
    for number, (code, name, area) in enumerate(demo.assets):
        _name, latitude, longitude = AREAS[area]
        Asset.objects.create(
            service=service,
            code=code,
            name=name,
            area=areas[area],
            latitude=Decimal(latitude) + Decimal(number * 7 % 11 - 5) / 2000,
            longitude=Decimal(longitude) + Decimal(number * 5 % 13 - 6) / 1500,
        )
    return service


def _category(service: Service, topic: Topic) -> None:
    category = Category.objects.create(service=service, code=topic.code, name=topic.name, kinds=list(topic.kinds))
    for place, ask in enumerate(topic.asks):
        Question.objects.create(
            category=category,
            code=ask.code,
            text=ask.text,
            answer=ask.answer,
            options=[{"code": code, "name": name} for code, name in ask.options],
            is_required=ask.is_required,
            is_public=ask.is_public,
            place=place,
        )


def _contracts(
    services: dict[str, Service],
    organisations: dict[str, Organisation],
    calendars: dict[str, WorkingCalendar],
    *,
    at: datetime,
    changed_at: datetime,
) -> None:
    first_day = date(city_day(at).year - 1, 1, 1)
    manager = Actor.objects.membership(Membership.objects.get(person__email=accounts.CITY_MANAGER).pk)
    publish_clauses(CITY_RULES, contract=None, terms=Terms(calendars, CITY_DESK, first_day, changed_at), by=manager, at=at)
    for service, operator, title, clauses in (
        (BICYCLES, BICYCLE_OPERATOR, {"en": "Contract for shared bicycles", "nl": "Contract deelfietsen"}, BICYCLE_CLAUSES),
        (WASTE, WASTE_OPERATOR, {"en": "Contract for waste and cleaning", "nl": "Contract afval en netheid"}, WASTE_CLAUSES),
    ):
        contract = sign_contract(
            code=f"{service.code}-{first_day.year}",
            service=services[service.code],
            operator=organisations[operator],
            title=title,
            first_day=first_day,
        )
        publish_clauses(clauses, contract=contract, terms=Terms(calendars, OPERATOR_HOURS, first_day, changed_at), by=manager, at=at)
