"""The public list, one suggestion, and taking one's own back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.errors import Refused
from portal.middleware import Request, actor_on
from portal.models import Actor
from portal.permissions import Permission, can
from portal.references import read_reference
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.filters import SuggestionFilter
from suggestions.forms.suggestions import WithdrawForm
from suggestions.models import Status, Suggestion
from suggestions.models.suggestions import SuggestionQuerySet
from suggestions.permissions import can_on, is_author
from suggestions.views.timeline import clocks_of, questions_answered, story_of

PAGE_SIZE = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = "-"
NEWEST, DUE_SOONEST = "newest", "due"


def case_for(request: Request, reference: str) -> tuple[Suggestion, Actor]:
    """The suggestion if this visitor may read it, and the capacity in which they may act on it; else it does not exist."""
    printed = read_reference(reference)
    if printed is None:
        raise Http404
    actor = actor_on(request, printed)
    suggestion = (
        Suggestion.objects.visible_to(actor).with_standing().select_related("asset", "author__membership").filter(reference=printed).first()
    )
    if suggestion is None:
        raise Http404
    return suggestion, actor


def own_case(request: Request, reference: str, permission: Permission) -> tuple[Suggestion, Actor]:
    """The suggestion for its author; anybody else who may read it meets a 403."""
    suggestion, actor = case_for(request, reference)
    if not is_author(actor, suggestion) or not can_on(actor, permission, suggestion):
        raise PermissionDenied(_("Only the author may do this."))
    return suggestion, actor


def _reads_no_messages(actor: Actor) -> bool:
    """Who checks the logs reads no messages that are not public; the desk shows them the record without its words."""
    return actor.membership is not None and can(actor, Permission.READ_LOGS)


@login_not_required
@require_safe
def suggestion_list(request: Request) -> HttpResponse:
    reader = Actor(kind=Actor.Kind.NOBODY) if _reads_no_messages(request.actor) else request.actor
    listing = SuggestionFilter(request.GET, queryset=Suggestion.objects.visible_to(reader))
    rows, chosen, counts = listing.qs.with_standing(), listing.chosen(), listing.counts()
    order = DUE_SOONEST if request.GET.get("order") == DUE_SOONEST else NEWEST
    rows = rows.due_soonest_first() if order == DUE_SOONEST else rows.newest_first()
    key = _read_key(request.GET.get("after", ""), order)
    page = list(_beyond(rows, key, order)[: PAGE_SIZE + 1])
    address = {name: "true" if value is True else value for name, value in chosen.items()}
    if order != NEWEST:
        address["order"] = order
    _show_counts(listing, counts)
    return render(
        request,
        "suggestions/list.html",
        {
            "listing": listing,
            "suggestions": page[:PAGE_SIZE],
            "counts": counts,
            "set_filters": _set_filters(listing, chosen, address),
            "unknown": [str(listing.filters[name].label) for name in listing.form.errors if name in listing.filters],
            "order": order,
            "newest_address": _address(address, order=None),
            "due_address": _address(address, order=DUE_SOONEST),
            "late_address": _address(address, late="true"),
            "first_address": _address(address) if key else "",
            "next_address": _address(address, after=_key_of(page[PAGE_SIZE - 1], order)) if len(page) > PAGE_SIZE else "",
        },
    )


@login_not_required
@require_safe
def suggestion_detail(request: Request, reference: str) -> HttpResponse:
    suggestion, actor = case_for(request, reference)
    if not suggestion.is_public and _reads_no_messages(actor):
        return redirect("suggestions:case", suggestion.reference)
    clocks = clocks_of(suggestion)
    entries = story_of(suggestion, clocks)
    author = is_author(actor, suggestion) and can_on(actor, Permission.WITHDRAW_OWN, suggestion)
    now = wall_clock.now()
    response = render(
        request,
        "suggestions/detail.html",
        {
            "suggestion": suggestion,
            "running": [clock for clock in clocks if clock.is_open],
            "stopped": [clock for clock in clocks if not clock.is_open],
            "answers": questions_answered(suggestion),
            "entries": entries,
            "is_author": author,
            "can_withdraw": author and suggestion.can_move_to(Status.WITHDRAWN),
            "to_reply": [entry.row for entry in entries if author and entry.is_open_question and not suggestion.is_settled],
            "to_judge": [entry.row for entry in entries if author and entry.awaits_verdict(now)],
        },
    )
    if author or not suggestion.is_public:
        add_never_cache_headers(response)  # the next person at a shared screen goes back to nothing
    return response


@login_not_required
def withdraw(request: Request, reference: str) -> HttpResponse:
    suggestion, actor = own_case(request, reference, Permission.WITHDRAW_OWN)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_suggestion(suggestion=suggestion, by=actor, reason=form.cleaned_data["reason"], at=wall_clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("You took your suggestion back. Nothing is owed for it any more."))
            return redirect(suggestion)
    return render(request, "suggestions/withdraw.html", {"suggestion": suggestion, "form": form})


# --- The pages of the list, by key -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Key:
    """Where a page ended; the next one starts behind it."""

    due_at: datetime | None
    received_at: datetime
    pk: int


def _key_of(suggestion: Suggestion, order: str) -> str:
    parts = [str((suggestion.received_at - EPOCH) // MICROSECOND), str(suggestion.pk)]
    if order == DUE_SOONEST:
        due_at = suggestion.standing.next_due_at
        parts = [str((due_at - EPOCH) // MICROSECOND) if due_at else NEVER, *parts]
    return ".".join(parts)


def _read_key(written: str, order: str) -> _Key | None:
    """The key of an address; what cannot be read starts the list anew."""
    parts = written.split(".")
    if order == NEWEST:
        parts = [NEVER, *parts]
    if len(parts) != 3 or any(len(part) > 18 or not (part.isascii() and part.isdigit()) for part in parts if part != NEVER):
        return None
    due, received, pk = parts
    try:
        return _Key(_moment(due) if due != NEVER else None, _moment(received), int(pk))
    except (ValueError, OverflowError):
        return None


def _moment(microseconds: str) -> datetime:
    return EPOCH + int(microseconds) * MICROSECOND


def _beyond(rows: SuggestionQuerySet, key: _Key | None, order: str) -> SuggestionQuerySet:
    if key is None:
        return rows
    older = Q(received_at__lt=key.received_at) | Q(received_at=key.received_at, pk__lt=key.pk)
    if order == NEWEST:
        return rows.filter(older)
    if key.due_at is None:
        return rows.filter(older, standing__next_due_at=None)
    later = Q(standing__next_due_at__gt=key.due_at) | Q(standing__next_due_at=None)
    return rows.filter(later | Q(older, standing__next_due_at=key.due_at))


# --- The filters as they are shown -------------------------------------------------------------------------------------


def _address(chosen: dict[str, Any], **changes: str | None) -> str:
    """The address of the list with these filters, changed."""
    return "?" + urlencode({name: value for name, value in (chosen | changes).items() if value is not None})


def _set_filters(listing: SuggestionFilter, chosen: dict[str, Any], address: dict[str, Any]) -> list[dict[str, str]]:
    """Each filter that is set, in words, with the address of the list without it."""
    shown = []
    for name, value in chosen.items():
        words = str(value) if name == "q" else str(dict(listing.filters[name].extra.get("choices", ())).get(value, ""))
        shown.append({"label": str(listing.filters[name].label), "value": words, "address": _address(address, **{name: None})})
    return shown


def _show_counts(listing: SuggestionFilter, counts: dict[str, int]) -> None:
    for name in ("kind", "status", "owed"):
        field = listing.form.fields[name]
        field.choices = [
            (value, f"{label} ({counts[f'{name}_{value}']})" if value else label) for value, label in field.choices if value != "null"
        ]
