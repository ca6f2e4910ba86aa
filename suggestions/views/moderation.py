"""The city's room for what was reported: the queue, hiding and showing again, appeals; and the public account of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Min, OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.errors import Refused
from portal.middleware import Request
from portal.models import Act, Criterion
from portal.permissions import Permission, require
from suggestions.actions.moderation import hide_item, lift_hiding, rule_on_appeal, settle_reports
from suggestions.forms.moderation import HideForm, LiftForm, RulingForm
from suggestions.models import Appeal, Flag, Hiding, Obligation, Photo, Suggestion
from suggestions.models.moderation import KINDS, SUBJECT, Item, case_of, noun_of
from suggestions.models.suggestions import tombstone

ON_A_PAGE = 30
AT_ONCE = 100  # items settled in one go
IN_THE_LOG = 200


@dataclass(slots=True)
class Reported:
    """One item with the reports that wait, and the city's clock for looking at it."""

    item: Item
    flags: list[Flag] = field(default_factory=list)
    clock: Obligation | None = None

    @property
    def key(self) -> str:
        return f"{noun_of(self.item)}/{self.item.uuid}"

    @property
    def noun(self) -> str:
        return noun_of(self.item)

    @property
    def suggestion(self) -> Suggestion:
        return self.flags[0].suggestion

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Each reason with how many gave it, the most frequent first."""
        counted: dict[str, int] = defaultdict(int)
        for flag in self.flags:
            counted[str(flag.get_reason_display())] += 1
        return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def notes(self) -> list[str]:
        return [flag.note for flag in self.flags if flag.note]


@never_cache
@require_safe
def moderation(request: Request) -> HttpResponse:
    require(request.actor, Permission.MODERATE)
    page, unchecked, now = _waiting_items(request.GET.get("page")), _unchecked(), wall_clock.now()
    return render(
        request,
        "suggestions/moderation/queue.html",
        {
            "page": page,
            "appeals": _appeals_waiting(),
            "unchecked": unchecked,
            "unchecked_late": sum(clock.due_at is not None and clock.due_at < now for clock in unchecked),
            "photos_waiting": Photo.objects.awaiting_review().count(),
            "hidden_now": Hiding.objects.current().count(),
        },
    )


@never_cache
def settle_flags(request: Request) -> HttpResponse:
    """A look at what would be settled, then the settling; one item or many."""
    require(request.actor, Permission.MODERATE)
    keys = (request.POST if request.method == "POST" else request.GET).getlist("item")[:AT_ONCE]
    chosen = _reported([item for key in dict.fromkeys(keys) if (item := _item_of(key))])
    if request.method != "POST":
        return render(request, "suggestions/moderation/settle.html", {"chosen": chosen})
    settled = 0
    for reported in chosen:
        settled += settle_reports(item=reported.item, by=request.actor, at=wall_clock.now())
    messages.success(
        request,
        ngettext(
            "Nothing wrong: %(count)d report is settled, and it stays.",
            "Nothing wrong: %(count)d reports are settled, and all of it stays.",
            settled,
        )
        % {"count": settled},
    )
    return redirect("suggestions:moderation")


@never_cache
def hide(request: Request, noun: str, item: UUID) -> HttpResponse:
    """The first button shows what everybody and what the author would read; the second hides."""
    require(request.actor, Permission.MODERATE)
    found, at = _item_of(f"{noun}/{item}"), wall_clock.now()
    if found is None:
        raise Http404
    form = HideForm(request.POST if request.method == "POST" else None, at=at)
    preview = ""
    if request.method == "POST" and form.is_valid():
        criterion: Criterion = form.cleaned_data["criterion"]
        preview = tombstone(at, criterion)
        if "hide" in request.POST:
            try:
                hide_item(item=found, by=request.actor, criterion=criterion, reasons=form.cleaned_data["reasons"], at=at)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("It is hidden. The author reads your reasons and may appeal; every clock runs on."))
                return redirect("suggestions:moderation")
    flags = list(Flag.objects.waiting().about(found).order_by("reported_at"))
    context = {"item": found, "noun": noun, "suggestion": case_of(found), "flags": flags, "form": form, "preview": preview}
    return render(request, "suggestions/moderation/hide.html", context)


@never_cache
def lift(request: Request, hiding: UUID) -> HttpResponse:
    require(request.actor, Permission.MODERATE)
    hidden = get_object_or_404(Hiding.objects.with_item().select_related("criterion"), uuid=hiding)
    form = LiftForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            lift_hiding(hiding=hidden, by=request.actor, reason=form.cleaned_data["reason"], at=wall_clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is shown again."))
            return redirect("suggestions:case", hidden.suggestion.reference)
    return render(request, "suggestions/moderation/lift.html", {"hiding": hidden, "suggestion": hidden.suggestion, "form": form})


@never_cache
def rule(request: Request, appeal: UUID) -> HttpResponse:
    require(request.actor, Permission.MODERATE)
    appeals = Appeal.objects.select_related("hiding__criterion", "hiding__suggestion", "hiding__by__membership", "obligation")
    found = get_object_or_404(appeals, uuid=appeal)
    form = RulingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        try:
            rule_on_appeal(appeal=found, by=request.actor, granted=answers["granted"], reasons=answers["reasons"], at=wall_clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("You granted the appeal: it is shown again.") if answers["granted"] else _("You decided: it stays hidden.")
            messages.success(request, said)
            return redirect("suggestions:moderation")
    hiding = Hiding.objects.with_item().select_related("criterion").get(pk=found.hiding_id)
    return render(
        request,
        "suggestions/moderation/rule.html",
        {
            "appeal": found,
            "hiding": hiding,
            "suggestion": hiding.suggestion,
            "form": form,
            "hid_it": found.hiding.by.human == request.actor.human,
        },
    )


@login_not_required
@require_safe
def moderation_log(request: Request) -> HttpResponse:
    """The account of it for everybody: how often on which criterion, and when; no word of what was hidden."""
    counts = {
        "hidings": Count("pk"),
        "hidden_now": Count("pk", filter=Q(lifted_at=None)),
        "appeals": Count("appeal"),
        "granted": Count("appeal", filter=Q(appeal__granted=True)),
        "lifted": Count("pk", filter=Q(lifted_at__isnull=False)),
    }
    by_criterion: dict[int, dict[str, Any]] = {row["criterion"]: dict(row) for row in Hiding.objects.values("criterion").annotate(**counts)}
    published = Criterion.objects.for_moderation(wall_clock.now())
    criteria = Criterion.objects.filter(Q(pk__in=by_criterion) | Q(pk__in=published)).order_by("code", "version")
    return render(
        request,
        "suggestions/moderation/log.html",
        {
            "criteria": [(criterion, by_criterion.get(criterion.pk)) for criterion in criteria],
            "total": sum(row["hidings"] for row in by_criterion.values()),
            "hidings": Hiding.objects.select_related("criterion", "appeal").order_by("-hidden_at", "-id")[:IN_THE_LOG],
            "reports": Flag.objects.settled().aggregate(all=Count("pk"), upheld=Count("pk", filter=Q(upheld=True))),
        },
    )


# --- What waits --------------------------------------------------------------------------------------------------------


def _waiting_items(number: str | None) -> Page:
    """A page of the items that were reported, the first due first, each with its reports: a fixed number of queries."""
    clock = Obligation.objects.running().filter(act=Act.CHECK, suggestion=OuterRef("suggestion"))
    by_item = (
        Flag.objects.waiting()
        .values(*SUBJECT)
        .annotate(due_at=Min(Subquery(clock.values("due_at")[:1])), first=Min("reported_at"))
        .order_by(F("due_at").asc(nulls_last=True), "first", *SUBJECT)
    )
    page = Paginator(by_item, ON_A_PAGE).get_page(number)
    wanted = [tuple(row[column] for column in SUBJECT) for row in page.object_list]
    page.object_list = _grouped(wanted)
    return page


def _grouped(wanted: list[tuple[int | None, ...]]) -> list[Reported]:
    cases = [columns[0] for columns in wanted]
    flags = Flag.objects.waiting().filter(suggestion__in=cases).with_item().order_by("reported_at", "id")
    by_item: dict[tuple[int | None, ...], list[Flag]] = defaultdict(list)
    for flag in flags:
        by_item[tuple(getattr(flag, f"{column}_id") for column in SUBJECT)].append(flag)
    clocks = (
        Obligation.objects.running()
        .filter(act=Act.CHECK, suggestion__in=cases)
        .select_related("owner", "service_level", "calendar_version")
        .prefetch_related("pauses")
    )
    clock_of = {clock.suggestion_id: clock for clock in clocks}
    return [
        Reported(by_item[columns][0].item, by_item[columns], clock_of.get(columns[0])) for columns in wanted if columns in by_item
    ]


def _reported(items: Iterable[Item]) -> list[Reported]:
    found = []
    for item in items:
        if flags := list(Flag.objects.waiting().about(item).with_item().order_by("reported_at")):
            found.append(Reported(item, flags))
    return found


def _appeals_waiting() -> list[Appeal]:
    waiting = Appeal.objects.waiting().select_related(
        "hiding__criterion", "hiding__suggestion__service", "obligation__owner", "obligation__service_level", "obligation__calendar_version"
    )
    return list(waiting.prefetch_related("obligation__pauses").order_by(F("obligation__due_at").asc(nulls_last=True), "id"))


def _unchecked() -> list[Obligation]:
    """The clocks of what waits for a check before publication."""
    clocks = Obligation.objects.running().filter(act=Act.CHECK, suggestion__in=Suggestion.objects.awaiting_clearance())
    return list(
        clocks.select_related("suggestion__service", "suggestion__category", "owner", "service_level", "calendar_version")
        .prefetch_related("pauses")
        .due_first()[: 2 * ON_A_PAGE]
    )


def _item_of(key: str) -> Item | None:
    """The item that "noun/uuid" names; None where nothing is called so."""
    noun, _slash, written = key.partition("/")
    try:
        uuid = UUID(written)
    except ValueError:
        return None
    if noun not in KINDS:
        return None
    return cast(Item | None, KINDS[noun]._default_manager.filter(uuid=uuid).first())
