"""The public list, one suggestion, and taking one's own back."""

from collections.abc import Iterator
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
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.errors import Refused
from portal.middleware import Request, actor_on
from portal.models import Actor
from portal.page_cache import same_for_everybody
from portal.permissions import Permission, can
from portal.references import read_reference
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.actions.versions import can_be_edited, editable_until
from suggestions.filters import DUE_SOONEST, NEWEST, SuggestionFilter, in_order, order_of
from suggestions.forms.suggestions import WithdrawForm
from suggestions.models import Decision, Follow, Satisfaction, Status, Suggestion
from suggestions.models.suggestions import SuggestionQuerySet
from suggestions.permissions import can_on, is_author, words_for
from suggestions.views.checked import checked_of
from suggestions.views.places import map_of
from suggestions.views.support_boxes import support_box
from suggestions.views.timeline import clocks_of, photos_of, questions_answered, story_of

PAGE_SIZE = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = "-"
TOO_FEW = 5  # below it a count of what people said is not shown


def case_for(request: Request, reference: str, *, with_traces: bool = False, alone: bool = False) -> tuple[Suggestion, Actor]:
    """The suggestion if this visitor may read it, and the capacity in which they may act on it; else it does not exist.

    The traces are for pages that only read: an act that follows would leave more of them. Alone, without the rows around it, it is enough
    for an act that is done in one statement.
    """
    printed = read_reference(reference)
    if printed is None:
        raise Http404
    actor = actor_on(request, printed)
    visible = Suggestion.objects.visible_to(actor)
    if not alone:
        visible = visible.with_standing().select_related("asset", "author__membership")
    suggestion = (visible.with_traces() if with_traces else visible).filter(reference=printed).first()
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


def reader_of(request: Request) -> Actor:
    """In whose eyes a list is shown: whoever checks the logs finds in it what everybody finds."""
    return Actor(kind=Actor.Kind.NOBODY) if _reads_no_messages(request.actor) else request.actor


@login_not_required
@require_safe
@same_for_everybody
def suggestion_list(request: Request) -> HttpResponse:
    listing = SuggestionFilter(request.GET, queryset=Suggestion.objects.visible_to(reader_of(request)))
    rows, chosen, counts = listing.qs.with_standing(), listing.chosen(), listing.counts()
    order = order_of(request.GET)
    rows = in_order(rows, order)
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
            "set_filters": set_filters_of(listing, chosen, address),
            "unknown": [str(listing.filters[name].label) for name in listing.form.errors if name in listing.filters],
            "order": order,
            "satisfied": _satisfied(chosen),
            "to_follow": list(_to_follow(listing, chosen)),
            "feed_address": reverse("suggestions:list_feed") + _address({name: address[name] for name in chosen}),
            "newest_address": _address(address, order=None),
            "due_address": _address(address, order=DUE_SOONEST),
            "late_address": _address(address, late="true"),
            "map_address": reverse("suggestions:map") + _address({name: value for name, value in address.items() if name != "order"}),
            "export_address": _address(address) if can(request.actor, Permission.EXPORT) else "",
            "first_address": _address(address) if key else "",
            "next_address": _address(address, after=_key_of(page[PAGE_SIZE - 1], order)) if len(page) > PAGE_SIZE else "",
        },
    )


@login_not_required
@require_safe
@same_for_everybody
def suggestion_detail(request: Request, reference: str) -> HttpResponse:
    suggestion, actor = case_for(request, reference, with_traces=True)
    if not suggestion.is_public and _reads_no_messages(actor):
        return redirect("suggestions:case", suggestion.reference)
    clocks = clocks_of(suggestion)
    entries = story_of(suggestion, clocks, reader=actor)
    words = words_for(actor, suggestion)
    author = is_author(actor, suggestion) and can_on(actor, Permission.WITHDRAW_OWN, suggestion)
    now = wall_clock.now()
    response = render(
        request,
        "suggestions/detail.html",
        {
            "suggestion": suggestion,
            "words": words,
            "may_report": True,
            "checked": checked_of(suggestion, actor) if author else [],
            "running": [clock for clock in clocks if clock.is_open],
            "stopped": [clock for clock in clocks if not clock.is_open],
            "answers": questions_answered(suggestion, words),
            "entries": entries,
            "support": support_box(suggestion, request.actor),
            "photos": list(photos_of(suggestion, actor)) if suggestion.has("photos") else [],
            "map": map_of(suggestion, words),
            "is_author": author,
            "can_edit": author and can_be_edited(suggestion, at=now),
            "edit_until": editable_until(suggestion),
            "follows_it": Follow.objects.of(actor).filter(suggestion=suggestion).exists(),
            "to_rate": _to_rate(suggestion) if author else None,
            "can_withdraw": author and suggestion.can_move_to(Status.WITHDRAWN),
            "to_reply": [entry.row for entry in entries if author and entry.is_open_question and not suggestion.is_settled],
            "to_judge": [entry.row for entry in entries if author and entry.awaits_verdict(now)],
        },
    )
    if author or not suggestion.is_public or (suggestion.is_hidden and not words.are_hidden):
        add_never_cache_headers(response)  # the next person at a shared screen goes back to nothing
    return response


def _to_rate(suggestion: Suggestion) -> Decision | None:
    """The newest decision, if its author has not said yet whether it answers them."""
    newest = suggestion.decisions.in_effect().select_related("response__organisation").order_by("effective_at", "id").last()
    return newest if newest and not newest.satisfactions.exists() else None


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
            messages.success(request, _("You took your suggestion back. Nothing is owed for it any more, and its photos are deleted."))
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


def _satisfied(chosen: dict[str, Any]) -> dict[str, int]:
    """On the list of one whole service: what its authors said of decisions, in counts; nothing while one of them could be guessed."""
    if set(chosen) != {"service"}:
        return {}
    counts = Satisfaction.objects.filter(decision__suggestion__service__code=chosen["service"]).counts()
    total = sum(counts.values())
    return counts | {"total": total} if total >= TOO_FEW else {}


def _to_follow(listing: SuggestionFilter, chosen: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The service and the part of the city that are chosen can be followed; links, so that a signed-out page is the same for everybody."""
    for name, words in (("service", _("Follow the service %(name)s")), ("area", _("Follow %(name)s"))):
        if name in chosen:
            label = dict(listing.filters[name].extra["choices"]).get(chosen[name], chosen[name])
            yield {"address": reverse(f"suggestions:follow_{name}", args=[chosen[name]]), "words": words % {"name": label}}


def set_filters_of(listing: SuggestionFilter, chosen: dict[str, Any], address: dict[str, Any]) -> list[dict[str, str]]:
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
