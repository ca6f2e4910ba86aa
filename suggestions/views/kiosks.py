"""The kiosk, a helper beside somebody, and forms typed in: doors for people without a screen of their own."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from portal import wall_clock
from portal.actions.help_sessions import end_help, start_help
from portal.actions.kiosks import WrongCode, enrol_kiosk, note_wipe, put_up_kiosk, take_down_kiosk
from portal.actions.tries import count_wrong_try, require_tries_left
from portal.city_days import city_zone
from portal.errors import Refused
from portal.middleware import HELP, KIOSK, RECEIPTS, Request, address_of, help_session_of
from portal.models import HelpSession, Kiosk
from portal.permissions import Permission, require
from suggestions.forms.kiosks import EnrolForm, HelpForm, KioskForm, PaperForm
from suggestions.views.channels import PAPER
from suggestions.views.drafts import DRAFTS
from suggestions.views.receipts import SENT

A_YEAR = 365 * 24 * 60 * 60
OF_ONE_VISIT = (RECEIPTS, SENT, DRAFTS, "supported")  # session keys that belong to the person helped, not to the helper


# --- At the kiosk ------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_safe
def kiosk_start(request: Request) -> HttpResponse:
    """The first screen: what people come for, in large. On any other screen it says how a kiosk is set up."""
    if request.kiosk is None:
        return redirect("suggestions:kiosk_enrol")
    return render(request, "suggestions/kiosk/start.html", {"languages": settings.LANGUAGES})


@login_not_required
@never_cache
@sensitive_post_parameters("code")
def kiosk_enrol(request: Request) -> HttpResponse:
    """Make this screen a kiosk, with the code that a clerk was shown."""
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tries = {"tried": "enrol", "place": address_of(request)}
        try:
            require_tries_left(KIOSK, **tries)
            _kiosk, credential = enrol_kiosk(code=form.cleaned_data["code"], at=wall_clock.now())
        except Refused as refusal:
            if isinstance(refusal, WrongCode):
                count_wrong_try(KIOSK, **tries)
            form.add_error("code", str(refusal))
        else:
            request.session.flush()
            response = redirect("suggestions:kiosk_start")
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(KIOSK, credential, max_age=A_YEAR, httponly=True, secure=secure, samesite="Strict")
            return response
    return render(request, "suggestions/kiosk/enrol.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@never_cache
def kiosk_wipe(request: Request) -> HttpResponse:
    """The visit is over: whatever this screen knew of it is gone. Without JavaScript the page comes here by itself."""
    if request.kiosk is None:
        return redirect("suggestions:list")
    request.session.flush()
    note_wipe(kiosk=request.kiosk, at=wall_clock.now())
    response = redirect("suggestions:kiosk_start")
    response["Clear-Site-Data"] = '"cache", "storage"'  # not the cookies: one of them says that this is a kiosk
    for cookie in (settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"):
        response.delete_cookie(cookie)
    return response


def kiosk_list(request: Request) -> HttpResponse:
    """The city's kiosks, and a new one; its code is shown once."""
    require(request.actor, Permission.MANAGE_KIOSKS)
    form, code = KioskForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _kiosk, code = put_up_kiosk(by=request.actor, at=wall_clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            form = KioskForm()
    kiosks = Kiosk.objects.order_by("revoked_at", "name", "id")
    context = {"form": form, "code": code, "kiosks": kiosks}
    return render(request, "suggestions/kiosk/list.html", context, status=422 if form.errors else 200)


@require_POST
def kiosk_take_down(request: Request, kiosk: uuid.UUID) -> HttpResponse:
    require(request.actor, Permission.MANAGE_KIOSKS)
    take_down_kiosk(kiosk=get_object_or_404(Kiosk, uuid=kiosk), by=request.actor, at=wall_clock.now())
    messages.success(request, _("This screen is no longer a kiosk."))
    return redirect("suggestions:kiosks")


# --- A helper beside somebody ------------------------------------------------------------------------------------------


@never_cache
def help_somebody(request: Request) -> HttpResponse:
    """Begin with one person, and see how long it still lasts."""
    require(request.actor, Permission.HELP)
    assert request.actor.membership is not None
    current = help_session_of(request, request.actor.membership)
    form = HelpForm(request.POST or None, initial={"place": _usual_place(request)})
    if request.method == "POST" and form.is_valid():
        try:
            session = start_help(by=request.actor, at=wall_clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            _forget_visit(request)
            request.session[HELP] = str(session.uuid)
            messages.success(request, _("You can begin. Everything you do now is for this person."))
            return redirect("suggestions:help")
    return render(request, "suggestions/help.html", {"form": form, "current": current}, status=422 if form.errors else 200)


@require_POST
def end_helping(request: Request) -> HttpResponse:
    """The person has gone: nothing of theirs stays open on this screen."""
    end_help(by=request.actor, at=wall_clock.now())
    _forget_visit(request)
    messages.success(request, _("You ended. Nothing of this person is open here any more."))
    response = redirect("suggestions:help")
    response["Clear-Site-Data"] = '"cache"'
    return response


def _usual_place(request: Request) -> str:
    newest = HelpSession.objects.filter(membership=request.actor.membership).order_by("-started_at").first()
    return newest.place if newest else ""


def _forget_visit(request: Request) -> None:
    for key in (HELP, *OF_ONE_VISIT):
        request.session.pop(key, None)


# --- A form typed in ---------------------------------------------------------------------------------------------------


@never_cache
def paper(request: Request) -> HttpResponse:
    """How and when a form came in; then it is typed in like any other suggestion."""
    require(request.actor, Permission.ENTER_PAPER)
    now = wall_clock.now()
    form = PaperForm(request.POST or None, now=now, initial={"channel": "paper", "received_at": now.astimezone(city_zone())})
    if request.method == "POST" and form.is_valid():
        received_at = form.cleaned_data["received_at"].isoformat()
        request.session[PAPER] = {"channel": form.cleaned_data["channel"], "received_at": received_at}
        return redirect("suggestions:write")
    return render(request, "suggestions/paper.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def end_paper(request: Request) -> HttpResponse:
    require(request.actor, Permission.ENTER_PAPER)
    for key in (PAPER, *OF_ONE_VISIT):
        request.session.pop(key, None)
    messages.success(request, _("Nothing is being typed in any more."))
    return redirect("suggestions:paper")
