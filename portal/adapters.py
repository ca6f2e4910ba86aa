"""Where django-allauth asks us: what happens after a sign-in, what a proven address means, how secrets are kept, what mails say."""

import logging
import smtplib
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import wall_clock
from portal.actions.people import learn_key
from portal.errors import Refused
from portal.middleware import CAPACITY, waits_for_second_factor
from portal.models import Person, PersonKey

logger = logging.getLogger(__name__)

WRONG_CODE = _("This code is not right, or no longer. Check it and try again.")
TOO_MANY = _("Too many tries. Wait 15 minutes, then try again. Your account is not closed.")


class MailNotSent(Refused):
    """The server that takes our mails does not; its reason is in the log."""


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail address and this password do not belong together. Check both and try again."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": _("This is not your password."),
        "email_taken": _("This address cannot be used here. Choose another one."),
        "duplicate_email": _("This is your address already."),
        "same_as_current": _("This is your address already."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def post_login(self, request: HttpRequest, user: Person, **hooks: Any) -> HttpResponse:
        """The one role is taken; several, or one that waits for a second factor, are asked about; none makes a citizen."""
        response = super().post_login(request, user, **hooks)
        login = (hooks["signal_kwargs"] or {}).get("sociallogin")
        if login:
            _learn_from_broker(request, user, login)
        roles = list(user.memberships.current()[:2])
        request.session[CAPACITY] = roles[0].pk if len(roles) == 1 else None
        if len(roles) > 1 or waits_for_second_factor(request):
            return HttpResponseRedirect(f"{reverse('portal:capacity')}?{urlencode({'next': hooks['redirect_url'] or ''})}")
        return response

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            learn_key(person=email_address.user, scheme=PersonKey.Scheme.EMAIL, attribute=email_address.email, at=wall_clock.now())
        return confirmed

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Whoever signed in a moment ago is not asked again; a person with a second factor must have shown that one."""
        records = get_authentication_records(self.request, self.request.user)
        if is_mfa_enabled(self.request.user):
            records = [record for record in records if record["method"] == "mfa"]
        return not records or time.time() - records[-1]["at"] > account_settings.REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user: Person | AnonymousUser) -> list[dict[str, Any]]:
        """A password alone never stands in for a second factor that somebody has."""
        methods = super().get_reauthentication_methods(user)
        stronger = [method for method in methods if method["id"] != "reauthenticate"]
        return stronger or methods

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context | {"city_name": settings.CITY_NAME})
        except (OSError, smtplib.SMTPException) as fault:
            logger.error("A mail of sign-in could not be sent: %s", type(fault).__name__)  # its text may hold the address
            raise MailNotSent(_("We could not send a mail just now. Try again in a few minutes, or sign in another way.")) from fault

    def render_mail(self, template_prefix: str, email: Any, context: dict[str, Any], headers: Any = None) -> EmailMessage:
        return super().render_mail(template_prefix, email, context, {"Auto-Submitted": "auto-generated"} | (headers or {}))

    def send_notification_mail(self, *args: Any, **more: Any) -> None:
        """Telling somebody that their account changed never undoes the change."""
        try:
            super().send_notification_mail(*args, **more)
        except MailNotSent:
            return

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account/email/account_already_exists", email, {})

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("portal:account")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("portal:account")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True


class BrokerAccountAdapter(DefaultSocialAccountAdapter):
    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Person:
        """Of somebody who comes from the broker nothing is taken over but the subject, which is kept as a hash."""
        person: Person = sociallogin.user
        return person


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "unverified_email": _("First confirm your e-mail address, then set up a second factor."),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return f"{settings.CITY_NAME} ({self._get_site_name()})"

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        return super().get_public_key_credential_user_entity(user) | {"display_name": user.name or user.email or settings.CITY_NAME}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return True


def _box() -> MultiFernet:
    """Secrets of second factors are encrypted with the secret key; retired ones (SECRET_KEY_FALLBACKS) still open them."""
    keys: list[str] = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(f"second factor:{key}".encode()).digest())) for key in keys])


def _learn_from_broker(request: HttpRequest, person: Person, login: SocialLogin) -> None:
    learn_key(person=person, scheme=PersonKey.Scheme.EID, attribute=login.account.uid, at=wall_clock.now())
    if login.state.get("second_factor"):
        record_authentication(request, person, "mfa", type="broker")
