"""Who sends a suggestion in the demo, by which channel, and how the answer reaches them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from portal.models import Actor, AnswerBy
from suggestions.actions.suggestions import Contact
from suggestions.demo.city import DemoCity
from suggestions.demo.founding import CITY
from suggestions.models import Channel, OpenedBy


@dataclass(frozen=True)
class Sender:
    by: Actor
    channel: Channel
    answer_by: AnswerBy = AnswerBy.COME_BACK
    contact: Contact | None = None
    on_the_way: timedelta = timedelta()  # between the moment of receipt and the record's knowing
    opened_by: OpenedBy = OpenedBy.CITIZEN


def choose_sender(city: DemoCity, chance: Random) -> Sender:
    makers, weights = zip(*_SENDERS.items(), strict=True)
    maker: Callable[[DemoCity, Random], Sender] = chance.choices(makers, weights)[0]
    return maker(city, chance)


def _with_account(city: DemoCity, chance: Random) -> Sender:
    regulars = [3] * 2 + [1] * (len(city.citizens) - 2)  # those who can sign in to the demo find something of theirs
    return Sender(chance.choices(city.citizens, regulars)[0], Channel.WEB, AnswerBy.EMAIL)


def _by_web(city: DemoCity, chance: Random) -> Sender:
    return _from_nobody(Channel.WEB, chance, mail=0.6)


def _at_kiosk(city: DemoCity, chance: Random) -> Sender:
    if chance.random() < 0.3:
        return Sender(Actor.objects.nobody(), Channel.KIOSK, AnswerBy.SMS, Contact(phone=_phone(chance)))
    return Sender(Actor.objects.nobody(), Channel.KIOSK)


def _with_helper(city: DemoCity, chance: Random) -> Sender:
    helped = chance.choice(city.citizens[2:]) if chance.random() < 0.5 else None
    helper, _created = Actor.objects.get_or_create(
        kind=Actor.Kind.HELPER, membership=city.helper.membership, on_behalf_of=helped.person if helped else None
    )
    if helped:
        return Sender(helper, Channel.ASSISTED, AnswerBy.EMAIL)
    return Sender(helper, Channel.ASSISTED, AnswerBy.LETTER, Contact(postal_address=_address(chance)))


def _on_paper(city: DemoCity, chance: Random) -> Sender:
    days = timedelta(days=chance.randint(1, 6), minutes=chance.randint(0, 300))
    clerk = city.parties[CITY].agent
    if chance.random() < 0.3:
        return Sender(clerk, Channel.PAPER, on_the_way=days)
    return Sender(clerk, Channel.PAPER, AnswerBy.LETTER, Contact(postal_address=_address(chance)), days)


def _by_phone(city: DemoCity, chance: Random) -> Sender:
    minutes = timedelta(minutes=chance.randint(4, 180))
    return Sender(city.parties[CITY].agent, Channel.PHONE, AnswerBy.CALL, Contact(phone=_phone(chance)), minutes)


def _at_operator(city: DemoCity, chance: Random) -> Sender:
    hours = timedelta(hours=chance.randint(1, 12))  # handed on as data, some times a day
    sender = _from_nobody(Channel.OPERATOR, chance, mail=0.8)
    return Sender(sender.by, sender.channel, sender.answer_by, sender.contact, hours)


def _by_software(city: DemoCity, chance: Random) -> Sender:
    return _from_nobody(chance.choice([Channel.API, Channel.OPEN311]), chance, mail=0.7)


def _city_staff(city: DemoCity, chance: Random) -> Sender:
    return Sender(city.parties[CITY].agent, Channel.WEB, opened_by=OpenedBy.STAFF)


_SENDERS: dict[Callable[[DemoCity, Random], Sender], int] = {
    _with_account: 24,
    _by_web: 22,
    _at_kiosk: 10,
    _with_helper: 9,
    _on_paper: 9,
    _by_phone: 10,
    _at_operator: 8,
    _by_software: 6,
    _city_staff: 2,
}


def _from_nobody(channel: Channel, chance: Random, *, mail: float) -> Sender:
    if chance.random() < mail:
        return Sender(Actor.objects.nobody(), channel, AnswerBy.EMAIL, Contact(email=f"neighbour{chance.randint(100, 999)}@demo.example"))
    return Sender(Actor.objects.nobody(), channel)


def _phone(chance: Random) -> str:
    return f"000 {chance.randint(10, 99)} {chance.randint(10, 99)} {chance.randint(10, 99)}"


def _address(chance: Random) -> str:
    return f"{chance.choice(STREETS)} {chance.randint(1, 90)}, Demostad"


STREETS = (
    "Appelstraat", "Bakkersgang", "Berkenlaan", "Distelweg", "Eikenpad", "Ganzenhof", "Hopmarkt", "Kerselaan", "Klokstraat",
    "Lisdreef", "Meerkoetstraat", "Merelplein", "Notelaarstraat", "Oeverpad", "Pottersteeg", "Rozenhoek", "Schuurstraat",
    "Smidsgang", "Veerstraat", "Wolkammerij", "Zandweg", "Zilverhof",
)  # fmt: skip
