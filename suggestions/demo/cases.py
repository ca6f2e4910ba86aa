"""One case of the demo while it is lived: what its people do next, always at the moment the case has reached."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.conf import settings

from portal.city_days import city_day, city_zone
from portal.models import Act, Actor, Question, Service, Visibility
from suggestions.actions.commitments import deliver, fix_with_evidence, move_promise, promise_date
from suggestions.actions.decisions import decide, settle_proposal
from suggestions.actions.photos import add_photo, review_photo, senders_of
from suggestions.actions.responses import ask_citizen, can_be_reached, publish_response, reply_to_question
from suggestions.actions.suggestions import clear_suggestion, submit_suggestion, withdraw_suggestion
from suggestions.actions.verdicts import give_verdict
from suggestions.demo.city import DemoCity, Party
from suggestions.demo.founding import AREAS, CITY
from suggestions.demo.home_care import HOME_CARE
from suggestions.demo.letters import CITIZEN, ENDINGS, letter
from suggestions.demo.pictures import SCENES, draw_photo
from suggestions.demo.senders import STREETS, Sender
from suggestions.demo.services import DemoService, Said, Topic
from suggestions.models import Channel, Commitment, Decision, Obligation, Photo, Response, Suggestion, Verdict

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"),
}
AT_NIGHT = timedelta(hours=8)
Outcome = Decision.Outcome
DESCRIPTIONS = {
    "bicycles": ("Four bicycles in a rack, one of them has fallen", "The rack this morning", "A bicycle with a bent wheel"),
    "waste": ("Three full containers with bags beside them", "Bags on the pavement", "The containers in front of the houses"),
}
REFUSALS = {
    Photo.Ground.PEOPLE: "Two people can be recognised on the left. Take it again without them, please.",
    Photo.Ground.PRIVATE: "The number plate of a parked car can be read.",
    Photo.Ground.OTHER_SUBJECT: "",
}


class Case:
    suggestion: Suggestion
    proposal: Decision
    decided_by: Actor

    def __init__(self, city: DemoCity, demo: DemoService, topic: Topic, said: Said, *, owner: str, chance: Random) -> None:
        self.city, self.demo, self.topic, self.said, self.chance = city, demo, topic, said, chance
        self.owner: Party = city.parties[owner]
        self.now = city.until
        near = chance.choice(city.assets[demo.code]) if city.assets[demo.code] else None
        self.asset = near if any(word in said.title + said.text for word in ("{station}", "{container}")) else None
        self.area = (near.area if near else None) or chance.choice(city.areas)
        self.category = city.categories[demo.code, topic.code]
        self.words = {
            "city": settings.CITY_NAME,
            "area": AREAS[self.area.code][0],
            "station": near.name if near else "",
            "container": near.name if near else "",
            "bike": f"{chance.choice('ABCDEF')}{chance.randint(100, 999)}",
            "street": chance.choice(STREETS),
            "number": str(chance.randint(1, 90)),
            "note": f"{chance.randint(100, 9999)}",
            "time": f"{chance.choice([6, 7, 8, 9, 12, 16, 17, 18])}.{chance.choice(['10', '15', '30', '40', '45'])}",
        }

    # --- When -----------------------------------------------------------------------------------------------------------

    def awake(self, *, days: float) -> datetime:
        """When a citizen finds time: so many days from now, not at night."""
        moment = self.now + timedelta(days=days)
        return moment + AT_NIGHT if moment.astimezone(city_zone()).hour < 7 else moment

    def office(self, *, days: float, since: datetime | None = None) -> datetime:
        """So many working days of the owner from now."""
        return self._worked(self.owner, days, since)

    def at_city(self, *, days: float) -> datetime:
        return self._worked(self.city.parties[CITY], days)

    def before_due(self, act: Act, share: float) -> datetime:
        """When the owner has used this share of the working time that is left; later than due where there is hardly any."""
        left = self.owner.hours.minutes_between(self.now, max(self._due(act), self.now))
        return self.owner.hours.due_after(self.now, max(3, int(left * share)))

    def past_due(self, act: Act, *, days: float) -> datetime:
        return self.office(days=days, since=max(self._due(act), self.now))

    def _worked(self, party: Party, days: float, since: datetime | None = None) -> datetime:
        return party.hours.due_after(since or self.now, max(3, round(days * party.minutes_a_day)))

    def _due(self, act: Act) -> datetime:
        running = Obligation.objects.running().filter(suggestion=self.suggestion, act=act).first()
        return running.due_at if running and running.due_at else self.now

    # --- What the citizen does ------------------------------------------------------------------------------------------

    @property
    def service(self) -> Service:
        return self.city.services[self.demo.code]

    def submit(self, sender: Sender, *, form_key: str) -> None:
        seen = Random(form_key)  # apart, so that what can be seen changes nothing of what is said
        latitude, longitude, is_home = self._pin(seen)
        receipt = submit_suggestion(
            by=sender.by,
            channel=sender.channel,
            service=self.service,
            kind=self.said.kind,
            title=self.fill(self.said.title),
            text=f"{self.fill(self.said.text)} {self.chance.choice(ENDINGS[self.said.lang])}",
            lang=self.said.lang,
            category=self.category,
            area=self.area,
            asset=self.asset,
            place="" if self.asset else f"{self.words['street']}, {self.words['area']}",
            latitude=latitude,
            longitude=longitude,
            is_home=is_home,
            answers=self.answers(),
            visibility=Visibility.CITY_AND_OPERATOR if self.chance.random() < 0.04 else None,
            answer_by=sender.answer_by,
            contact=sender.contact,
            opened_by=sender.opened_by,
            received_at=self.now - sender.on_the_way,
            form_key=form_key,
            at=self.now,
        )
        self.suggestion = receipt.suggestion
        if sender.channel == Channel.WEB and self.demo.code in SCENES and seen.random() < 0.3:
            self._show_photos(seen)

    def _pin(self, seen: Random) -> tuple[Decimal | None, Decimal | None, bool]:
        """Where it is: nowhere on the map for some, only roughly where help comes to somebody's home."""
        if self.asset or seen.random() < 0.3:
            return None, None, False
        _name, latitude, longitude = AREAS[self.area.code]
        away = [Decimal(round(seen.gauss(0, 0.002), 5)) for _axis in "yx"]
        return Decimal(latitude) + away[0], Decimal(longitude) + away[1], self.demo.code == HOME_CARE.code

    def _show_photos(self, seen: Random) -> None:
        """One photo or two; most are shown by the next day, some are refused, the newest wait."""
        for number in range(1 + (seen.random() < 0.3)):
            photo = add_photo(
                suggestion=self.suggestion,
                by=self.author,
                sent=draw_photo(self.demo.code, seen),
                description=seen.choice(DESCRIPTIONS[self.demo.code]) if seen.random() < 0.7 else "",
                senders=senders_of(sender=f"{self.suggestion.reference} {number}"),
                at=self.now,
            )
            looked_at = self.now + timedelta(hours=seen.randint(2, 30))
            if looked_at > self.city.until or seen.random() < 0.06:
                continue
            shows = seen.random() < 0.85
            ground, note = ("", "") if shows else seen.choice(list(REFUSALS.items()))
            review_photo(photo=photo, by=self.city.parties[CITY].agent, shows=shows, ground=ground, note=note, at=looked_at)

    @property
    def author(self) -> Actor:
        """The author as they come back: signed in, else with the receipt."""
        if self.suggestion.author.kind == Actor.Kind.PERSON:
            return self.suggestion.author
        return Actor.objects.receipt(self.suggestion.reference)

    @property
    def is_reachable(self) -> bool:
        return can_be_reached(self.suggestion)

    def reply(self) -> None:
        question = self.suggestion.responses.filter(kind=Response.Kind.QUESTION).latest("published_at")
        reply_to_question(question=question, by=self.author, text=self.letter_for("reply", CITIZEN), at=self.now)

    def judge(self, value: Verdict.Value) -> None:
        occasion = "confirmed" if value == Verdict.Value.CONFIRMED else "not done"
        give_verdict(
            delivery=self.suggestion.deliveries.latest("delivered_at"),
            by=self.author,
            value=value,
            note=self.letter_for(occasion, CITIZEN),
            at=self.now,
        )

    def withdraw(self) -> None:
        withdraw_suggestion(suggestion=self.suggestion, by=self.author, reason=self.letter_for("withdrawn", CITIZEN), at=self.now)

    # --- What the owner does --------------------------------------------------------------------------------------------

    def acknowledge(self) -> None:
        self._say(Response.Kind.ACKNOWLEDGEMENT)

    def update(self) -> None:
        self._say(Response.Kind.UPDATE)

    def ask(self) -> None:
        ask_citizen(suggestion=self.suggestion, by=self.owner.agent, text=self.letter_for("question"), lang=self.said.lang, at=self.now)

    def accept(self, *, promised_in: int | None = None, by: Actor | None = None, occasion: str = "accepted") -> Decision:
        """Say yes, with a promised day so many days ahead, or without one."""
        promise = (
            {} if promised_in is None else {"promise": self.promise_text(), "promised_on": city_day(self.now) + timedelta(days=promised_in)}
        )
        outcome = Outcome.PARTLY_ACCEPTED if occasion == "partly_accepted" else Outcome.ACCEPTED
        return self._decide(outcome, occasion=occasion, by=by, **promise)

    def decline(self, *, by: Actor | None = None) -> None:
        grounds = ["less-safe", "out-of-proportion", "against-the-law", "done-already", "not-found"]
        self._decide(Outcome.DECLINED, by=by, criterion=self.city.criteria[self.chance.choice(grounds)])

    def propose_out_of_scope(self) -> None:
        self.proposal = self._decide(Outcome.OUT_OF_SCOPE, criterion=self.city.criteria["outside-the-contract"])

    def propose_hand_over(self, receiver: str) -> None:
        self.proposal = self._decide(Outcome.HANDED_OVER, handed_to=self.city.parties[receiver].organisation)

    def promise(self, *, days: int) -> None:
        """Name the day of something that was accepted without one."""
        due_on = city_day(self.now) + timedelta(days=days)
        promise_date(suggestion=self.suggestion, by=self.owner.agent, what=self.promise_text(), due_on=due_on, at=self.now)

    def move(self, *, days: int) -> None:
        """Name a day later than every one named before, and after today."""
        commitment = Commitment.objects.filter(suggestion=self.suggestion).latest("made_at")
        named = [commitment.first_due_on, *commitment.later_dates.values_list("due_on", flat=True)]
        due_on = max(*named, city_day(self.now)) + timedelta(days=days)
        move_promise(commitment=commitment, by=self.owner.agent, due_on=due_on, reason=self.letter_for("moved"), at=self.now)

    def deliver(self) -> None:
        deliver(suggestion=self.suggestion, by=self.owner.agent, evidence=self.in_language(self.topic.evidence), at=self.now)

    def fix(self) -> None:
        evidence = self.in_language(self.topic.evidence)
        self.decided_by = self.owner.agent
        fix_with_evidence(suggestion=self.suggestion, by=self.decided_by, evidence=evidence, lang=self.said.lang, at=self.now)

    # --- What the city does ---------------------------------------------------------------------------------------------

    def clear(self) -> None:
        clear_suggestion(suggestion=self.suggestion, by=self.city.parties[CITY].agent, at=self.now)

    def settle(self, *, agrees: bool) -> None:
        city = self.city.parties[CITY]
        note = self.letter_for("agreed" if agrees else "sent back", city.tone)
        settle_proposal(decision=self.proposal, by=city.manager, agrees=agrees, note=note, at=self.now)

    @property
    def second_decider(self) -> Actor:
        """Somebody of the owner's who did not make the decision that is disputed."""
        return self.owner.agent if self.decided_by == self.owner.manager else self.owner.manager

    def take_over(self, party: str) -> None:
        """From now on somebody else owes and speaks."""
        self.owner = self.city.parties[party]

    # --- Words ----------------------------------------------------------------------------------------------------------

    def _say(self, kind: Response.Kind) -> None:
        text = self.letter_for(kind.value)
        publish_response(suggestion=self.suggestion, by=self.owner.agent, kind=kind, text=text, lang=self.said.lang, at=self.now)

    def _decide(self, outcome: Outcome, *, by: Actor | None = None, occasion: str = "", **terms: Any) -> Decision:
        self.decided_by = by or self.owner.agent
        return decide(
            suggestion=self.suggestion,
            by=self.decided_by,
            outcome=outcome,
            reasons=self.letter_for(occasion or outcome.value),
            lang=self.said.lang,
            at=self.now,
            **terms,
        )

    def promise_text(self) -> str:
        return self.in_language(self.topic.promise)

    def letter_for(self, occasion: str, tone: str = "") -> str:
        return self.fill(letter(occasion, tone or self.owner.tone, self.said.lang, self.chance))

    def in_language(self, texts: dict[str, str]) -> str:
        return self.fill(texts.get(self.said.lang) or texts["en"])

    def fill(self, text: str) -> str:
        return text.format(weekday=self.chance.choice(WEEKDAYS[self.said.lang]), **self.words)

    def answers(self) -> dict[str, object]:
        answers: dict[str, object] = {}
        for ask in self.topic.asks:
            if ask.is_required or self.chance.random() < 0.7:
                answers[ask.code] = {
                    Question.Answer.TEXT: lambda ask=ask: self.fill(ask.says),
                    Question.Answer.CHOICE: lambda ask=ask: self.chance.choice(ask.options)[0],
                    Question.Answer.YES_NO: lambda ask=ask: self.chance.random() < 0.5,
                    Question.Answer.NUMBER: lambda ask=ask: self.chance.randint(*ask.numbers),
                }[ask.answer]()
        return answers
