"""The capacity somebody acts in, and what was told to it."""

from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.forms import CapacityForm
from portal.middleware import CAPACITY, Request, actor_of, has_second_factor
from portal.models import Actor, Membership, Notification, Person
from portal.permissions import Permission, can

TOLD_ON_A_PAGE = 50


@never_cache
def capacity(request: Request) -> HttpResponse:
    """One sign-in acts in one capacity at a time; here it is chosen and changed, or said what it still takes."""
    person = get_object_or_404(Person, pk=request.user.pk)
    is_sure = has_second_factor(request)
    form = CapacityForm(request.POST if request.method == "POST" else None, person=person, is_sure=is_sure)
    if request.method == "POST" and form.is_valid():
        _act_as(request, form.cleaned_data["capacity"])
        return redirect(_next(request) or start_of(actor_of(request)))
    return render(
        request,
        "portal/capacity.html",
        {
            "form": form,
            "memberships": list(person.memberships.current().select_related("organisation").order_by("id")),
            "is_sure": is_sure,
            "has_factor": not is_sure and is_mfa_enabled(person),
            "next": _next(request),
            "here": f"{request.path}?{urlencode({'next': _next(request)})}" if _next(request) else request.path,
        },
        status=422 if form.errors else 200,
    )


@require_safe
def told(request: Request) -> HttpResponse:
    """Everything that was told to this capacity, the newest first."""
    notifications = Notification.objects.for_actor(request.actor).order_by("-told_at", "-id")
    page = Paginator(notifications, TOLD_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/told.html", {"page": page})


@require_safe
def home(request: Request) -> HttpResponse:
    """Where somebody in this capacity begins."""
    return redirect(start_of(request.actor))


@login_not_required
@require_safe
def languages(request: Request) -> HttpResponse:
    """The form that sets the language stands on a page of its own, so that no public page holds a token and strangers can share it."""
    return render(request, "portal/languages.html", {"next": _next(request)})


def start_of(actor: Actor) -> str:
    """The page on which a capacity begins, by name: an operator's queue, the city's board, a helper's page, else the list."""
    if actor.is_operator:
        return "suggestions:queue"
    if actor.is_city and actor.is_official:
        return "suggestions:board"
    if can(actor, Permission.HELP):
        return "suggestions:help"
    return "suggestions:list"


def _act_as(request: Request, role: Membership | None) -> None:
    request.session.cycle_key()
    request.session[CAPACITY] = role.pk if role else None


def _next(request: Request) -> str:
    """Where somebody was going, if that is a page of ours."""
    wish = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wish, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wish if ours and wish.startswith("/") else ""
