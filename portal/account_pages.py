"""The pages of sign-in and account, under the names by which django-allauth finds them. What is not here cannot be opened."""

from collections.abc import Callable

from allauth.account.views import account_inactive
from allauth.mfa.base.views import index
from allauth.mfa.recovery_codes.views import download_recovery_codes, view_recovery_codes
from allauth.mfa.webauthn.views import list_webauthn
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from portal import account_views as views


def page(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(address, never_cache(view), name=name)


urlpatterns = [
    page("sign-in/", views.sign_in, "account_login"),
    page("sign-in/", views.sign_in, "account_request_login_code"),
    page("sign-in/code/", views.EnterCode.as_view(), "account_confirm_login_code"),
    page("sign-in/password/", views.SignInByPassword.as_view(), "account_login_by_password"),
    page("sign-in/passkey/", views.SignInByPasskey.as_view(), "mfa_login_webauthn"),
    page("sign-in/second-factor/", views.SecondFactor.as_view(), "mfa_authenticate"),
    page("sign-in/address/", views.confirm_address, "account_email_verification_sent"),
    page("sign-in/closed/", account_inactive, "account_inactive"),
    page("sign-in/with/stopped/", views.broker_stopped, "socialaccount_login_cancelled"),
    page("sign-in/with/<slug:provider_id>/", views.go_to_broker, "openid_connect_login"),
    page("sign-in/with/<slug:provider_id>/back/", views.back_from_broker, "openid_connect_callback"),
    page("account/again/", views.PasswordAgain.as_view(), "account_reauthenticate"),
    page("account/again/second-factor/", views.SecondFactorAgain.as_view(), "mfa_reauthenticate"),
    page("account/again/passkey/", views.PasskeyAgain.as_view(), "mfa_reauthenticate_webauthn"),
    page("account/e-mail/", views.ChangeAddress.as_view(), "account_email"),
    page("account/password/", views.ChangePassword.as_view(), "account_change_password"),
    page("account/password/first/", views.FirstPassword.as_view(), "account_set_password"),
    page("account/second-factor/", index, "mfa_index"),
    page("account/second-factor/app/", views.StartApp.as_view(), "mfa_activate_totp"),
    page("account/second-factor/app/remove/", views.StopApp.as_view(), "mfa_deactivate_totp"),
    page("account/second-factor/recovery-codes/", view_recovery_codes, "mfa_view_recovery_codes"),
    page("account/second-factor/recovery-codes/new/", views.NewRecoveryCodes.as_view(), "mfa_generate_recovery_codes"),
    page("account/second-factor/recovery-codes/download/", download_recovery_codes, "mfa_download_recovery_codes"),
    page("account/passkeys/", list_webauthn, "mfa_list_webauthn"),
    page("account/passkeys/add/", views.AddPasskey.as_view(), "mfa_add_webauthn"),
    page("account/passkeys/<int:pk>/remove/", views.RemovePasskey.as_view(), "mfa_remove_webauthn"),
    page("account/passkeys/<int:pk>/name/", views.RenamePasskey.as_view(), "mfa_edit_webauthn"),
    page("account/visits/", views.visits, "usersessions_list"),
]
