"""From printed cases to rows: everything that the acts of the portal would have left, dated by the printed moments."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.actions.contracts import contract_for
from portal.actions.events import build_event
from portal.city_days import city_day
from portal.models import Act, Actor, Area, Category, Event, Organisation, SuggestionKind
from portal.references import new_reference
from suggestions.histories import Mapping, PrintedCase
from suggestions.models import Delivery, ImportedCase, ImportRun, Obligation, ObligationTerm, OpenedBy, Standing, Status, Suggestion

WRITTEN = (Suggestion, Obligation, ObligationTerm, Delivery, Standing, ImportedCase, Event)
LONGEST_TITLE, LONGEST_TEXT, LONGEST_CHANNEL = 120, 5000, 80


class CaseWriter:
    """Writes batches of printed cases for one run; the texts it adds are in the language that is active."""

    def __init__(self, *, run: ImportRun, mapping: Mapping, at: datetime) -> None:
        self.run = run
        self.mapping = mapping
        self.at = at
        self.service = run.service
        self.lang = mapping.lang or settings.LEADING_LANGUAGE
        self.system = Actor.objects.system()
        self.nobody = Actor.objects.nobody()
        self.city = Organisation.objects.city()
        self.categories = _Names(Category.objects.filter(service=self.service))
        self.areas = _Names(Area.objects.all())
        self.owners: dict[tuple[int | None, date], Organisation] = {}

    def write(self, cases: Sequence[PrintedCase]) -> None:
        suggestions = [self._suggestion(case, reference) for case, reference in zip(cases, _new_references(len(cases)), strict=True)]
        Suggestion.objects.bulk_create(suggestions)
        obligations = [self._obligation(case, suggestion) for case, suggestion in zip(cases, suggestions, strict=True)]
        Obligation.objects.bulk_create(obligations)
        ObligationTerm.objects.bulk_create(
            ObligationTerm(
                obligation=obligation,
                cause=ObligationTerm.Cause.OPENED,
                due_at=obligation.due_at,
                gross_due_at=obligation.gross_due_at,
                known_at=obligation.known_at,
            )
            for obligation in obligations
        )
        deliveries = [self._delivery(case, obligation) for case, obligation in zip(cases, obligations, strict=True)]
        Delivery.objects.bulk_create(delivery for delivery in deliveries if delivery)
        Standing.objects.bulk_create(_standing(obligation) for obligation in obligations)
        ImportedCase.objects.bulk_create(self._imported(case, suggestion) for case, suggestion in zip(cases, suggestions, strict=True))
        Event.objects.bulk_create(
            event for obligation, delivery in zip(obligations, deliveries, strict=True) for event in self._events(obligation, delivery)
        )

    def _suggestion(self, case: PrintedCase, reference: str) -> Suggestion:
        withdrawn_at = case.cancelled_at
        category = self._category(case.category)
        status = Status.WITHDRAWN if withdrawn_at else Status.DELIVERED if case.closed_at else Status.PUBLISHED
        return Suggestion(
            reference=reference,
            kind=SuggestionKind.PROBLEM,
            service=self.service,
            category=category,
            area=self._area(case.area),
            title=_shortened(case.title or case.category or _("Case %(number)s") % {"number": case.external_id}, LONGEST_TITLE),
            text=_shortened(case.text, LONGEST_TEXT),
            lang=self.lang,
            author=self.nobody if case.opened_by == OpenedBy.CITIZEN else self.system,
            opened_by=case.opened_by,
            channel=case.channel,
            visibility=self.mapping.visibility,
            status=status,
            received_at=case.received_at,
            known_at=case.received_at,
            withdrawn_at=withdrawn_at,
            withdrawn_known_at=withdrawn_at,
            withdrawn_reason=_("The earlier system records this case as cancelled.") if withdrawn_at else "",
        )

    def _obligation(self, case: PrintedCase, suggestion: Suggestion) -> Obligation:
        """A deadline of the earlier system fits no clause of ours: it is kept as printed, never reckoned anew and climbs no ladder."""
        ended_at = case.cancelled_at
        met_at = None if ended_at else case.closed_at
        last_moment = met_at or ended_at or self.at
        return Obligation(
            act=Act.SOLVE,
            owner=self._owner(suggestion),
            suggestion=suggestion,
            due_basis=Obligation.DueBasis.PRINTED if case.due_at else Obligation.DueBasis.NONE,
            opened_at=case.received_at,
            known_at=case.received_at,
            due_at=case.due_at,
            gross_due_at=case.due_at,
            met_at=met_at,
            met_known_at=met_at,
            breached_at=case.due_at if case.due_at and case.due_at < last_moment else None,
            ended_at=ended_at,
            ended_known_at=ended_at,
            end_cause=Obligation.EndCause.WITHDRAWN if ended_at else "",
        )

    def _delivery(self, case: PrintedCase, obligation: Obligation) -> Delivery | None:
        if obligation.met_at is None:
            return None
        said = (
            _("The earlier system records this case as closed (%(outcome)s).") % {"outcome": case.outcome}
            if case.outcome
            else _("The earlier system records this case as closed.")
        )
        return Delivery(
            suggestion=obligation.suggestion,
            organisation=obligation.owner,
            by=self.system,
            evidence=_shortened(said, LONGEST_TEXT),
            delivered_at=obligation.met_at,
            known_at=obligation.met_at,
        )

    def _imported(self, case: PrintedCase, suggestion: Suggestion) -> ImportedCase:
        return ImportedCase(
            suggestion=suggestion,
            run=self.run,
            source=self.run.source,
            external_id=case.external_id,
            line=case.line,
            printed_on_time=case.on_time,
            printed_channel=case.printed_channel[:LONGEST_CHANNEL],
        )

    def _events(self, obligation: Obligation, delivery: Delivery | None) -> Iterator[Event]:
        """What the log says of one case; each line names the run, for the log learned of it by the import."""
        suggestion = obligation.suggestion
        assert suggestion is not None

        def event(kind: Event.Kind, about: Any, at: datetime | None, facts: dict[str, Any], by: Actor = self.system) -> Event:
            assert at is not None
            known_at = max(at, suggestion.received_at)  # a deadline may be printed that lay before the start
            return build_event(
                kind,
                about=about,
                by=by,
                at=at,
                known_at=known_at,
                case=suggestion.reference,
                facts=facts | {"imported": str(self.run.uuid)},
            )

        act: dict[str, Any] = {"act": obligation.act}
        came_in = {"kind": suggestion.kind, "service": self.service.code, "channel": suggestion.channel}
        due_at = obligation.due_at.isoformat() if obligation.due_at else None
        opening = act | {"owner": obligation.owner.code, "clause": None, "due_at": due_at}
        yield event(Event.Kind.SUGGESTION_SUBMITTED, suggestion, suggestion.received_at, came_in, suggestion.author)
        yield event(Event.Kind.OBLIGATION_OPENED, obligation, obligation.opened_at, opening, suggestion.author)
        if obligation.breached_at:
            yield event(Event.Kind.OBLIGATION_LATE, obligation, obligation.breached_at, act)
        if delivery:
            yield event(Event.Kind.OBLIGATION_MET, obligation, obligation.met_at, act)
            yield event(Event.Kind.DELIVERED, delivery, delivery.delivered_at, {})
        if obligation.ended_at:
            yield event(Event.Kind.OBLIGATION_ENDED, obligation, obligation.ended_at, act | {"cause": obligation.end_cause})
            yield event(Event.Kind.SUGGESTION_WITHDRAWN, suggestion, suggestion.withdrawn_at, {})

    def _owner(self, suggestion: Suggestion) -> Organisation:
        """The operator whose contract was in force on the day, else the city."""
        key = (suggestion.area_id, city_day(suggestion.received_at))
        if key not in self.owners:
            contract = contract_for(service=self.service, area=suggestion.area, at=suggestion.received_at)
            self.owners[key] = contract.operator if contract else self.city
        return self.owners[key]

    def _category(self, printed: str) -> Category | None:
        if not printed:
            return None
        code = _code(printed, 80)
        if known := self.categories.find(printed, code):
            return known
        name = {settings.LEADING_LANGUAGE: printed}
        return self.categories.add(Category.objects.get_or_create(service=self.service, code=code, defaults={"name": name})[0])

    def _area(self, printed: str) -> Area | None:
        if not printed:
            return None
        code = _code(printed, 60)
        if known := self.areas.find(printed, code):
            return known
        return self.areas.add(Area.objects.get_or_create(code=code, defaults={"name": {settings.LEADING_LANGUAGE: printed}})[0])


class _Names:
    """Categories or areas by each of their names, else by the code that a printed name makes."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.by_code: dict[str, Any] = {}
        self.by_name: dict[str, Any] = {}
        for row in rows:
            self.add(row)

    def find(self, printed: str, code: str) -> Any:
        return self.by_name.get(_folded(printed)) or self.by_code.get(code)

    def add(self, row: Any) -> Any:
        self.by_code[row.code] = row
        for name in row.name.values():
            self.by_name.setdefault(_folded(name), row)
        return row


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _code(printed: str, longest: int) -> str:
    """A code made of the printed name; where too little or too much of it is left, its hash tells it from others."""
    code = slugify(printed)
    if code and len(code) <= longest:
        return code
    mark = hashlib.sha256(_folded(printed).encode()).hexdigest()[:10]
    return f"{code[: longest - 11].rstrip('-')}-{mark}".lstrip("-")


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _standing(obligation: Obligation) -> Standing:
    """What refresh_standing() would find, without asking for each case."""
    return Standing(
        suggestion=obligation.suggestion,
        next_act=obligation.act if obligation.is_open else "",
        next_owner=obligation.owner if obligation.is_open else None,
        next_due_at=obligation.due_at if obligation.is_open else None,
        late_since=obligation.breached_at if obligation.is_open else None,
        delivered_at=obligation.met_at,
    )


def _new_references(count: int) -> list[str]:
    """So many references that nobody has; a clash is unlikely, but would undo a whole run."""
    references: set[str] = set()
    while len(references) < count:
        drawn = {new_reference() for _number in range(count - len(references))}
        references |= drawn - set(Suggestion.objects.filter(reference__in=drawn).values_list("reference", flat=True))
    return list(references)
