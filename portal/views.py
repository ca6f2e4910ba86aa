"""Signing in and out, the capacity somebody acts in, and what was told to it."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from portal.actions.tries import TooManyTries, count_wrong_try, forget_wrong_tries, require_tries_left
from portal.forms import CapacityForm, SignInForm
from portal.middleware import CAPACITY, Request, actor_of
from portal.models import Actor, Membership, Notification, Person

SIGN_IN = "sign_in"
TOLD_ON_A_PAGE = 50


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: Request) -> HttpResponse:
    """Mail code and passkeys come later; until then an e-mail address and a password."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(_next(request) or start_of(request.actor))
        return _sign_in_page(request, SignInForm(request))
    tries = {"tried": request.POST.get("username", "").strip().lower(), "place": _place(request)}
    try:
        require_tries_left(SIGN_IN, **tries)
    except TooManyTries as refusal:
        return _sign_in_page(request, SignInForm(request, initial={"username": tries["tried"]}), refusal=str(refusal), status=429)
    form = SignInForm(request, request.POST)
    if not form.is_valid():
        count_wrong_try(SIGN_IN, **tries)
        return _sign_in_page(request, form, status=422)
    forget_wrong_tries(SIGN_IN, **tries)
    return _go_on(request, form.get_user())


@require_POST
def sign_out(request: Request) -> HttpResponse:
    logout(request)
    messages.success(request, _("You have signed out."))
    return redirect("reports:start")


@never_cache
def capacity(request: Request) -> HttpResponse:
    """One sign-in acts in one capacity at a time; here it is chosen and changed."""
    person = get_object_or_404(Person, pk=request.user.pk)
    form = CapacityForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        _act_as(request, form.cleaned_data["capacity"])
        return redirect(_next(request) or start_of(actor_of(request)))
    memberships = form.fields["capacity"].queryset  # type: ignore[attr-defined]
    return render(
        request,
        "portal/capacity.html",
        {"form": form, "memberships": memberships, "chosen": request.session.get(CAPACITY), "next": _next(request)},
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


def start_of(actor: Actor) -> str:
    """The page on which a capacity begins, by name: an operator's queue, the city's board, else the list."""
    if actor.is_operator:
        return "suggestions:queue"
    if actor.is_city and actor.is_official:
        return "suggestions:board"
    return "suggestions:list"


def _sign_in_page(request: Request, form: SignInForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    return render(request, "portal/sign_in.html", {"form": form, "refusal": refusal, "next": _next(request)}, status=status)


def _go_on(request: Request, person: Person) -> HttpResponse:
    """After the password: the one role is taken, several are asked about, and none makes a citizen."""
    login(request, person)
    roles = list(person.memberships.current()[:2])
    if len(roles) > 1:
        return redirect(f"{reverse('portal:capacity')}?{urlencode({'next': _next(request)})}")
    _act_as(request, roles[0] if roles else None)
    return redirect(_next(request) or start_of(actor_of(request)))


def _act_as(request: Request, role: Membership | None) -> None:
    request.session.cycle_key()
    request.session[CAPACITY] = role.pk if role else None


def _next(request: Request) -> str:
    """Where somebody was going, if that is a page of ours."""
    wish = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wish, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wish if ours else ""


def _place(request: Request) -> str:
    """The address that tries: behind a proxy of the city's own, the one that the proxy saw."""
    if settings.SECURE_PROXY_SSL_HEADER and (seen := request.headers.get("X-Forwarded-For")):
        return seen.rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")
