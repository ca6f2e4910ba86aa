"""One case at the desk: everything one needs to answer in a minute, and the acts that are possible now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.actions.contracts import contract_for, service_level_for
from portal.errors import Refused
from portal.middleware import Request
from portal.models import Act, Actor, PauseReason, Visibility
from portal.permissions import Permission, can
from suggestions.actions.obligations import would_stand
from suggestions.actions.responses import can_be_reached
from suggestions.forms.commitments import DeliverForm, FixForm, MovePromiseForm, PromiseForm
from suggestions.forms.responses import AcknowledgeForm, ActForm, AskForm, ClearForm, DecideForm, SettleForm, UpdateForm
from suggestions.models import Commitment, Decision, Obligation, Satisfaction, Status, Suggestion
from suggestions.models.moderation import PARTS
from suggestions.permissions import can_on, require_on, words_for
from suggestions.views.checked import checked_of
from suggestions.views.desk import queue_beside
from suggestions.views.places import map_of
from suggestions.views.timeline import Entry, clocks_of, photos_of, questions_answered, story_of

WITHOUT_WORDS = frozenset({"received", "cleared", "judged", "late", "escalation"})  # entries of the story that quote nobody
UNDECIDED = frozenset({Status.AWAITING_CHECK, Status.PUBLISHED, Status.DISPUTED})


@require_safe
def case(request: Request, reference: str) -> HttpResponse:
    return case_page(request, case_at_desk(request, reference))


def case_at_desk(request: Request, reference: str) -> Suggestion:
    """The case if this desk deals with it: what the role may not see does not exist, what is not its own is refused."""
    visible = Suggestion.objects.visible_to(request.actor).with_standing().select_related("asset", "author")
    suggestion = get_object_or_404(visible, reference=reference)
    if not can_on(request.actor, Permission.READ_ALL, suggestion):
        require_on(request.actor, Permission.READ_OWN_CONTRACT, suggestion)
    return suggestion


def act_on(
    request: Request,
    suggestion: Suggestion,
    form: ActForm,
    act: Callable[..., str],
    *,
    at_field: dict[type[Refused], str] | None = None,
) -> HttpResponse:
    """Do one act and show the case again. Refused, the sentence stands at its field and nothing typed is lost.

    The act gets the form's answers and returns what to say when it is done.
    """
    require_on(request.actor, form.needs, suggestion)  # before its form is judged: who may not act is told that and nothing else
    if form.is_valid():
        try:
            said = act(**form.cleaned_data)
        except Refused as refusal:
            form.add_error((at_field or {}).get(type(refusal)), str(refusal))
        else:
            messages.success(request, said)
            filters = request.GET.urlencode()
            return redirect(reverse("suggestions:case", args=[suggestion.reference]) + (f"?{filters}" if filters else ""))
    return case_page(request, suggestion, form)


def case_page(request: Request, suggestion: Suggestion, refused: ActForm | None = None) -> HttpResponse:
    at = wall_clock.now()
    case = Case(suggestion, request.actor, at)
    words = words_for(request.actor, suggestion)
    return render(
        request,
        "suggestions/desk/case.html",
        queue_beside(request)
        | {
            "suggestion": suggestion,
            "case": case,
            "checked": checked_of(suggestion, request.actor) if case.reads_words else [],
            "hiding": suggestion.hidings.current().filter(**dict.fromkeys(PARTS)).first() if suggestion.is_hidden else None,
            "may_moderate": can(request.actor, Permission.MODERATE),
            "form": refused,
            "acts": case.acts(refused),
            "photos": list(photos_of(suggestion, request.actor)),
            "words": words,
            "map": map_of(suggestion, words),
            "may_clear": can(request.actor, Permission.CLEAR),
            "answers": questions_answered(suggestion, words) if case.reads_words else [],
            "entries": [entry for entry in case.story() if case.reads_words or entry.kind in WITHOUT_WORDS],
        },
        status=422 if refused else 200,
    )


@dataclass(frozen=True)
class Case:
    """What the page says about a case to one role, and which acts are open to it now; the actions have the last word."""

    suggestion: Suggestion
    actor: Actor
    at: datetime

    @cached_property
    def clocks(self) -> list[Obligation]:
        return clocks_of(self.suggestion, reader=self.actor)

    def story(self) -> list[Entry]:
        return story_of(self.suggestion, self.clocks, reader=self.actor)

    @property
    def running(self) -> list[Obligation]:
        return [clock for clock in self.clocks if clock.is_open]

    @property
    def stopped(self) -> list[Obligation]:
        return [clock for clock in self.clocks if not clock.is_open]

    @property
    def reads_words(self) -> bool:
        """Who checks the logs reads no messages that are not public (DESIGN 8.8)."""
        return (self.suggestion.is_public and not self.suggestion.is_hidden) or not can(self.actor, Permission.READ_LOGS)

    @cached_property
    def proposal(self) -> Decision | None:
        """The operator's proposal that waits for the city."""
        waiting = self.suggestion.decisions.proposed().select_related("response__organisation", "criterion", "handed_to")
        return None if self.suggestion.is_settled else waiting.first()

    @cached_property
    def acceptance(self) -> Decision | None:
        newest = self.suggestion.decisions.in_effect().select_related("commitment").order_by("-effective_at", "-id").first()
        return newest if newest and newest.is_acceptance else None

    @cached_property
    def satisfactions(self) -> list[Satisfaction]:
        """What the author said of each decision, the newest first."""
        return list(Satisfaction.objects.filter(decision__suggestion=self.suggestion).order_by("-answered_at", "-id"))

    @property
    def promise(self) -> Commitment | None:
        return getattr(self.acceptance, "commitment", None) if self.acceptance else None

    @property
    def may_view_contact(self) -> bool:
        """Whether there is somebody to reach, and this role may look; the look itself asks for a reason and leaves a line."""
        author = self.suggestion.author
        somebody = self.suggestion.contact_id or author.person_id or author.on_behalf_of_id
        return somebody is not None and self.suggestion.author_erased_at is None and can(self.actor, Permission.VIEW_CONTACT)

    @property
    def may_settle(self) -> bool:
        return can(self.actor, Permission.SETTLE_PROPOSAL)

    @property
    def in_place_of(self) -> list[str]:
        """Whose clocks end without credit when the city answers here."""
        if not self.actor.is_city or not can(self.actor, Permission.RESPOND):
            return []
        return sorted({clock.owner.name for clock in self.running if clock.owner_id != self.actor.organisation.pk})  # type: ignore[union-attr]

    @cached_property
    def longest_promise_days(self) -> int | None:
        suggestion = self.suggestion
        contract = contract_for(service=suggestion.service, area=suggestion.area, at=self.at)
        level = service_level_for(act=Act.ANSWER, contract=contract, kind=suggestion.kind, category=suggestion.category, at=self.at)
        return level.longest_promise_days if level else None

    @property
    def pause_outlook(self) -> str:
        """What a question asked now would do to the clocks of who asks."""
        return pause_outlook(self.suggestion, self.running, self.actor, self.at)

    @property
    def standing_until(self) -> list[tuple[Obligation, datetime]]:
        return clocks_that_would_stand(self.suggestion, self.running, self.actor, self.at)

    def acts(self, refused: ActForm | None) -> list[ActForm]:
        """A form for each act that is possible now, the most pressing first; the refused one as it was sent."""
        possible = list(self._possible_acts())
        if refused and refused.name not in {form.name for form in possible}:
            possible.insert(0, refused)
        return [refused if refused and form.name == refused.name else form for form in possible]

    def _possible_acts(self) -> list[ActForm]:
        suggestion, status = self.suggestion, self.suggestion.status
        acts: list[ActForm] = []
        if can(self.actor, Permission.CLEAR) and suggestion.visibility == Visibility.AFTER_CHECK and suggestion.cleared_at is None:
            acts.append(ClearForm())
        if self.proposal and self.may_settle:
            acts.append(SettleForm())
        if suggestion.is_settled or not can(self.actor, Permission.RESPOND):
            return acts
        if status in UNDECIDED and not self.proposal:
            acts.append(DecideForm(suggestion=suggestion, at=self.at))
            if status != Status.DISPUTED:
                acts.append(FixForm())
        if self.acceptance and status in {Status.ANSWERED, Status.PROMISED}:
            acts.append(DeliverForm())
            if self.promise:
                acts.append(MovePromiseForm())
            elif status == Status.ANSWERED:
                acts.append(PromiseForm())
        if any(clock.act == Act.ACKNOWLEDGE for clock in self.running):
            acts.append(AcknowledgeForm())
        return [*acts, AskForm(), UpdateForm()]


def clocks_that_would_stand(
    suggestion: Suggestion, running: list[Obligation], actor: Actor, at: datetime
) -> list[tuple[Obligation, datetime]]:
    if actor.organisation is None or not can_be_reached(suggestion):
        return []
    return would_stand(running, owner=actor.organisation, reason=PauseReason.NEEDS_CITIZEN, at=at)


def pause_outlook(suggestion: Suggestion, running: list[Obligation], actor: Actor, at: datetime) -> str:
    """The sentence that says, before a question is asked, which clocks would stand or why none would."""
    standing = clocks_that_would_stand(suggestion, running, actor, at)
    if standing:
        return ngettext(
            "%(count)d clock of yours will stand until the citizen replies.",
            "%(count)d clocks of yours will stand until the citizen replies.",
            len(standing),
        ) % {"count": len(standing)}
    return _("No clock will stand: %(why)s") % {"why": why_none_stands(suggestion, running, actor)}


def why_none_stands(suggestion: Suggestion, running: list[Obligation], actor: Actor) -> str:
    own = [clock for clock in running if actor.organisation and clock.owner_id == actor.organisation.pk]
    if not own:
        return _("none of the running clocks is yours.")
    if not can_be_reached(suggestion):
        return _("the citizen left no way to be reached, and a clock stands only for somebody who hears the question.")
    allowing = [clock for clock in own if clock.service_level and PauseReason.NEEDS_CITIZEN in clock.service_level.pause_reasons]
    if not allowing:
        return _("no clause of yours here lists a question to the citizen as a reason.")
    if any(clock.paused_at for clock in allowing):
        return _("it stands already.")
    return _("the clock is late, or its clause allows no more pause.")
