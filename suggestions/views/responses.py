"""The doors of what the desk says: courtesies, questions, decisions, and the city's settling and clearing."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from portal import wall_clock
from portal.middleware import Request
from portal.models import Criterion, Organisation
from suggestions.actions.decisions import NeedsCriterion, NeedsReceiver, PromiseIncomplete, PromiseTooFar, decide, settle_proposal
from suggestions.actions.responses import NotAwaitingResponse, NothingSaid, ask_citizen, publish_response
from suggestions.actions.suggestions import clear_suggestion
from suggestions.forms.responses import AcknowledgeForm, AskForm, ClearForm, DecideForm, SettleForm, UpdateForm
from suggestions.models import Decision, Response
from suggestions.views.cases import act_on, case_at_desk, why_none_stands
from suggestions.views.timeline import clocks_of


@require_POST
def acknowledge(request: Request, reference: str) -> HttpResponse:
    suggestion = case_at_desk(request, reference)

    def act(text: str) -> str:
        kind = Response.Kind.ACKNOWLEDGEMENT
        publish_response(suggestion=suggestion, by=request.actor, kind=kind, text=text, at=wall_clock.now())
        return _("Your acknowledgement is public. The decision is still owed.")

    return act_on(request, suggestion, AcknowledgeForm(request.POST), act, at_field={NothingSaid: "text"})


@require_POST
def update(request: Request, reference: str) -> HttpResponse:
    suggestion = case_at_desk(request, reference)

    def act(text: str) -> str:
        publish_response(suggestion=suggestion, by=request.actor, kind=Response.Kind.UPDATE, text=text, at=wall_clock.now())
        return _("Your update is public.")

    return act_on(request, suggestion, UpdateForm(request.POST), act, at_field={NothingSaid: "text"})


@require_POST
def ask(request: Request, reference: str) -> HttpResponse:
    suggestion = case_at_desk(request, reference)

    def act(text: str) -> str:
        running = [clock for clock in clocks_of(suggestion) if clock.is_open]
        _question, standing = ask_citizen(suggestion=suggestion, by=request.actor, text=text, at=wall_clock.now())
        if standing:
            return ngettext(
                "Your question is public. %(count)d clock stands until the citizen replies.",
                "Your question is public. %(count)d clocks stand until the citizen replies.",
                standing,
            ) % {"count": standing}
        return _("Your question is public. No clock stands: %(why)s") % {"why": why_none_stands(suggestion, running, request.actor)}

    return act_on(request, suggestion, AskForm(request.POST), act, at_field={NothingSaid: "text"})


@require_POST
def decide_case(request: Request, reference: str) -> HttpResponse:
    suggestion, at = case_at_desk(request, reference), wall_clock.now()
    form = DecideForm(request.POST, suggestion=suggestion, at=at)

    def act(outcome: str, criterion: Criterion | None, handed_to: Organisation | None, **answers: Any) -> str:
        decision = decide(
            suggestion=suggestion,
            by=request.actor,
            outcome=Decision.Outcome(outcome),
            criterion=criterion,
            handed_to=handed_to,
            at=at,
            **answers,
        )
        if decision.is_proposal:
            return _("Your proposal is public and waits for the city. Your clock runs until the city settles it.")
        if decision.promised_on:
            return _("Your decision and your promise are public.")
        return _("Your decision is public.")

    fields = {
        NothingSaid: "reasons",
        NeedsCriterion: "criterion",
        NeedsReceiver: "handed_to",
        PromiseIncomplete: "promised_on",
        PromiseTooFar: "promised_on",
    }
    return act_on(request, suggestion, form, act, at_field=fields)


@require_POST
def settle(request: Request, reference: str) -> HttpResponse:
    suggestion = case_at_desk(request, reference)
    newest = suggestion.decisions.order_by("-id").first()

    def act(agrees: bool, note: str) -> str:
        if newest is None:
            raise NotAwaitingResponse(_("No proposal waits here."))
        settle_proposal(decision=newest, by=request.actor, agrees=agrees, note=note, at=wall_clock.now())
        return _("You took the proposal on: it is in effect.") if agrees else _("You sent the proposal back: the operator still owes it.")

    return act_on(request, suggestion, SettleForm(request.POST), act, at_field={NothingSaid: "note"})


@require_POST
def clear(request: Request, reference: str) -> HttpResponse:
    suggestion = case_at_desk(request, reference)

    def act() -> str:
        clear_suggestion(suggestion=suggestion, by=request.actor, at=wall_clock.now())
        return _("The suggestion is public now.")

    return act_on(request, suggestion, ClearForm(request.POST), act)
