"""The doors of sign-in. They are django-allauth's, which are classes; ours say what differs: wording, statuses, and what leads on."""

from typing import Any
from urllib.parse import urlencode

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.flows.logout import logout
from allauth.account.models import EmailAddress, Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from portal import wall_clock
from portal.actions.accounts import open_account
from portal.adapters import TOO_MANY, MailNotSent
from portal.broker import BrokerAnswer, BrokerDoor
from portal.mailbox import code_of_the_demo, newest_mails
from portal.middleware import Request

TOO_MANY_CODES = {"too_many_login_attempts", "rate_limited"}


class AsOurs:
    """A refused form is 422, too many tries 429, and a mail server that is away 503; whatever was typed stays."""

    request: HttpRequest

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except MailNotSent as refusal:
            form.add_error(None, str(refusal))
            response = self.form_invalid(form)
            response.status_code = 503
            return response

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            found = {error.code for errors in form.errors.as_data().values() for error in errors}
            response.status_code = 429 if found & TOO_MANY_CODES else 422
        return response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Where somebody was going stays in the form, if it is a page of ours."""
        context: dict[str, Any] = super().get_context_data(**more)  # type: ignore[misc]
        brokers = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        return context | {"next": get_next_redirect_url(self.request) or "", "brokers": brokers}


# --- Signing in --------------------------------------------------------------------------------------------------------


class CodeByMail(LoginCodeVerificationProcess):
    """A code for every address alike, known or not: nobody learns from the answer, and an account comes with the right code."""

    @classmethod
    def begin(cls, request: HttpRequest, *, email: str) -> None:
        login = Login(email=email)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=None, email=email), initiated_by_user=True)
        process = cls(stage)
        process.send()
        process.persist()

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        get_adapter().send_mail("account/email/login_code", email, {"request": self.request, "code": self.generate_code()})

    def finish(self, redirect_url: str | None) -> HttpResponse:
        person, is_new = open_account(email=self.state["email"], at=wall_clock.now())
        record_authentication(self.request, person, method="code", email=self.state["email"])
        return perform_login(self.request, Login(user=person, email=self.state["email"], redirect_url=redirect_url, signup=is_new))


class SignIn(AsOurs, account.RequestLoginCodeView):
    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            CodeByMail.begin(self.request, email=form.cleaned_data["email"])
        except MailNotSent as refusal:
            form.add_error(None, str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=503)
        return HttpResponseRedirect(self.get_success_url())


sign_in = never_cache(SignIn.as_view())


class EnterCode(AsOurs, account.ConfirmLoginCodeView):
    @property
    def _process(self) -> CodeByMail | None:
        return self.__dict__["process"]

    @_process.setter
    def _process(self, found: LoginCodeVerificationProcess | None) -> None:
        self.__dict__["process"] = CodeByMail(found.stage) if found else None

    def post(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        """Counted beside the session, so that many guesses at once do not all find the first try."""
        assert self._process
        if not ratelimit.consume(request, action="confirm_login_code", key=self._process.state["email"]):
            form = self.get_form()
            form.full_clean()
            form.errors.clear()
            form.add_error(None, TOO_MANY)
            return self.render_to_response(self.get_context_data(form=form), status=429)
        return super().post(request, *args, **more)


class SignInByPassword(AsOurs, account.LoginView):
    pass


class SignInByPasskey(AsOurs, webauthn.LoginWebAuthnView):
    def form_valid(self, form: forms.Form) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        return perform_passwordless_login(self.request, authenticator, login)


class SecondFactor(AsOurs, mfa.AuthenticateView):
    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(**more)
        types = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return context | {"has_app": Authenticator.Type.TOTP in types, "has_passkey": Authenticator.Type.WEBAUTHN in types}


class ConfirmAddress(AsOurs, account.ConfirmEmailVerificationCodeView):
    pass


confirm_address = login_not_required(never_cache(ConfirmAddress.as_view()))


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the visit, or a sign-in that is under way."""
    was_in = request.user.is_authenticated
    logout(request, show_message=False)
    if not was_in:
        return redirect(f"{reverse('portal:sign_in')}?{urlencode({'next': get_next_redirect_url(request) or ''})}")
    messages.success(request, _("You have signed out."))
    return redirect(settings.LOGOUT_REDIRECT_URL)


# --- The city's broker -------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_POST
def go_to_broker(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Answered by a page that goes on by itself: our policy lets no form of ours be sent on to another site."""
    try:
        door = BrokerDoor(request, provider_id)
        answer = door.get_provider().redirect_from_request(request)
    except SocialApp.DoesNotExist as fault:
        raise Http404 from fault
    except (OAuth2Error, RequestException, AttributeError, KeyError, TypeError, ValueError) as fault:
        return render_authentication_error(request, door.get_provider(), exception=fault)
    if not isinstance(answer, HttpResponseRedirect):
        return answer
    return render(request, "socialaccount/login_redirect.html", {"redirect_to": answer.url, "broker": door.get_provider().name})


@login_not_required
@never_cache
@require_safe
def back_from_broker(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Whatever is wrong with the answer ends on one page, signed in as nobody."""
    try:
        door = BrokerDoor(request, provider_id)
        provider = door.get_provider()
    except SocialApp.DoesNotExist as fault:
        raise Http404 from fault
    try:
        return BrokerAnswer.adapter_view(door)(request)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:  # an answer of no known shape
        return render_authentication_error(request, provider, exception=fault)


@login_not_required
@require_safe
def broker_stopped(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("You stopped signing in. You can choose another way."))
    return redirect("portal:sign_in")


# --- The account -------------------------------------------------------------------------------------------------------


class Recent:
    """Who can be asked for nothing but a mail code must have signed in a moment ago to change how they sign in."""

    def dispatch(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        by_mail_only = request.user.is_authenticated and not is_mfa_enabled(request.user) and not request.user.has_usable_password()
        if by_mail_only and get_adapter().is_reauthentication_required(app="portal"):
            logout(request, show_message=False)
            messages.info(request, _("This visit is some time old. Sign in once more, then you can go on."))
            return redirect(f"{reverse('portal:sign_in')}?{urlencode({'next': request.path})}")
        return super().dispatch(request, *args, **more)  # type: ignore[misc]


class Again(AsOurs):
    """Confirming who one is gives the session a new key, as signing in does."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session.cycle_key()
        return response


class PasswordAgain(Again, account.ReauthenticateView):
    pass


class SecondFactorAgain(Again, mfa.ReauthenticateView):
    pass


class PasskeyAgain(Again, webauthn.ReauthenticateWebAuthnView):
    pass


class StartApp(Recent, AsOurs, totp.ActivateTOTPView):
    def form_valid(self, form: forms.Form) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")  # its code was shown just now
        return response


class StopApp(AsOurs, totp.DeactivateTOTPView):
    pass


class AddPasskey(Recent, AsOurs, webauthn.AddWebAuthnView):
    def form_valid(self, form: forms.Form) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="webauthn")
        return response


class RemovePasskey(webauthn.RemoveWebAuthnView):
    pass


class RenamePasskey(AsOurs, webauthn.EditWebAuthnView):
    pass


class NewRecoveryCodes(AsOurs, recovery.GenerateRecoveryCodesView):
    pass


class ChangeAddress(Recent, AsOurs, account.EmailView):
    pass


class ChangePassword(AsOurs, account.PasswordChangeView):
    pass


class FirstPassword(Recent, AsOurs, account.PasswordSetView):
    pass


@require_safe
def overview(request: Request) -> HttpResponse:
    """How somebody signs in here, and what they can change about it."""
    factors = Authenticator.objects.filter(user=request.user.pk)
    address = EmailAddress.objects.filter(user=request.user.pk, primary=True).first()
    return render(
        request,
        "account/overview.html",
        {
            "address": address,
            "types": set(factors.values_list("type", flat=True)),
            "passkeys": factors.filter(type=Authenticator.Type.WEBAUTHN).count(),
            "visits": UserSession.objects.filter(user=request.user.pk).count(),
            "broker": SocialAccount.objects.filter(user=request.user.pk).exists(),
        },
    )


@require_safe
def visits(request: Request) -> HttpResponse:
    """Every browser in which somebody is signed in."""
    listed = UserSession.objects.purge_and_list(request.user)
    listed.sort(key=lambda visit: (visit.session_key != request.session.session_key, -visit.created_at.timestamp()))
    here = [(visit, visit.session_key == request.session.session_key, *browser_of(visit.user_agent)) for visit in listed]
    return render(request, "usersessions/usersession_list.html", {"visits": here})


@require_POST
def end_visit(request: Request) -> HttpResponse:
    """End one other visit, or all others; this one ends by signing out."""
    others = UserSession.objects.filter(user=request.user.pk).exclude(session_key=request.session.session_key)
    chosen = request.POST.get("visit", "")
    if chosen != "all":
        others = others.filter(pk=int(chosen)) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else others.none()
    for visit in others:
        visit.end()
    messages.success(request, _("Ended. Nobody is signed in there any more."))
    return redirect("usersessions_list")


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"))


def browser_of(user_agent: str) -> tuple[str, str]:
    """Browser and system by the names people know; empty where the browser does not say."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    return browser, next((name for sign, name in SYSTEMS if sign in user_agent), "")


# --- The demo ----------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The mails of the demo and the code of its app, for everybody to read; there is no such page in a city."""
    if not settings.DEMO:
        raise Http404
    return render(request, "portal/mailbox.html", {"mails": newest_mails(), "code": code_of_the_demo()})
