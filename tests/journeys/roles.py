"""One small city with something at every address, and a browser for every role: what the role matrix and the canary walk through."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver

from portal.actions.notices import unsubscribe_token
from portal.actions.people import learn_key
from portal.actions.tokens import issue_token
from portal.middleware import RECEIPTS
from portal.models import Actor, Erasure, Event, Notice, Organisation, PersonKey, Role, TokenScope, Visibility
from suggestions.actions.commitments import fix_with_evidence
from suggestions.actions.decisions import decide
from suggestions.actions.moderation import appeal_hiding, hide_item, report_item
from suggestions.actions.personal_requests import receive_request
from suggestions.actions.photos import add_photo, senders_of
from suggestions.actions.responses import ask_citizen
from suggestions.actions.suggestions import Contact
from suggestions.actions.supports import Declaration, give_support
from suggestions.models import Channel, Decision, Flag, PersonalRequest, Suggestion
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_browser,
    a_clerk,
    a_contract,
    a_criterion,
    a_ground,
    a_member,
    a_person,
    a_suggestion,
    an_agent,
    an_operator,
    nobody,
    the_default_rules,
)
from tests.suggestions.pictures import a_picture

ROLES: dict[str, Any] = {  # one letter for each, as the matrix writes them
    "n": None,  # nobody: no account, no receipt
    "c": "citizen",  # somebody else than the author
    "w": "author",
    "r": "receipt",  # nobody by name, who showed the receipt of the author's private case
    "h": Role.HELPER,
    "g": Role.GROUP_OFFICER,
    "a": Role.OPERATOR_AGENT,  # of the contract
    "m": Role.OPERATOR_MANAGER,  # of the contract
    "x": "other operator",
    "k": Role.CITY_CLERK,
    "y": Role.CITY_MANAGER,
    "s": Role.COUNCIL_SECRETARY,
    "v": Role.VERIFICATION_OFFICER,
    "d": Role.AUDITOR,
}


@dataclass
class City:
    author: Actor
    contact: Contact
    cases: dict[str, Suggestion] = field(default_factory=dict)
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)  # of the routes, by their name
    browsers: dict[str, Client] = field(default_factory=dict)

    def browser(self, letter: str) -> Client:
        """A new browser with the sign-in of this role: nothing that an earlier page left in it."""
        if letter not in self.browsers:
            self.browsers[letter] = _a_browser_of(ROLES[letter], self)
        fresh = Client()
        fresh.cookies = self.browsers[letter].cookies.copy()
        return fresh


def named_routes(patterns: list[Any] | None = None, namespace: str = "") -> dict[str, str]:
    """Every route of the portal by its name, with the pattern of its own part of the address."""
    found = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            found |= named_routes(pattern.url_patterns, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif pattern.name:
            found[f"{namespace}{pattern.name}"] = str(pattern.pattern)
    return found


def a_city(contact: Contact, *, words: str = "Every morning at the station.", declared: Declaration | None = None) -> City:
    """A public and a private case of one author, with a question, a photo, a report, a hiding, a delivery, a decision and a doubt."""
    the_default_rules()
    contract = a_contract()
    person = a_person(email=contact.email, name=contact.name, phone=contact.phone, postal_address=contact.postal_address)
    author = Actor.objects.person(person.pk)
    learn_key(person=person, scheme=PersonKey.Scheme.EMAIL, attribute=contact.email, at=MONDAY_NOON)
    city = City(author, contact)
    for name, visibility in (
        ("public", None),
        ("private", Visibility.CITY_AND_OPERATOR),
        ("hidden", None),
        ("done", None),
        ("decided", None),
    ):
        city.cases[name] = a_suggestion(
            service=contract.service,
            by=author,
            title=f"The brakes squeal ({name})",
            text=words,
            visibility=visibility,
            answer_by="letter",
            contact=contact,
            received_at=MONDAY_NOON,
        )
    agent, clerk = an_agent(), a_clerk()
    private, public = city.cases["private"], city.cases["public"]
    question, _standing = ask_citizen(suggestion=private, by=agent, text="Which one?", at=MONDAY_NOON + HOUR)
    delivery = fix_with_evidence(suggestion=city.cases["done"], by=agent, evidence="Mended: come and see.", at=MONDAY_NOON + HOUR)
    decision = decide(
        suggestion=city.cases["decided"],
        by=agent,
        outcome=Decision.Outcome.DECLINED,
        reasons="It would be unsafe.",
        criterion=a_criterion(),
        at=MONDAY_NOON + HOUR,
    )
    photo = add_photo(suggestion=private, by=author, sent=a_picture(), senders=senders_of(sender="1"), at=MONDAY_NOON)
    report_item(item=public, by=nobody(), reason=Flag.Reason.OTHER, at=MONDAY_NOON)
    hiding = hide_item(item=city.cases["hidden"], by=clerk, criterion=a_ground(), reasons="It names somebody.", at=MONDAY_NOON + HOUR)
    appeal = appeal_hiding(hiding=hiding, by=author, text="It is my own name.", at=MONDAY_NOON + 2 * HOUR)
    doubtful = _a_doubt(public, author, declared)
    asked = receive_request(
        kind=PersonalRequest.Kind.ERASE,
        by=clerk,
        channel=Channel.PAPER,
        identity=Erasure.Identity.KNOWN,
        received_at=MONDAY_NOON,
        at=MONDAY_NOON,
        person=person,
    )
    token = issue_token(by=author, name="My own app", scopes=[TokenScope.READ], expires_at=MONDAY_NOON + 300 * DAY, at=MONDAY_NOON).token
    Notice.objects.create(
        person=person,
        kind=Event.Kind.RESPONSE_PUBLISHED,
        scope="own",
        case=private.reference,
        event=uuid4(),
        way="letter",
        pace="at_once",
        known_at=MONDAY_NOON,
        told_at=MONDAY_NOON,
    )
    erasure = Erasure.objects.create(
        scope="person", role="citizen", identity="sign_in", words_too=False, removed={"portal.Person": 1}, erased_at=MONDAY_NOON
    )
    city.arguments = {
        "reference": {"reference": private.reference},
        "suggestions:satisfaction": {"reference": city.cases["decided"].reference, "response": decision.response.uuid},
        "suggestions:verdict": {"reference": city.cases["done"].reference, "delivery": delivery.uuid},
        "suggestions:reply": {"question": question.uuid},
        "suggestions:report": {"reference": public.reference, "noun": "suggestion", "item": public.uuid},
        "suggestions:hide": {"noun": "suggestion", "item": public.uuid},
        "suggestions:lift": {"hiding": hiding.uuid},
        "suggestions:appeal": {"reference": city.cases["hidden"].reference, "hiding": hiding.uuid},
        "suggestions:rule": {"appeal": appeal.uuid},
        "suggestions:photo": {"photo": photo.uuid, "size": "small"},
        "suggestions:remove_photo": {"photo": photo.uuid},
        "suggestions:review_photo": {"photo": photo.uuid},
        "suggestions:settle_doubt": {"support": doubtful.uuid},
        "suggestions:support": {"reference": public.reference},
        "suggestions:take_back": {"reference": public.reference},
        "suggestions:follow_service": {"code": contract.service.code},
        "suggestions:unsubscribe": {"token": unsubscribe_token(person, ["own"])},
        "suggestions:erasure_receipt": {"reference": erasure.reference},
        "portal:revoke_token": {"token": token.uuid},
        "reports:export": {"name": "suggestions"},
        "suggestions_api:support": {"reference": public.reference},
        "portal_api:service": {"code": contract.service.code},
        "portal_api:assets": {"code": contract.service.code},
        "portal_api:contract": {"code": contract.code},
    }
    for name in ("personal_request", "personal_request_erase", "personal_request_done", "personal_request_json", "personal_request_csv"):
        city.arguments[f"suggestions:{name}"] = {"reference": asked.reference}
    return city


def _a_doubt(suggestion: Suggestion, author: Actor, declared: Declaration | None) -> Any:
    """Two accounts that declare the same person: the second is held."""
    declared = declared or Declaration(name="Anna Peeters", born_on=MONDAY_NOON.date().replace(year=1960), postcode="2000")
    for number, by in enumerate((author, Actor.objects.person(a_person().pk))):
        attribute = f"doubt{number}@example.org" if number else author.person.email
        learn_key(person=by.person, scheme=PersonKey.Scheme.EMAIL, attribute=attribute, at=MONDAY_NOON)
        cast = give_support(suggestion=suggestion, by=by, channel=Channel.WEB, declaration=declared, at=MONDAY_NOON)
    return cast.support


def _a_browser_of(role: Any, city: City) -> Client:
    if role is None:
        return a_browser()
    if role == "citizen":
        return a_browser(Actor.objects.person(a_person().pk))
    if role == "receipt":
        visitor = a_browser()
        session = visitor.session
        session[RECEIPTS] = [city.cases["private"].reference]
        session.save()
        visitor.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return visitor
    if role == "author":
        return a_browser(city.author)
    if role == "other operator":
        return a_browser(an_agent(an_operator("another-operator")))
    if role == Role.GROUP_OFFICER:
        group = Organisation.objects.create(kind=Organisation.Kind.GROUP, code="cyclists", name="The Cyclists")
        return a_browser(a_member(role, group))
    return a_browser(a_member(role))
