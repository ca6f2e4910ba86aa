"""Shape and wording of what sign-in asks; django-allauth checks it, and nothing is saved here."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    LoginForm,
    ReauthenticateForm,
    RequestLoginCodeForm,
    SetPasswordForm,
)
from allauth.account.models import EmailAddress
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ConfirmFactorForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_ADDRESS = EmailAddress._meta.get_field("email").max_length
SIX_DIGITS = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "narrow"}


def email_field(label: Any, **more: Any) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("This is not an e-mail address. It looks like name@example.org."),
        },
        **more,
    )


def code_field(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=40,
        widget=forms.TextInput(attrs=SIX_DIGITS),
        error_messages={"required": _("Write the code.")},
        **more,
    )


def password_field(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=500,  # more is nobody's password, and slow to check
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": _("Write your password.")},
        **more,
    )


# --- Signing in --------------------------------------------------------------------------------------------------------


class AskForCode(RequestLoginCodeForm):
    """The one field of a sign-in; nothing in the answer says whether anybody has this address."""

    email = email_field(_("E-mail address"))

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if not ratelimit.consume(context.request, action="request_login_code", key=email):
            raise get_adapter().validation_error("too_many_login_attempts")
        return email


class GiveCode(ConfirmLoginCodeForm):
    code = code_field(_("The six digits from the mail"))


class GivePassword(LoginForm):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["login"] = email_field(_("E-mail address"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"] = password_field(_("Password"), "current-password")
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        return super().clean_login().lower()


class PasswordAgain(ReauthenticateForm):
    password = password_field(_("Password"), "current-password")


# --- The second factor -------------------------------------------------------------------------------------------------


class GiveSecondFactor(AuthenticateForm):
    code = code_field(_("Code"), help_text=_("The six digits that your app shows now, or one of your recovery codes."))


class SecondFactorAgain(ConfirmFactorForm):
    code = code_field(_("Code"), help_text=_("The six digits that your app shows now, or one of your recovery codes."))


class StartApp(ActivateTOTPForm):
    code = code_field(_("The six digits that the app shows"))


class Unreadable:
    """Whatever a browser sends in place of a passkey's answer is a wrong answer, never an error of ours."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential() if hasattr(super(), "clean_credential") else self.cleaned_data["credential"]  # type: ignore[misc, attr-defined]
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise get_adapter().validation_error("incorrect_code") from fault

    def clean(self) -> Any:
        try:
            return super().clean()  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise get_adapter().validation_error("incorrect_code") from fault


class AddPasskey(Unreadable, AddWebAuthnForm):
    """Every passkey added here can sign in by itself: it asks for a finger, a face or a PIN."""

    name = forms.CharField(
        label=_("Name of this passkey"), max_length=60, required=False, help_text=_("So that you know it again, such as: my phone.")
    )
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)


class RenamePasskey(EditWebAuthnForm):
    name = forms.CharField(label=_("Name of this passkey"), max_length=60, error_messages={"required": _("Write a name.")})


class PasskeyAlone(Unreadable, LoginWebAuthnForm):
    pass


class PasskeyAsSecond(Unreadable, AuthenticateWebAuthnForm):
    pass


class PasskeyAgain(Unreadable, ReauthenticateWebAuthnForm):
    pass


# --- The account -------------------------------------------------------------------------------------------------------


class NewAddress(AddEmailForm):
    email = email_field(_("New e-mail address"), help_text=_("We send a code there. The old address stays until you type it in."))


class ConfirmAddress(ConfirmEmailVerificationCodeForm):
    code = code_field(_("The code from the mail"))


class FirstPassword(SetPasswordForm):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _say_password_rules(self)


class NextPassword(ChangePasswordForm):
    oldpassword = password_field(_("Your current password"), "current-password")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _say_password_rules(self)


def _say_password_rules(form: forms.Form) -> None:
    for name, label in (("password1", _("New password")), ("password2", _("New password, once more"))):
        field = form.fields[name]
        field.label = label
        field.widget.attrs = {"autocomplete": "new-password"}
        field.error_messages["required"] = _("Write the new password.")
    form.fields["password1"].help_text = _("At least 12 characters. A few words that only you would put together are best.")
