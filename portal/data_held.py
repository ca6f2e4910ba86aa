"""What the tables of this app, and of the packages it stands on, hold about people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.data_register import Basis, Collected, Held, OnErasure, Purpose, Recipient, RetentionRule, Table

CITY = (Recipient.CITY,)
COMPUTER = (Recipient.COMPUTER,)

RULES = [
    RetentionRule(
        "account",
        _("An account and what belongs to it"),
        since=_("the last sign-in"),
        then=_("two mails warn you, 30 days and 7 days before; then everything about you is erased"),
        setting="KEEP_INACTIVE_ACCOUNT_DAYS",
    ),
    RetentionRule(
        "unconfirmed",
        _("An account whose address was never confirmed"),
        since=_("the day it was made"),
        then=_("it is erased"),
        setting="KEEP_UNCONFIRMED_ACCOUNT_DAYS",
    ),
    RetentionRule(
        "session",
        _("Your visit: sign-in, receipts you showed, what you typed and did not send"),
        since=_("the end of the visit"),
        then=_("it is deleted"),
        setting="KEEP_ENDED_SESSION_DAYS",
    ),
    RetentionRule(
        "notice",
        _("What we told you, and the mails and letters for it"),
        since=_("the moment we told you"),
        then=_("it is deleted"),
        setting="KEEP_NOTICE_DAYS",
    ),
    RetentionRule(
        "contact_view",
        _("Who looked at your contact data, and why"),
        since=_("the moment they looked"),
        then=_("it is deleted"),
        setting="KEEP_CONTACT_VIEW_DAYS",
    ),
    RetentionRule(
        "erasure",
        _("The receipt of an erasure: counts, and nothing of anybody"),
        since=_("the erasure"),
        then=_("it is deleted"),
        setting="KEEP_ERASURE_DAYS",
    ),
    RetentionRule(
        "retention_run",
        _("The counts of what each night removed"),
        since=_("the night"),
        then=_("they are deleted"),
        setting="KEEP_RETENTION_RUN_DAYS",
    ),
    RetentionRule(
        "admin_log",
        _("Which row somebody changed in the administration"),
        since=_("the change"),
        then=_("it is deleted"),
        setting="KEEP_ADMIN_LOG_DAYS",
    ),
    RetentionRule(
        "token",
        _("A key for other software that has ended"),
        since=_("its last day"),
        then=_("it is deleted"),
        setting="KEEP_ENDED_TOKEN_DAYS",
    ),
    RetentionRule(
        "help_session",
        _("Why a helper sat with you, and which cases you showed"),
        since=_("the end of the help"),
        then=_("which cases you showed is forgotten; the reason stays, beside nobody's name, to be counted"),
        setting="KEEP_HELP_SESSION_DAYS",
    ),
    RetentionRule(
        "role",
        _("Who had which role at the city or an operator"),
        since=_("the day the role began"),
        then=_("it stays as long as the public record, because acts were done in that role; an erased person's name is gone from it"),
    ),
]


def _account(what: Any, purpose: Purpose = Purpose.SIGN_IN, **more: Any) -> Held:
    return Held(what, purpose, "account", **more)


_ADDRESS: dict[str, Any] = {"kept": "contact"}

TABLES = {
    "portal.Person": Table(
        _("You"),
        held={
            "email": Held(_("your e-mail address"), Purpose.ANSWER, **_ADDRESS),
            "name": Held(_("your name"), Purpose.ANSWER, **_ADDRESS),
            "phone": Held(_("your phone number"), Purpose.ANSWER, **_ADDRESS),
            "postal_address": Held(_("your postal address"), Purpose.ANSWER, **_ADDRESS),
            "language": _account(_("your language"), Purpose.TELL, read_by=COMPUTER),
            "password": _account(_("your password, scrambled"), read_by=COMPUTER, is_secret=True),
            "last_login": _account(_("when you last signed in"), read_by=COMPUTER),
        },
        plain="id uuid is_superuser is_active is_staff created_at erased_at groups user_permissions",
        person=("pk",),
    ),
    "portal.PersonKey": Table(
        _("Scrambled marks by which you count once"),
        held={"hash": _account(_("a scrambled mark of what you proved about yourself"), Purpose.COUNT, read_by=COMPUTER, is_secret=True)},
        plain="id scheme wrapped added_at",
        links="person",
        person=("person",),
        rows_go=True,
    ),
    "portal.Membership": Table(
        _("Your roles"),
        held={
            "role": Held(
                _("your role at the city or an operator"),
                Purpose.WORK,
                "role",
                on_erasure=OnErasure.STAYS,
                because=_("Acts were done in this role. It points at an empty row now."),
            )
        },
        plain="id organisation organisation_kind from_at until_at",
        links="person",
        person=("person",),
    ),
    "portal.Actor": Table(
        _("In which capacity something was done"),
        plain="id kind subject",  # the reference of a receipt: who had it is never here
        links="person membership on_behalf_of",
    ),
    "portal.Mail": Table(
        _("Mails to you"),
        held={"case": Held(_("which case a mail to you was about"), Purpose.TELL, "notice", read_by=COMPUTER)},
        plain="id uuid digest_on made_at due_at taken_at sent_at given_up_at attempts",
        links="person",
        person=("person",),
        rows_go=True,
    ),
    "portal.Notice": Table(
        _("What we told you"),
        held={"case": Held(_("which case we told you about, and how"), Purpose.TELL, "notice")},
        plain="id kind scope event way pace known_at told_at mail done_at done_by",
        links="person",
        person=("person",),
        rows_go=True,
    ),
    "portal.NoticePreference": Table(
        _("How you want to be told"),
        held={"pace": _account(_("how often you want to be told of what"), Purpose.TELL, basis=Basis.CHOICE, read_by=COMPUTER)},
        plain="id scope topic changed_at",
        links="person",
        person=("person",),
        rows_go=True,
    ),
    "portal.AccountWarning": Table(
        _("Warnings that your account will be erased"),
        held={"warned_at": _account(_("when we warned you that your account will be erased"), Purpose.TELL, read_by=COMPUTER)},
        plain="id days_left",
        links="person",
        person=("person",),
        rows_go=True,
    ),
    "portal.ContactView": Table(
        _("Who looked at your contact data"),
        held={
            "details": Held(
                _("what of your contact data somebody looked at"),
                Purpose.WATCH,
                "contact_view",
                basis=Basis.LEGAL_DUTY,
                on_erasure=OnErasure.STAYS,
                because=_("That somebody looked stays known for a while, without your data and without their reason."),
            ),
            "reason": Held(_("why they looked"), Purpose.WATCH, "contact_view", basis=Basis.LEGAL_DUTY),
        },
        plain="id uuid by case seen_at",
        links="person",
        person=("person",),
    ),
    "portal.ApiToken": Table(
        _("Your keys for other software"),
        held={
            "name": Held(_("the name you gave to a key"), Purpose.SIGN_IN, "token", read_by=COMPUTER, basis=Basis.CHOICE),
            "secret_hash": Held(_("a scrambled mark of the key"), Purpose.SIGN_IN, "token", read_by=COMPUTER, is_secret=True),
        },
        plain="id uuid prefix scopes created_at expires_at revoked_at last_used_on",
        links="person membership",
        person=("person", "membership__person"),
        rows_go=True,
    ),
    "portal.HelpSession": Table(
        _("Sessions with a helper"),
        held={
            "reason": Held(_("why somebody helped you"), Purpose.RECORD, "help_session"),
            "receipts": Held(_("which of your earlier cases you showed to a helper"), Purpose.RECORD, "help_session", read_by=COMPUTER),
        },
        plain="id uuid membership confirmed place started_at expires_at ended_at",  # who was helped is never here
    ),
    "portal.Kiosk": Table(
        _("Screens for everybody"),
        plain="id uuid name place code_hash code_until credential_hash made_by made_at enrolled_at revoked_at wiped_at",
    ),
    "portal.Organisation": Table(_("Organisations"), plain="id uuid kind code name contact"),
    "portal.Area": Table(_("Parts of the city"), plain="id code name parent outline"),
    "portal.Asset": Table(_("Things of a service"), plain="id service code name area latitude longitude retired_at"),
    "portal.WorkingCalendar": Table(_("Calendars"), plain="id code name"),
    "portal.CalendarVersion": Table(_("Versions of calendars"), plain="id calendar number time_zone covers_from covers_until published_at"),
    "portal.OpeningHours": Table(_("Opening hours"), plain="id version weekday opens closes"),
    "portal.Closure": Table(_("Closed days"), plain="id version day reason"),
    "portal.Service": Table(_("Services"), plain="id code name description visibility retired_at"),
    "portal.Category": Table(_("Categories"), plain="id service code name kinds retired_at"),
    "portal.Question": Table(_("Questions"), plain="id category code text answer options is_required is_public place retired_at"),
    "portal.Criterion": Table(_("Criteria"), plain="id code version service use text published_at retired_at"),
    "portal.Contract": Table(_("Contracts"), plain="id uuid code title service area operator term"),
    "portal.ServiceLevel": Table(
        _("Clauses"),
        plain="id uuid contract clause version basis text act owed_by kind category support_threshold threshold_assurance within_minutes"
        " calendar warn_percent pause_reasons pause_limit_minutes longest_promise_days verdict_days verdict_rule in_force published_at",
    ),
    "portal.EscalationStep": Table(_("Steps of ladders"), plain="id service_level rank level after_minutes"),
    "portal.Event": Table(_("The public log"), plain="id uuid kind case about actor at known_at facts"),
    "portal.Notification": Table(_("What roles were told"), plain="id uuid kind organisation role case occasion told_at"),
    "portal.Erasure": Table(_("Receipts of erasures"), plain="id reference scope role identity words_too removed stays erased_at"),
    "portal.RetentionRun": Table(_("What each night removed"), plain="id rule ran_at removed"),
    # --- the packages below us -------------------------------------------------------------------------------------------
    "admin.LogEntry": Table(
        _("Your changes in the administration"),
        held={
            "object_repr": Held(_("which row you changed in the administration"), Purpose.WATCH, "admin_log"),
            "change_message": Held(_("which columns you changed"), Purpose.WATCH, "admin_log"),
        },
        plain="id action_time content_type object_id action_flag",
        links="user",
        person=("user",),
        rows_go=True,
    ),
    "sessions.Session": Table(
        _("Your visits"),
        held={
            "session_data": Held(
                _("your sign-in, the receipts you showed, and what you typed and did not send yet"),
                Purpose.SIGN_IN,
                "session",
                read_by=COMPUTER,
                is_secret=True,
            )
        },
        plain="session_key expire_date",  # found by reading each one: see portal.actions.erasures.end_sessions_of
    ),
    "auth.Permission": Table(_("Permissions of the administration"), plain="id name content_type codename"),
    "auth.Group": Table(_("Groups of the administration"), plain="id name permissions"),
    "contenttypes.ContentType": Table(_("Kinds of rows"), plain="id app_label model"),
    "sites.Site": Table(_("The address of this portal"), plain="id domain name"),
    "account.EmailAddress": Table(
        _("Addresses you confirmed"),
        held={"email": _account(_("an e-mail address of your account"))},
        plain="id verified primary",
        links="user",
        person=("user",),
        rows_go=True,
    ),
    "account.EmailConfirmation": Table(
        _("Confirmations of addresses"),
        held={"key": Held(_("a key that confirms an address"), Purpose.SIGN_IN, "unconfirmed", read_by=COMPUTER, is_secret=True)},
        plain="id created sent",
        links="email_address",
        person=("email_address__user",),
        rows_go=True,
    ),
    "mfa.Authenticator": Table(
        _("Passkeys and second factors"),
        held={"data": _account(_("your passkeys and second factors"), read_by=COMPUTER, is_secret=True)},
        plain="id type created_at last_used_at",
        links="user",
        person=("user",),
        rows_go=True,
    ),
    "usersessions.UserSession": Table(
        _("Where you are signed in"),
        held={
            "ip": Held(_("the internet address you signed in from"), Purpose.SIGN_IN, "session", read_by=COMPUTER),
            "user_agent": Held(_("the browser you signed in with"), Purpose.SIGN_IN, "session", read_by=COMPUTER),
            "session_key": Held(_("the mark of a visit"), Purpose.SIGN_IN, "session", read_by=COMPUTER, is_secret=True),
            "data": Held(_("notes about a visit"), Purpose.SIGN_IN, "session", read_by=COMPUTER, is_secret=True),
        },
        plain="id created_at last_seen_at",
        links="user",
        person=("user",),
        rows_go=True,
    ),
    "socialaccount.SocialAccount": Table(
        _("Accounts elsewhere with which you sign in"),
        held={
            "uid": _account(_("your number at the sign-in service"), read_by=COMPUTER, is_secret=True),
            "extra_data": _account(_("what the sign-in service told about you"), read_by=COMPUTER),
        },
        plain="id provider last_login date_joined",
        links="user",
        person=("user",),
        rows_go=True,
    ),
    "socialaccount.SocialToken": Table(
        _("Keys of sign-in services"),
        held={
            "token": _account(_("a key of the sign-in service"), read_by=COMPUTER, is_secret=True),
            "token_secret": _account(_("a second key of the sign-in service"), read_by=COMPUTER, is_secret=True),
        },
        plain="id app expires_at",
        links="account",
        person=("account__user",),
        rows_go=True,
    ),
    "socialaccount.SocialApp": Table(_("Sign-in services"), plain="id provider provider_id name client_id secret key settings"),
}

_PASSKEY = "mfa.Authenticator.data"

FORMS = {
    "portal.account_forms.AskForCode": Collected({"email": "portal.Person.email"}),
    "portal.account_forms.NewAddress": Collected({"email": "account.EmailAddress.email"}),
    "portal.account_forms.GiveCode": Collected(plain="code"),
    "portal.account_forms.ConfirmAddress": Collected(plain="code"),
    "portal.account_forms.GivePassword": Collected({"password": "portal.Person.password"}, plain="remember"),
    "portal.account_forms.PasswordAgain": Collected({"password": "portal.Person.password"}),
    "portal.account_forms.FirstPassword": Collected({"password1": "portal.Person.password"}, plain="password2"),
    "portal.account_forms.NextPassword": Collected({"password1": "portal.Person.password"}, plain="oldpassword password2"),
    "portal.account_forms.GiveSecondFactor": Collected(plain="code"),
    "portal.account_forms.SecondFactorAgain": Collected(plain="code"),
    "portal.account_forms.StartApp": Collected({"code": _PASSKEY}),
    "portal.account_forms.AddPasskey": Collected({"name": _PASSKEY, "credential": _PASSKEY}, plain="passwordless"),
    "portal.account_forms.RenamePasskey": Collected({"name": _PASSKEY}),
    "portal.account_forms.PasskeyAlone": Collected(plain="credential"),
    "portal.account_forms.PasskeyAsSecond": Collected(plain="credential"),
    "portal.account_forms.PasskeyAgain": Collected(plain="credential"),
    "portal.forms.TokenForm": Collected({"name": "portal.ApiToken.name"}, plain="scopes days"),
    "portal.forms.CapacityForm": Collected(plain="capacity"),
}
