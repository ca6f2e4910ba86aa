"""The doors of promises and deliveries."""

from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal import wall_clock
from portal.middleware import Request
from suggestions.actions.commitments import (
    EvidenceMissing,
    NotALaterDate,
    NothingToPromise,
    deliver,
    fix_with_evidence,
    move_promise,
    promise_date,
)
from suggestions.forms.commitments import DeliverForm, FixForm, MovePromiseForm, PromiseForm
from suggestions.views.cases import act_on, case_at_desk


@require_POST
def promise(request: Request, reference: str) -> HttpResponse:
    suggestion = case_at_desk(request, reference)

    def act(what: str, due_on: date) -> str:
        promise_date(suggestion=suggestion, by=request.actor, what=what, due_on=due_on, at=wall_clock.now())
        return _("Your promise is public, and its clock runs.")

    return act_on(request, suggestion, PromiseForm(request.POST), act, at_field={NothingToPromise: "due_on"})


@require_POST
def move(request: Request, reference: str) -> HttpResponse:
    suggestion = case_at_desk(request, reference)
    commitment = suggestion.commitments.order_by("-made_at", "-id").first()

    def act(due_on: date, reason: str) -> str:
        if commitment is None:
            raise NothingToPromise(_("Nothing was promised here yet."))
        move_promise(commitment=commitment, by=request.actor, due_on=due_on, reason=reason, at=wall_clock.now())
        return _("The later day is public. The first day stays the one that is judged.")

    return act_on(request, suggestion, MovePromiseForm(request.POST), act, at_field={NotALaterDate: "due_on"})


@require_POST
def deliver_case(request: Request, reference: str) -> HttpResponse:
    suggestion = case_at_desk(request, reference)

    def act(evidence: str, evidence_url: str) -> str:
        deliver(suggestion=suggestion, by=request.actor, evidence=evidence, evidence_url=evidence_url, at=wall_clock.now())
        return _("Your delivery is public. The citizen now says whether it was done.")

    return act_on(request, suggestion, DeliverForm(request.POST), act, at_field={EvidenceMissing: "evidence"})


@require_POST
def fix(request: Request, reference: str) -> HttpResponse:
    suggestion = case_at_desk(request, reference)

    def act(evidence: str, evidence_url: str) -> str:
        fix_with_evidence(suggestion=suggestion, by=request.actor, evidence=evidence, evidence_url=evidence_url, at=wall_clock.now())
        return _("Your decision and delivery are public. The citizen now says whether it was done.")

    return act_on(request, suggestion, FixForm(request.POST), act, at_field={EvidenceMissing: "evidence"})
