"""Writing a suggestion, step by step; what was typed stays in the session until it is sent."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import wall_clock
from portal.actions.contracts import CalendarNotPublished, calendar_version_for, contract_for, service_level_for
from portal.errors import Refused
from portal.middleware import Request
from portal.models import Act, Area, Category, Organisation, Service, ServiceLevel, SuggestionKind, Visibility
from portal.permissions import Permission, require
from portal.working_time import BeyondCalendar
from suggestions.actions.photos import drop_held_photos
from suggestions.actions.suggestions import submit_suggestion
from suggestions.forms.suggestions import AboutForm, SuggestionForm
from suggestions.models import HeldPhoto, OpenedBy
from suggestions.views.channels import channel_of, received_at_of, types_in
from suggestions.views.places import ground_of_map
from suggestions.views.receipts import keep_receipt, was_sent

DRAFTS = "drafts"  # session key: what was typed, by the form's key
DRAFTS_KEPT = 5
BACK = "back"  # the button that keeps what is typed, right or wrong, and goes one step back
TOLD_BEFORE = (Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE)


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody will owe, and by when, if this is sent now."""

    owner: Organisation
    act: Act
    due_at: datetime
    level: ServiceLevel

    @property
    def is_gap(self) -> bool:
        return self.level.contract_id is None


@login_not_required
@require_safe
def write(request: Request) -> HttpResponse:
    """Which service; skipped where there is only one."""
    require(request.actor, Permission.SUBMIT)
    services = list(Service.objects.filter(retired_at=None).order_by("code"))
    if len(services) == 1:
        return redirect(step("suggestions:write_about", service=services[0].code))
    return render(request, "suggestions/write/service.html", {"services": services, "begun": _begun(request)})


@login_not_required
@require_safe
def write_about(request: Request) -> HttpResponse:
    """Problem or idea, and which category; its answers travel in the address, so nothing is kept yet."""
    require(request.actor, Permission.SUBMIT)
    service = _service(request)
    if service is None:
        return redirect("suggestions:write")
    asked = "kind" in request.GET or "sent" in request.GET
    draft = _draft(request)
    form = AboutForm(request.GET if asked else None, service=service, initial=draft)
    if "sent" in request.GET and form.is_valid():
        return redirect(_details_address(request, service, form))
    context = {"form": form, "service": service, "key": request.GET.get("draft", ""), "begun": [] if draft else _begun(request)}
    return render(request, "suggestions/write/about.html", context)


@login_not_required
@never_cache
def write_details(request: Request) -> HttpResponse:
    require(request.actor, Permission.SUBMIT)
    service = _service(request)
    if service is None:
        return redirect("suggestions:write")
    about = AboutForm(request.GET, service=service)
    if not about.is_valid():
        return redirect(step("suggestions:write_about", service=service.code, sent="1", draft=request.GET.get("draft")))
    kind, category = about.cleaned_data["kind"], about.cleaned_data["chosen_category"]
    initial = {"form_key": uuid.uuid4(), **_known_of(request), **_draft(request)}
    form = SuggestionForm(request.POST or None, service=service, category=category, initial=initial)
    about_it = {"service": service.code, "kind": kind, "category": category.code if category else ""}
    if request.method == "POST" and BACK in request.POST and (key := form.key_as_typed()):
        _keep_draft(request, key, form.draft_as_typed() | about_it)
        return redirect(step("suggestions:write_about", service=service.code, kind=kind, category=about_it["category"], draft=key))
    if request.method == "POST" and form.is_valid():
        key = str(form.cleaned_data["form_key"])
        _keep_draft(request, key, form.draft() | about_it)
        return redirect(step("suggestions:check", draft=key))
    key = request.POST.get("form_key") or str(initial["form_key"])
    return render(
        request,
        "suggestions/write/details.html",
        {
            "form": form,
            "service": service,
            "promises": promises_for(service=service, area=None, kind=kind, category=category, at=wall_clock.now()),
            "after_check": service.visibility == Visibility.AFTER_CHECK,
            "back": step("suggestions:write_about", service=service.code, kind=kind, category=about_it["category"], draft=key),
            "map": ground_of_map(service.code),
        },
    )


@login_not_required
@never_cache
def check(request: Request) -> HttpResponse:
    """Everything once more, with the day of the answer; from here it is sent."""
    require(request.actor, Permission.SUBMIT)
    key = request.POST.get("form_key") or request.GET.get("draft", "")
    if was_sent(request, key):
        return redirect("suggestions:receipt")
    draft = request.session.get(DRAFTS, {}).get(key)
    service = Service.objects.filter(code=draft["service"], retired_at=None).first() if draft else None
    if draft is None or service is None:
        return render(request, "suggestions/write/lost.html", status=410)
    category = Category.objects.offered().filter(service=service, code=draft["category"]).first()
    form = SuggestionForm(draft, service=service, category=category)
    details = step("suggestions:write_details", service=service.code, kind=draft["kind"], category=draft["category"], draft=key)
    if not form.is_valid():  # the city changed its questions in the meantime
        return redirect(details)
    refusal = ""
    if request.method == "POST":
        try:
            return _send(request, form, service, category, draft)
        except Refused as refused:
            refusal = str(refused)
    suggestion = form.suggestion()
    return render(
        request,
        "suggestions/write/check.html",
        {
            "refusal": refusal,
            "key": key,
            "service": service,
            "category": category,
            "kind": SuggestionKind(draft["kind"]),
            "rows": form.told(),
            "photos": list(HeldPhoto.objects.of_draft(hash_of(key))),
            "change_photos": step("suggestions:write_photos", draft=key),
            "promises": promises_for(
                service=service,
                area=suggestion["area"] or (suggestion["asset"].area if suggestion["asset"] else None),
                kind=draft["kind"],
                category=category,
                at=wall_clock.now(),
            ),
            "after_check": service.visibility == Visibility.AFTER_CHECK and not form.cleaned_data["is_private"],
            "details": details,
            "about": step("suggestions:write_about", service=service.code, kind=draft["kind"], category=draft["category"], draft=key),
        },
    )


@login_not_required
@require_POST
def throw_away(request: Request) -> HttpResponse:
    """Forget a draft at once, with its photos."""
    key = request.POST.get("form_key", "")
    if draft_of(request, key) is not None:
        drop_held_photos(HeldPhoto.objects.of_draft(hash_of(key)))
        _drop_draft(request, key)
        messages.success(request, _("What you typed is thrown away. Nothing of it is kept."))
    return redirect("suggestions:write")


def promises_for(*, service: Service, area: Area | None, kind: str, category: Category | None, at: datetime) -> list[Promise]:
    """What will be owed for such a suggestion; where nothing can be reckoned, nothing is said."""
    contract = contract_for(service=service, area=area, at=at)
    promises = []
    for act in TOLD_BEFORE:
        level = service_level_for(act=act, contract=contract, kind=kind, category=category, at=at)
        if level is None or (act == Act.SOLVE and kind != SuggestionKind.PROBLEM):
            continue
        try:
            due_at = calendar_version_for(level).opening_times().due_after(at, level.within_minutes)
        except (CalendarNotPublished, BeyondCalendar):
            continue
        by_operator = level.owed_by == ServiceLevel.Party.OPERATOR and level.contract_id and contract
        promises.append(Promise(contract.operator if by_operator and contract else Organisation.objects.city(), act, due_at, level))
    return sorted(promises, key=lambda promise: promise.due_at)


def _send(
    request: Request, form: SuggestionForm, service: Service, category: Category | None, draft: dict[str, Any]
) -> HttpResponseRedirect:
    receipt = submit_suggestion(
        by=request.actor,
        channel=channel_of(request),
        received_at=received_at_of(request),
        service=service,
        kind=SuggestionKind(draft["kind"]),
        category=category,
        lang=get_language() or "",
        visibility=Visibility.CITY_AND_OPERATOR if form.cleaned_data["is_private"] else None,
        opened_by=OpenedBy.STAFF if request.actor.is_official and not types_in(request) else OpenedBy.CITIZEN,
        form_key=draft["form_key"],
        at=wall_clock.now(),
        **form.suggestion(),
    )
    _drop_draft(request, draft["form_key"])
    keep_receipt(request, receipt, form_key=draft["form_key"])
    return redirect("suggestions:receipt")


def _service(request: Request) -> Service | None:
    return Service.objects.filter(code=request.GET.get("service", ""), retired_at=None).first()


def step(name: str, **answers: str | None) -> str:
    given = {name: value for name, value in answers.items() if value}
    return f"{reverse(name)}?{urlencode(given)}" if given else reverse(name)


def _details_address(request: Request, service: Service, form: AboutForm) -> str:
    return step(
        "suggestions:write_details",
        service=service.code,
        kind=form.cleaned_data["kind"],
        category=form.cleaned_data.get("category"),
        draft=request.GET.get("draft"),
    )


def _known_of(request: Request) -> dict[str, str]:
    """What a signed-in person has told us before."""
    if not request.user.is_authenticated or request.actor.membership:
        return {}
    person = request.user
    return {"email": person.email or "", "phone": person.phone, "postal_address": person.postal_address, "name": person.name}


def draft_of(request: Request, key: str) -> dict[str, Any] | None:
    """What was typed under this key in this session; None when it is not there, sent or gone."""
    return request.session.get(DRAFTS, {}).get(key)


def hash_of(key: str) -> bytes:
    """How the database knows a form's key."""
    return hashlib.sha256(key.encode(errors="replace")).digest()


def _begun(request: Request) -> list[dict[str, str]]:
    """The drafts of this session that were not sent, the newest first, each with the address where it goes on."""
    begun = []
    for key, draft in reversed(request.session.get(DRAFTS, {}).items()):
        details = step("suggestions:write_details", service=draft["service"], kind=draft["kind"], category=draft["category"], draft=key)
        begun.append({"key": key, "title": draft.get("title") or _("Without a title yet"), "address": details})
    return begun


def _draft(request: Request) -> dict[str, Any]:
    return request.session.get(DRAFTS, {}).get(request.GET.get("draft", ""), {})


def _keep_draft(request: Request, key: str, draft: dict[str, Any]) -> None:
    # A new key, as at a sign-in, for this session will hold the receipt. Not when it is sent: were that answer lost on the way,
    # the browser would come back with the old key and find neither draft nor receipt.
    request.session.cycle_key()
    drafts = {kept: value for kept, value in request.session.get(DRAFTS, {}).items() if kept != key}
    newest = list(drafts.items())[-(DRAFTS_KEPT - 1) :]
    request.session[DRAFTS] = dict(newest) | {key: draft}


def _drop_draft(request: Request, key: str) -> None:
    request.session[DRAFTS] = {kept: value for kept, value in request.session.get(DRAFTS, {}).items() if kept != key}
