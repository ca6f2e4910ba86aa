"""Reporting something: a small page of its own, so that the pages everybody reads hold no form."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import wall_clock
from portal.actions.tries import WAIT_MINUTES, TooManyTries, count_wrong_try, require_tries_left
from portal.errors import Refused
from portal.middleware import Request, address_of
from portal.models import Actor
from suggestions.actions.moderation import report_item
from suggestions.forms.moderation import ReportForm
from suggestions.models import Flag, Hiding, Photo, Suggestion
from suggestions.models.moderation import KINDS, Item, rows_of
from suggestions.permissions import reads_hidden
from suggestions.views.suggestions import case_for

REPORT = "report"


@login_not_required
def report(request: Request, reference: str, noun: str, item: UUID) -> HttpResponse:
    suggestion, actor = case_for(request, reference)
    reported = item_or_404(suggestion, noun, item, reader=actor)
    form = ReportForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        tries = {"tried": f"actor {actor.pk}" if actor.kind != Actor.Kind.NOBODY else "", "place": address_of(request)}
        try:
            require_tries_left(REPORT, **tries)
            count_wrong_try(REPORT, **tries)
            reason, note = Flag.Reason(form.cleaned_data["reason"]), form.cleaned_data["note"]
            report_item(item=reported, by=actor, reason=reason, note=note, at=wall_clock.now())
        except TooManyTries:
            form.add_error(None, _too_many())
            status = 429
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. Somebody at the city will look at it."))
            return redirect(suggestion)
    context = {"suggestion": suggestion, "form": form, "noun": noun, "item": reported, "is_hidden": not _reads(actor, reported)}
    return render(request, "suggestions/moderation/report.html", context, status=status)


def item_or_404(suggestion: Suggestion, noun: str, item: UUID, *, reader: Actor) -> Item:
    """One thing that was said in a case that the reader may read."""
    if noun not in KINDS:
        raise Http404
    rows = rows_of(suggestion, noun)
    if noun == "photo":
        rows = rows.filter(pk__in=Photo.objects.visible_to(reader).values("pk"))
    found = rows.filter(uuid=item).first()
    if found is None:
        raise Http404
    return found


def _reads(actor: Actor, item: Item) -> bool:
    return not Hiding.objects.current().about(item).exists() or reads_hidden(actor, item)


def _too_many() -> str:
    return ngettext(
        "You sent many reports just now. Wait %(minutes)d minute, then try again.",
        "You sent many reports just now. Wait %(minutes)d minutes, then try again.",
        WAIT_MINUTES,
    ) % {"minutes": WAIT_MINUTES}
