"""The receipt, and coming back with it."""

import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError

from portal.actions.help_sessions import note_receipt
from portal.actions.tries import TooManyTries, count_wrong_try, require_tries_left
from portal.errors import Refused
from portal.middleware import Request, address_of, hold_receipt
from portal.models import Actor, HelpSession
from portal.references import phrase_from
from suggestions.actions.suggestions import Receipt, WrongPhrase, open_with_phrase
from suggestions.forms.receipts import FollowForm
from suggestions.models import Suggestion
from suggestions.views.timeline import clocks_of

logger = logging.getLogger(__name__)

SENT = "sent"  # session key: the keys of the forms sent, with the reference that each became
FOLLOW = "follow"


class CannotCheck(Refused):
    pass


@login_not_required
@never_cache
@require_safe
def receipt(request: Request) -> HttpResponse:
    """The receipts of what this session sent, the newest first to be shown; the phrase is reckoned anew and kept nowhere."""
    sent = request.session.get(SENT, [])
    references = [reference for _key, reference in sent]
    asked = request.GET.get("reference", "")
    chosen = asked if asked in references else (references[-1] if references else "")
    suggestion = Suggestion.objects.filter(reference=chosen).select_related("service", "standing").first()
    if suggestion is None:
        return redirect("suggestions:follow")
    form_key = next(key for key, reference in reversed(sent) if reference == chosen)
    return render(
        request,
        "suggestions/receipt.html",
        {
            "suggestion": suggestion,
            "phrase": phrase_from(form_key, secret=settings.RECEIPT_PHRASE_SECRET),
            "clocks": clocks_of(suggestion),
            "others": [reference for reference in references if reference != chosen],
        },
    )


@login_not_required
@require_POST
def forget(request: Request) -> HttpResponse:
    """For a screen that others use after you: nothing of this visit stays."""
    request.session.flush()
    response = redirect("suggestions:list")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login_not_required
@never_cache
@sensitive_post_parameters("phrase")
def follow(request: Request) -> HttpResponse:
    form = FollowForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        reference = form.cleaned_data["reference"]
        try:
            _open(request, reference, form.cleaned_data["phrase"])
        except TooManyTries as refusal:
            form.add_error(None, str(refusal))
            status = 429
        except Refused as refusal:
            form.add_error("phrase", str(refusal))
        else:
            return redirect("suggestions:detail", reference)
    return render(request, "suggestions/follow.html", {"form": form}, status=status)


def keep_receipt(request: Request, receipt: Receipt, *, form_key: str) -> None:
    """Let this session show the receipt again and act for the case."""
    hold_receipt(request, receipt.suggestion.reference)
    sent = [pair for pair in request.session.get(SENT, []) if pair[0] != form_key]
    request.session[SENT] = [*sent, [form_key, receipt.suggestion.reference]][-10:]


def was_sent(request: Request, form_key: str) -> bool:
    return any(key == form_key for key, _reference in request.session.get(SENT, []))


def _open(request: Request, reference: str, phrase: str) -> None:
    """Hold the receipt in this session, unless too many wrong phrases were tried."""
    tries = {"tried": reference, "place": address_of(request)}
    try:
        require_tries_left(FOLLOW, **tries)
        try:
            open_with_phrase(reference=reference, phrase=phrase)
        except WrongPhrase:
            count_wrong_try(FOLLOW, **tries)
            raise
    except RedisError as fault:  # no counter, no try
        logger.warning("The counter of wrong tries cannot be reached: %s", type(fault).__name__)
        raise CannotCheck(_("We cannot check this at the moment. Please try again in a few minutes.")) from fault
    request.session.cycle_key()
    hold_receipt(request, reference)
    if request.actor.kind == Actor.Kind.HELPER:
        note_receipt(session=HelpSession.objects.get(uuid=request.actor.subject), reference=reference)
