"""A case written down at once, with the rows that the acts and the sweeps would have left: for cities too large to be lived.

The acts stay the law: tests/suggestions/test_demo_crowd.py holds what is written here against them.
"""

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from portal.actions.contracts import calendar_version_for, contract_for, service_level_for
from portal.actions.events import Recordable, build_event
from portal.city_days import city_day, end_of_day
from portal.models import Act, Actor, AnswerBy, CalendarVersion, Contract, Event, Notification, Organisation, Role, ServiceLevel, Visibility
from portal.models.contracts import EscalationStep
from suggestions.actions.commitments import VERDICT_DAYS
from suggestions.actions.obligations.records import ROLES_TOLD_OF_A_CLOCK
from suggestions.clocks import Clock
from suggestions.demo.alarms import BEAT
from suggestions.demo.cases import Case
from suggestions.demo.city import DemoCity, Party
from suggestions.demo.copying import Copies
from suggestions.demo.founding import CITY
from suggestions.models import (
    Channel,
    Commitment,
    Decision,
    Delivery,
    Escalation,
    Obligation,
    ObligationTerm,
    OpenedBy,
    Response,
    Standing,
    Status,
    Suggestion,
    Verdict,
)

LEVELS = EscalationStep.Level


class NotYet(Exception):
    """The history ends before this."""


class Rulebook:
    """Which clause holds for which case when, asked once for each kind of case."""

    def __init__(self, city: DemoCity) -> None:
        self.city = city
        published = ServiceLevel.objects.filter(published_at__isnull=False).values_list("in_force", flat=True)
        self.changes = sorted({term.lower for term in published if term.lower})
        self.contracts: dict[tuple[str, int, int], Contract | None] = {}
        self.found: dict[tuple[object, ...], ServiceLevel | None] = {}
        self.versions: dict[int, CalendarVersion] = {}
        self.ladders: dict[int, list[EscalationStep]] = {}
        self.system = Actor.objects.system()
        self.nobody = Actor.objects.nobody()

    def level(self, act: Act, case: Case, at: datetime) -> ServiceLevel | None:
        """The contracts of the demo do not change within its history; their clauses do."""
        period = bisect_right(self.changes, at)
        place = (case.demo.code, case.area.pk, period)
        if place not in self.contracts:
            self.contracts[place] = contract_for(service=case.service, area=case.area, at=at)
        contract = self.contracts[place]
        key = (act, contract.pk if contract else None, case.said.kind, case.category.pk, period)
        if key not in self.found:
            self.found[key] = service_level_for(act=act, contract=contract, kind=case.said.kind, category=case.category, at=at)
        return self.found[key]

    def version(self, level: ServiceLevel) -> CalendarVersion:
        if level.pk not in self.versions:
            self.versions[level.pk] = calendar_version_for(level)
        return self.versions[level.pk]

    def ladder(self, level: ServiceLevel | None, owner: Organisation) -> list[EscalationStep]:
        if level is None:
            return []
        if level.pk not in self.ladders:
            self.ladders[level.pk] = list(EscalationStep.objects.filter(service_level=level).order_by("rank"))
        steps = self.ladders[level.pk]
        return steps if owner.kind == Organisation.Kind.OPERATOR else [step for step in steps if step.level != LEVELS.OPERATOR_MANAGER]


@dataclass(frozen=True)
class Writer:
    """Who sent it in, by which channel, and how the answer reaches them."""

    by: Actor
    channel: Channel
    answer_by: AnswerBy = AnswerBy.COME_BACK
    contact_id: int | None = None
    on_the_way: timedelta = timedelta()
    opened_by: OpenedBy = OpenedBy.CITIZEN


@dataclass
class Life:
    """One case and everything that happens to it. Each step raises NotYet where the history ends before it."""

    case: Case
    rules: Rulebook
    copies: Copies
    now: datetime
    suggestion: Suggestion = field(init=False)
    obligations: list[Obligation] = field(default_factory=list)
    levels: dict[int, ServiceLevel | None] = field(default_factory=dict)
    responses: list[Response] = field(default_factory=list)
    decision: Decision | None = None
    commitment: Commitment | None = None
    delivery: Delivery | None = None

    @property
    def owner(self) -> Party:
        return self.case.owner

    @property
    def until(self) -> datetime:
        return self.case.city.until

    # --- When -----------------------------------------------------------------------------------------------------------

    def wait(self, *, days: float) -> None:
        """So many working days of the owner."""
        self.at(self.owner.hours.due_after(self.now, max(3, round(days * self.owner.minutes_a_day))))

    def at(self, moment: datetime) -> None:
        if moment > self.until:
            raise NotYet
        self.now = max(self.now, moment)

    # --- What happens ---------------------------------------------------------------------------------------------------

    def submit(self, writer: Writer, *, reference: str, form_hash: bytes, wish: Visibility | None) -> None:
        case, known_at = self.case, self.now
        visibility = wish or Visibility(case.service.visibility)
        latitude = case.asset.latitude if case.asset else None
        longitude = case.asset.longitude if case.asset else None
        self.suggestion = self.copies.add(
            Suggestion(
                reference=reference,
                kind=case.said.kind,
                service_id=case.service.pk,
                category_id=case.category.pk,
                area_id=case.area.pk,
                asset_id=case.asset.pk if case.asset else None,
                title=case.fill(case.said.title)[:120],
                text=case.fill(case.said.text),
                lang=case.said.lang,
                answers=case.answers(),
                place="" if case.asset else f"{case.words['street']}, {case.words['area']}",
                latitude=latitude,
                longitude=longitude,
                author_id=writer.by.pk,
                opened_by=writer.opened_by,
                channel=writer.channel,
                contact_id=writer.contact_id,
                answer_by=writer.answer_by,
                form_hash=form_hash,
                visibility=visibility,
                status=Status.AWAITING_CHECK if visibility == Visibility.AFTER_CHECK else Status.PUBLISHED,
                received_at=known_at - writer.on_the_way,
                known_at=known_at,
            )
        )
        received_at = self.suggestion.received_at
        for act in (Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE):
            if act != Act.SOLVE or case.said.kind == "problem":
                self._open(act, by=writer.by, at=received_at, known_at=known_at)
        if self.suggestion.awaits_clearance:
            self._open(Act.CHECK, by=writer.by, at=received_at, known_at=known_at)
        facts = {"kind": case.said.kind, "service": case.service.code, "channel": writer.channel}
        self._record(Event.Kind.SUGGESTION_SUBMITTED, self.suggestion, by=writer.by, at=received_at, known_at=known_at, facts=facts)

    def clear(self) -> None:
        self.suggestion.cleared_at = self.now
        if self.suggestion.status == Status.AWAITING_CHECK:
            self.suggestion.status = Status.PUBLISHED
        city = self.case.city.parties[CITY]
        self._meet((Act.CHECK,), by=city)
        self._record(Event.Kind.SUGGESTION_CLEARED, self.suggestion, by=city.agent)

    def say(self, kind: Response.Kind) -> None:
        response = self._respond(kind, kind.value)
        self._meet(kind.meets)
        self._record(Event.Kind.RESPONSE_PUBLISHED, response, by=self.owner.agent, facts={"kind": kind})

    def decline(self) -> None:
        ground = self.case.chance.choice(["less-safe", "out-of-proportion", "against-the-law", "done-already", "not-found"])
        self._decide(Decision.Outcome.DECLINED, "declined", criterion=self.case.city.criteria[ground])

    def accept(self, *, promised_in: int | None = None) -> None:
        """Say yes, with a promised day so many days ahead, or without one."""
        outcome = self.case.chance.choice([Decision.Outcome.ACCEPTED, Decision.Outcome.ACCEPTED, Decision.Outcome.PARTLY_ACCEPTED])
        promised_on = None if promised_in is None else city_day(self.now) + timedelta(days=promised_in)
        self._decide(outcome, outcome.value, promised_on=promised_on)

    def deliver(self) -> None:
        self._deliver(self.case.in_language(self.case.topic.evidence))

    def fix(self) -> None:
        """Decision and delivery in one act."""
        evidence = self.case.in_language(self.case.topic.evidence)
        response = self._respond(Response.Kind.DECISION, text=evidence)
        self._write_decision(response, Decision.Outcome.ACCEPTED)
        facts = {"outcome": Decision.Outcome.ACCEPTED, "criterion": None}
        self._record(Event.Kind.DECISION_PUBLISHED, response, by=self.owner.agent, facts=facts)
        self._deliver(evidence)

    def judge(self, value: Verdict.Value, by: Actor) -> None:
        delivery = self.delivery
        assert delivery is not None
        note = self.case.letter_for("confirmed" if value == Verdict.Value.CONFIRMED else "not done", "citizen")
        verdict = Verdict(
            delivery_id=delivery.pk, by_id=by.pk, is_author=True, value=value, note=note, given_at=self.now, known_at=self.now
        )
        self.copies.add(verdict)
        self._record(Event.Kind.VERDICT_GIVEN, verdict, by=by, facts={"value": value, "author": True})
        if delivery.verdict_rule == ServiceLevel.VerdictRule.AUTHOR:
            self._close_window(Delivery.Judgement(value), at=self.now, known_at=self.now)

    def withdraw(self, by: Actor) -> None:
        suggestion = self.suggestion
        suggestion.status = Status.WITHDRAWN
        suggestion.withdrawn_at = suggestion.withdrawn_known_at = self.now
        suggestion.withdrawn_reason = self.case.letter_for("withdrawn", "citizen")[:500]
        self._end(tuple(Act), Obligation.EndCause.WITHDRAWN, by=by)
        self._record(Event.Kind.SUGGESTION_WITHDRAWN, suggestion, by=by)

    def rest(self) -> Standing:
        """The history ends: what the sweeps would have found by then, and where the case stands."""
        delivery = self.delivery
        if delivery and delivery.verdict_until and not delivery.judged_at and delivery.verdict_until <= self.until:
            noticed_at = min(delivery.verdict_until + BEAT, self.until)
            self._close_window(Delivery.Judgement.UNJUDGED, at=delivery.verdict_until, known_at=noticed_at)
        for obligation in self.obligations:
            if obligation.is_open:
                self._run(obligation, self.until, is_end=True)
        return self.copies.add(self._standing())

    # --- Clocks ---------------------------------------------------------------------------------------------------------

    def _open(self, act: Act, *, by: Actor, at: datetime, known_at: datetime) -> Obligation | None:
        level = self.rules.level(act, self.case, at)
        if level is None:
            return None
        version = self.rules.version(level)
        clock = Clock(version.opening_times(), at, level.within_minutes, level.pause_limit_minutes)
        due_at = clock.due_at()
        is_operators = level.owed_by == ServiceLevel.Party.OPERATOR and level.contract and act != Act.CHECK
        obligation = Obligation(
            act=act,
            owner=level.contract.operator if is_operators and level.contract else self.case.city.parties[CITY].organisation,
            suggestion_id=self.suggestion.pk,
            service_level_id=level.pk,
            calendar_version_id=version.pk,
            due_basis=Obligation.DueBasis.CLAUSE,
            is_gap=level.contract_id is None and act != Act.CHECK,
            opened_at=at,
            known_at=known_at,
            due_at=due_at,
            gross_due_at=due_at,
            warn_at=clock.moment_used(level.warn_percent),
        )
        return self._opened(obligation, level, by=by)

    def _open_promise(self, commitment: Commitment) -> Obligation:
        level = self.rules.level(Act.DELIVER, self.case, commitment.made_at)
        due_at = end_of_day(commitment.first_due_on)
        obligation = Obligation(
            act=Act.DELIVER,
            owner=self.owner.organisation,
            suggestion_id=self.suggestion.pk,
            commitment_id=commitment.pk,
            service_level_id=level.pk if level else None,
            calendar_version_id=self.rules.version(level).pk if level else None,
            due_basis=Obligation.DueBasis.PROMISED,
            is_gap=level is None or level.contract_id is None,
            opened_at=commitment.made_at,
            known_at=commitment.known_at,
            due_at=due_at,
            gross_due_at=due_at,
            warn_at=commitment.made_at + (due_at - commitment.made_at) * (level.warn_percent if level else 75) / 100,
        )
        return self._opened(obligation, level, by=self.owner.agent)

    def _opened(self, obligation: Obligation, level: ServiceLevel | None, *, by: Actor) -> Obligation:
        self.copies.add(obligation)
        self.obligations.append(obligation)
        self.levels[obligation.pk] = level
        self.copies.add(
            ObligationTerm(
                obligation_id=obligation.pk,
                cause=ObligationTerm.Cause.OPENED,
                due_at=obligation.due_at,
                gross_due_at=obligation.gross_due_at,
                known_at=obligation.known_at,
            )
        )
        assert obligation.due_at is not None
        facts = {"owner": obligation.owner.code, "clause": level.clause if level else None, "due_at": obligation.due_at.isoformat()}
        self._record_clock(
            Event.Kind.OBLIGATION_OPENED, obligation, by=by, at=obligation.opened_at, known_at=obligation.known_at, facts=facts
        )
        return obligation

    def _meet(self, acts: Collection[str], *, by: Party | None = None) -> None:
        by = by or self.owner
        for obligation in self.obligations:
            if obligation.act in acts and obligation.is_open:
                self._run(obligation, self.now)
                if obligation.owner.pk == by.organisation.pk:
                    obligation.met_at = obligation.met_known_at = self.now
                    self._record_clock(Event.Kind.OBLIGATION_MET, obligation, by=by.agent, at=self.now)
                else:
                    self._stop(obligation, Obligation.EndCause.SUPERSEDED, by=by.agent)

    def _end(self, acts: Collection[str], cause: Obligation.EndCause, *, by: Actor) -> None:
        for obligation in self.obligations:
            if obligation.act in acts and obligation.is_open:
                self._run(obligation, self.now)
                self._stop(obligation, cause, by=by)

    def _stop(self, obligation: Obligation, cause: Obligation.EndCause, *, by: Actor) -> None:
        obligation.ended_at = obligation.ended_known_at = self.now
        obligation.end_cause = cause
        self._record_clock(Event.Kind.OBLIGATION_ENDED, obligation, by=by, at=self.now, facts={"cause": cause})

    def _run(self, obligation: Obligation, until: datetime, *, is_end: bool = False) -> None:
        """Let a clock run up to a moment: warned, late, each step of its ladder told. At the end of the history it runs on."""
        warn_at, due_at = obligation.warn_at, obligation.due_at
        assert due_at is not None
        if warn_at and (self._noticed(warn_at) <= until or (is_end and warn_at <= until)):
            obligation.warned_at = warn_at
            noticed_at = min(self._noticed(warn_at), until)
            self._tell(Notification.Kind.DUE_SOON, obligation, at=noticed_at)
            self._record_clock(Event.Kind.OBLIGATION_WARNED, obligation, by=self.rules.system, at=warn_at, known_at=noticed_at)
        if due_at < until:
            self._breach(obligation, until, is_end=is_end)
        if not is_end:
            obligation.next_step_at = None

    def _noticed(self, moment: datetime) -> datetime:
        return max(moment, self.suggestion.known_at) + BEAT

    def _breach(self, obligation: Obligation, until: datetime, *, is_end: bool) -> None:
        due_at = obligation.due_at
        assert due_at is not None
        noticed_at = min(self._noticed(due_at), until)
        obligation.breached_at = due_at
        self._tell(Notification.Kind.LATE, obligation, at=noticed_at)
        self._record_clock(Event.Kind.OBLIGATION_LATE, obligation, by=self.rules.system, at=due_at, known_at=noticed_at)
        if obligation.commitment_id and self.commitment:
            self._record(Event.Kind.COMMITMENT_BROKEN, self.commitment, by=self.rules.system, at=due_at, known_at=noticed_at)
        level = self.levels[obligation.pk]
        for step in self.rules.ladder(level, obligation.owner):
            assert level is not None
            step_at = self.rules.version(level).opening_times().due_after(due_at, step.after_minutes)
            obligation.next_step_at = step_at
            told_at = self._noticed(step_at)
            if told_at > until and not (is_end and step_at <= until):
                return
            self._climb(obligation, step, step_at, min(told_at, until))
        obligation.next_step_at = None

    def _climb(self, obligation: Obligation, step: EscalationStep, at: datetime, known_at: datetime) -> None:
        self.copies.add(Escalation(obligation_id=obligation.pk, step_id=step.pk, told_at=at, known_at=known_at))
        city = self.case.city.parties[CITY].organisation
        organisation, role = {
            LEVELS.OPERATOR_MANAGER: (obligation.owner, Role.OPERATOR_MANAGER),
            LEVELS.POLITICAL: (city, Role.COUNCIL_SECRETARY),
        }.get(LEVELS(step.level), (city, Role.CITY_MANAGER))
        self._notify(Notification.Kind.ESCALATED, organisation, role, f"obligation/{obligation.uuid}/{step.rank}", known_at)
        facts = {"level": step.level, "rank": step.rank}
        self._record_clock(Event.Kind.OBLIGATION_ESCALATED, obligation, by=self.rules.system, at=at, known_at=known_at, facts=facts)

    # --- Answers --------------------------------------------------------------------------------------------------------

    def _respond(self, kind: Response.Kind, occasion: str = "", *, text: str = "") -> Response:
        response = Response(
            suggestion_id=self.suggestion.pk,
            kind=kind,
            by_id=self.owner.agent.pk,
            organisation_id=self.owner.organisation.pk,
            text=text or self.case.letter_for(occasion),
            lang=self.case.said.lang,
            published_at=self.now,
            known_at=self.now,
        )
        self.responses.append(response)
        return self.copies.add(response)

    def _decide(self, outcome: Decision.Outcome, occasion: str, *, criterion: Any = None, promised_on: date | None = None) -> None:
        response = self._respond(Response.Kind.DECISION, occasion)
        promise = self.case.promise_text()[:300] if promised_on else ""
        decision = self._write_decision(response, outcome, criterion=criterion, promise=promise, promised_on=promised_on)
        self._meet((Act.ACKNOWLEDGE, Act.ANSWER, Act.REVIEW))
        self.suggestion.status = Status.ANSWERED
        if not decision.is_acceptance:
            self._end((Act.SOLVE,), Obligation.EndCause.REFUSED, by=self.owner.agent)
        facts = {"outcome": outcome, "criterion": criterion.code if criterion else None}
        self._record(Event.Kind.DECISION_PUBLISHED, response, by=self.owner.agent, facts=facts)
        if promised_on:
            self._promise(decision, promise, promised_on)

    def _write_decision(self, response: Response, outcome: Decision.Outcome, *, criterion: Any = None, **promise: Any) -> Decision:
        self.decision = Decision(
            response_id=response.pk,
            suggestion_id=self.suggestion.pk,
            outcome=outcome,
            criterion_id=criterion.pk if criterion else None,
            decided_at=self.now,
            known_at=self.now,
            effective_at=self.now,
            effective_known_at=self.now,
            **promise,
        )
        return self.copies.add(self.decision)

    def _promise(self, decision: Decision, what: str, due_on: date) -> None:
        self.commitment = Commitment(
            decision_id=decision.pk,
            suggestion_id=self.suggestion.pk,
            organisation_id=self.owner.organisation.pk,
            what=what,
            first_due_on=due_on,
            made_at=self.now,
            known_at=self.now,
        )
        self.copies.add(self.commitment)
        self._open_promise(self.commitment)
        self.suggestion.status = Status.PROMISED
        self._record(Event.Kind.COMMITMENT_MADE, self.commitment, by=self.owner.agent, facts={"due_on": due_on.isoformat()})

    def _deliver(self, evidence: str) -> None:
        levels = (self.rules.level(act, self.case, self.now) for act in (Act.DELIVER, Act.SOLVE, Act.ANSWER))
        level = next((level for level in levels if level), None)
        days = level.verdict_days if level else VERDICT_DAYS
        self.delivery = Delivery(
            suggestion_id=self.suggestion.pk,
            commitment_id=self.commitment.pk if self.commitment else None,
            organisation_id=self.owner.organisation.pk,
            by_id=self.owner.agent.pk,
            evidence=evidence,
            delivered_at=self.now,
            known_at=self.now,
            verdict_until=end_of_day(city_day(self.now) + timedelta(days=days)),
            verdict_rule=level.verdict_rule if level else ServiceLevel.VerdictRule.AUTHOR,
        )
        self.copies.add(self.delivery)
        self._meet((Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE, Act.DELIVER))
        self.suggestion.status = Status.DELIVERED
        self._record(Event.Kind.DELIVERED, self.delivery, by=self.owner.agent)

    def _close_window(self, judgement: Delivery.Judgement, *, at: datetime, known_at: datetime) -> None:
        delivery, system = self.delivery, self.rules.system
        assert delivery is not None
        delivery.judged_as, delivery.judged_at, delivery.judged_known_at = judgement, at, known_at
        self._record(Event.Kind.VERDICT_CLOSED, delivery, by=system, at=at, known_at=known_at, facts={"judged_as": judgement})
        if judgement == Delivery.Judgement.CONFIRMED:
            self.suggestion.status = Status.CONFIRMED
        if judgement == Delivery.Judgement.NOT_DONE:
            self.suggestion.status = Status.DISPUTED
            review = self._open(Act.REVIEW, by=system, at=at, known_at=known_at)
            if review:
                is_operators = review.owner.kind == Organisation.Kind.OPERATOR
                role = Role.OPERATOR_MANAGER if is_operators else Role.CITY_MANAGER
                self._notify(Notification.Kind.REVIEW_OWED, review.owner, role, f"delivery/{delivery.uuid}", known_at)

    # --- What is left behind --------------------------------------------------------------------------------------------

    def _record(
        self,
        kind: Event.Kind,
        about: Recordable,
        *,
        by: Actor,
        at: datetime | None = None,
        known_at: datetime | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        secret = isinstance(about, Obligation) and about.act == Act.CHECK
        case = "" if secret else self.suggestion.reference
        self.copies.add(build_event(kind, about=about, by=by, at=at or self.now, known_at=known_at, case=case, facts=facts))

    def _record_clock(self, kind: Event.Kind, obligation: Obligation, *, facts: dict[str, Any] | None = None, **when: Any) -> None:
        self._record(kind, obligation, facts={"act": obligation.act} | (facts or {}), **when)

    def _tell(self, kind: Notification.Kind, obligation: Obligation, *, at: datetime) -> None:
        for role in ROLES_TOLD_OF_A_CLOCK.get(Organisation.Kind(obligation.owner.kind), ()):
            self._notify(kind, obligation.owner, role, f"obligation/{obligation.uuid}", at)

    def _notify(self, kind: Notification.Kind, to: Organisation, role: Role, occasion: str, at: datetime) -> None:
        case = self.suggestion.reference
        self.copies.add(Notification(kind=kind, organisation_id=to.pk, role=role, case=case, occasion=occasion, told_at=at))

    def _standing(self) -> Standing:
        """What refresh_standing() would find."""
        owed = (clock for clock in self.obligations if clock.is_open and clock.act != Act.CHECK)
        running = sorted(owed, key=lambda clock: (clock.due_at, clock.pk))
        first = running[0] if running else None
        met = [clock.met_at for clock in self.obligations if clock.act == Act.ACKNOWLEDGE and clock.met_at]
        decision, delivery, commitment = self.decision, self.delivery, self.commitment
        return Standing(
            suggestion_id=self.suggestion.pk,
            next_act=first.act if first else "",
            next_owner_id=first.owner.pk if first else None,
            next_due_at=first.due_at if first else None,
            late_since=min((clock.breached_at for clock in running if clock.breached_at), default=None),
            acknowledged_at=min(met) if met else min((response.published_at for response in self.responses), default=None),
            answered_at=decision.effective_at if decision else None,
            outcome=decision.outcome if decision else "",
            promised_on=commitment.first_due_on if commitment else None,
            promise_broken_at=next((clock.breached_at for clock in self.obligations if clock.commitment_id), None),
            delivered_at=delivery.delivered_at if delivery else None,
            judged_as=delivery.judged_as if delivery else "",
            judged_at=delivery.judged_at if delivery else None,
        )
