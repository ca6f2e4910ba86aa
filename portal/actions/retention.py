"""Letting go of what has been kept long enough: each rule of the register that ends by itself, and what ends it."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from smtplib import SMTPException

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from portal.actions.people import erase_person
from portal.data_register import register
from portal.models import AccountWarning, Actor, ApiToken, ContactView, Erasure, HelpSession, Mail, Membership, Notice, Person, RetentionRun

logger = logging.getLogger(__name__)

AT_A_TIME = 1000
LetGo = Callable[[datetime, datetime], int]  # of everything whose moment lies before the first; the second is now


def apply_rules(keepers: Mapping[str, LetGo], *, at: datetime) -> dict[str, int]:
    """Let go of what each rule no longer keeps, and write down how much it was. Safe to repeat: what is gone is not found again."""
    removed = {}
    for code, let_go in keepers.items():
        days = register().rules[code].days
        assert days is not None, code  # a rule without an end has nothing that ends it
        removed[code] = let_go(at - timedelta(days=days), at)
        RetentionRun.objects.create(rule=code, ran_at=at, removed=removed[code])
    return removed


def delete_in_batches(rows: models.QuerySet) -> int:
    """Delete rows a thousand at a time, each thousand for good, so that no lock lasts and a stopped night loses nothing."""
    deleted = 0
    while batch := list(rows.values_list("pk", flat=True)[:AT_A_TIME]):
        deleted += rows.model._base_manager.filter(pk__in=batch).delete()[1].get(rows.model._meta.label, 0)
    return deleted


def let_sessions_go(before: datetime, at: datetime) -> int:
    return delete_in_batches(Session.objects.filter(expire_date__lt=before))


def let_notices_go(before: datetime, at: datetime) -> int:
    notices = delete_in_batches(Notice.objects.filter(told_at__lt=before))
    return notices + delete_in_batches(Mail.objects.filter(made_at__lt=before, notices=None))


def let_contact_views_go(before: datetime, at: datetime) -> int:
    return delete_in_batches(ContactView.objects.filter(seen_at__lt=before))


def let_erasures_go(before: datetime, at: datetime) -> int:
    return delete_in_batches(Erasure.objects.filter(erased_at__lt=before, answered=None))


def let_retention_runs_go(before: datetime, at: datetime) -> int:
    return delete_in_batches(RetentionRun.objects.filter(ran_at__lt=before))


def let_admin_log_go(before: datetime, at: datetime) -> int:
    return delete_in_batches(LogEntry.objects.filter(action_time__lt=before))


def let_tokens_go(before: datetime, at: datetime) -> int:
    return delete_in_batches(ApiToken.objects.filter(expires_at__lt=before))


def let_help_sessions_go(before: datetime, at: datetime) -> int:
    return HelpSession.objects.filter(expires_at__lt=before).exclude(receipts=[]).update(receipts=[])


def let_unconfirmed_accounts_go(before: datetime, at: datetime) -> int:
    """Accounts that were made and never confirmed. One whose address is also that of a case is kept as long as the case needs it."""
    addresses = _addresses()
    made = accounts().filter(Exists(addresses), last_login=None, created_at__lt=before)
    return _erase_each(made.exclude(Exists(addresses.filter(verified=True))), at=at)


def let_inactive_accounts_go(before: datetime, at: datetime) -> int:
    """Warn twice, then erase; who was not warned in time is warned now and erased later."""
    quiet = accounts().annotate(active_at=Greatest("created_at", Coalesce("last_login", "created_at")))
    for days_left in AccountWarning.DAYS_LEFT:
        later = quiet.filter(active_at__lt=before + timedelta(days=days_left), email__isnull=False)
        given = AccountWarning.objects.filter(person=OuterRef("pk"), days_left=days_left, warned_at__gte=OuterRef("active_at"))
        unwarned = later.exclude(Exists(given))
        for person in unwarned.order_by("pk")[:AT_A_TIME]:
            _warn(person, days_left, at=at)
    last = min(AccountWarning.DAYS_LEFT)
    warned = AccountWarning.objects.filter(
        person=OuterRef("pk"), days_left=last, warned_at__gte=OuterRef("active_at"), warned_at__lte=at - timedelta(days=last)
    )
    gone = quiet.filter(active_at__lt=before).filter(Q(Exists(warned)) | Q(email=None))
    return _erase_each(gone, at=at)


def accounts() -> models.QuerySet[Person]:
    """People who can sign in, or once could; not those who work here, nor those who only left an address for an answer."""
    can_sign_in = Q(last_login__isnull=False) | ~Q(password__startswith="!") | Q(Exists(_addresses()))
    current = Membership.objects.current().filter(person=OuterRef("pk"))
    return Person.objects.filter(can_sign_in, ~Exists(current), erased_at=None, is_staff=False, is_superuser=False)


def _addresses() -> models.QuerySet[EmailAddress]:
    return EmailAddress.objects.filter(user=OuterRef("pk"))


def _erase_each(people: Iterable[Person], *, at: datetime) -> int:
    erased = 0
    for person in list(people):
        erase_person(person=person, by=Actor.objects.system(), at=at, identity=Erasure.Identity.INACTIVE)
        erased += 1
    return erased


def _warn(person: Person, days_left: int, *, at: datetime) -> None:
    """One mail, written down before it leaves, so that it never leaves twice; one that did not leave is tried again the next night."""
    warning, is_new = AccountWarning.objects.get_or_create(person=person, days_left=days_left, defaults={"warned_at": at})
    if not is_new:
        AccountWarning.objects.filter(pk=warning.pk).update(warned_at=at)
    with translation.override(person.language or settings.LEADING_LANGUAGE):
        subject = _("Your account will be erased in %(days)d days") % {"days": days_left}
        text = render_to_string(
            "emails/account_warning.txt", {"days": days_left, "city_name": settings.CITY_NAME, "address": settings.PUBLIC_ADDRESS}
        )
    try:
        send_mail(subject, text, None, [person.email or ""])
    except (OSError, SMTPException) as fault:
        logger.warning("A warning to an inactive account did not leave (%s).", type(fault).__name__)
        warning.delete()


KEEPERS: dict[str, LetGo] = {
    "account": let_inactive_accounts_go,
    "unconfirmed": let_unconfirmed_accounts_go,
    "session": let_sessions_go,
    "notice": let_notices_go,
    "contact_view": let_contact_views_go,
    "erasure": let_erasures_go,
    "retention_run": let_retention_runs_go,
    "admin_log": let_admin_log_go,
    "token": let_tokens_go,
    "help_session": let_help_sessions_go,
}
