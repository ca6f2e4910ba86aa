"""What somebody wishes to be told and how, the mails that are made of it, and what was posted or phoned."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from portal.city_days import city_day, city_zone, start_of_day
from portal.errors import Refused
from portal.models import TOPIC_OF, USUAL_PACE, Actor, Mail, Notice, NoticePreference, Pace, Person, Scope, Topic
from portal.models.notices import NoticeQuerySet
from portal.permissions import Permission, require

DIGEST_LEAVES = time(7)  # in the city's zone; it tells what was known before
PEOPLE_AT_A_TIME = 200
ATTEMPTS = 6
FIRST_WAIT = timedelta(minutes=1)  # then four times as long each time: 1, 4, 16, 64 and 256 minutes
UNSUBSCRIBE_SALT = "portal.notices.unsubscribe"


class AlreadyDone(Refused):
    pass


# --- Wishes ------------------------------------------------------------------------------------------------------------


def has_proven_email(person: Person | None) -> bool:
    """Whether the address of this person was proven to be theirs: only then are they mailed about what they follow."""
    return person is not None and EmailAddress.objects.filter(user=person.pk, email=person.email, verified=True).exists()


def wishes_of(person: Person) -> dict[tuple[str, str], str]:
    """The pace of every topic by scope and topic, chosen or usual."""
    chosen = {(wish.scope, wish.topic): wish.pace for wish in NoticePreference.objects.filter(person=person)}
    return {(scope, topic): chosen.get((scope, topic), USUAL_PACE[scope]) for scope in Scope for topic in Topic}


@transaction.atomic
def choose_notices(*, person: Person, paces: Mapping[tuple[str, str], str], at: datetime) -> None:
    """Keep the wishes; what waits in no mail yet follows them at once."""
    NoticePreference.objects.bulk_create(
        [NoticePreference(person=person, scope=scope, topic=topic, pace=pace, changed_at=at) for (scope, topic), pace in paces.items()],
        update_conflicts=True,
        unique_fields=["person", "scope", "topic"],
        update_fields=["pace", "changed_at"],
    )
    for (scope, topic), pace in paces.items():
        kinds = [kind for kind, belongs in TOPIC_OF.items() if belongs == topic]
        waiting = Notice.objects.to_mail().filter(person=person, scope=scope, kind__in=kinds)
        if pace == Pace.NEVER:
            waiting.delete()
        else:
            waiting.update(pace=pace)


def unsubscribe_token(person: Person, scopes: Collection[str]) -> str:
    """What an unsubscribe address holds: signed ids and nothing personal. It does not run out, for old mails are opened too."""
    return signing.dumps([person.uuid.hex, *scopes], salt=UNSUBSCRIBE_SALT)


def read_unsubscribe_token(token: str) -> tuple[Person, list[Scope]] | None:
    """Whom and what a token stops; None when it is none of ours."""
    try:
        written, *scopes = signing.loads(token, salt=UNSUBSCRIBE_SALT)
        person = Person.objects.filter(uuid=UUID(hex=written)).first()
        return (person, [Scope(scope) for scope in scopes]) if person else None
    except (signing.BadSignature, ValueError, TypeError):
        return None


@transaction.atomic
def unsubscribe(*, person: Person, scopes: Collection[Scope], at: datetime) -> None:
    """Stop every mail of these scopes from this moment, those that wait included; doing it again changes nothing."""
    choose_notices(person=person, paces={(scope, topic): Pace.NEVER for scope in scopes for topic in Topic}, at=at)
    _drop_from_waiting_mails(Notice.objects.filter(person=person, scope__in=scopes))


@transaction.atomic
def forget_person(*, person: Person) -> int:
    """Remove every notice, wish and mail of somebody who is erased; returns how many rows. A mail in a sweep's hands goes as well."""
    removed = 0
    for rows in (Notice.objects.filter(person=person), Mail.objects.filter(person=person), NoticePreference.objects.filter(person=person)):
        removed += rows.delete()[0]
    return removed


def _drop_from_waiting_mails(notices: NoticeQuerySet) -> None:
    mails = Mail.objects.waiting().filter(notices__in=notices).select_for_update(of=("self",))
    keys = list(mails.values_list("pk", flat=True))
    notices.filter(mail__in=keys).delete()
    Mail.objects.filter(pk__in=keys, notices=None).delete()


# --- Mails -------------------------------------------------------------------------------------------------------------


def make_mails(*, at: datetime) -> int:
    """Put what is due at once into one mail per person and case, and the rest into one digest per person and day.

    Safe twice and in parallel: people are taken one sweep each, and the database refuses a second digest on one day.
    """
    made = 0
    while found := _make_some(Notice.objects.for_mail_at_once(), at=at):
        made += found
    today = city_day(at)
    cut_off = datetime.combine(today, DIGEST_LEAVES, city_zone())  # on the wall's clock, also on a day of 23 or 25 hours
    if at >= cut_off:
        while found := _make_some(Notice.objects.for_digest(on=today, known_before=cut_off), at=at, is_digest=True):
            made += found
    return made


@transaction.atomic
def _make_some(due: NoticeQuerySet, *, at: datetime, is_digest: bool = False) -> int:
    people = Person.objects.filter(pk__in=due.values("person")).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    taken = list(people.values_list("pk", flat=True)[:PEOPLE_AT_A_TIME])
    # asked again now that nobody else can take these people: another sweep may just have served them
    notices = list(due.filter(person__in=taken).order_by("person_id", "case", "id"))
    mails = []
    for (person_id, case), together in groupby(notices, key=lambda notice: (notice.person_id, "" if is_digest else notice.case)):
        mail = Mail(person_id=person_id, case=case, digest_on=city_day(at) if is_digest else None, made_at=at, due_at=at)
        mails.append(mail)
        for notice in together:
            notice.mail = mail
    Mail.objects.bulk_create(mails)
    Notice.objects.bulk_update(notices, ["mail"])
    return len(mails)


def take_mail(*, at: datetime) -> Mail | None:
    """One mail to hand over now, or None. That it was taken is committed before it is handed over.

    So a crash between hand-over and `mail_was_sent` loses a mail at worst and never doubles it: `Mail.objects.uncertain()`
    counts those, and the person still finds what happened on their own page.
    """
    with transaction.atomic():
        mail = Mail.objects.due(at).order_by("due_at", "pk").select_for_update(skip_locked=True).first()
        if mail:
            mail.taken_at = at
            mail.attempts += 1
            mail.save(update_fields=["taken_at", "attempts"])
    return mail


def mail_was_sent(mail: Mail, *, at: datetime) -> None:
    Mail.objects.filter(pk=mail.pk).update(sent_at=at)


def mail_was_refused(mail: Mail, *, at: datetime) -> None:
    """The server said no, so it has not left: try again later, each time after a longer wait, and give up in the end."""
    if mail.attempts >= ATTEMPTS:
        give_mail_up(mail, at=at)
    else:
        Mail.objects.filter(pk=mail.pk).update(taken_at=None, due_at=at + FIRST_WAIT * 4 ** (mail.attempts - 1))


def give_mail_up(mail: Mail, *, at: datetime) -> None:
    Mail.objects.filter(pk=mail.pk).update(given_up_at=at)


def mail_counts(*, at: datetime) -> dict[str, int]:
    """What a clerk sees: waiting, given up, and of unknown fate; `sent` is of this city day."""
    today = start_of_day(city_day(at))
    return {
        "sent": Mail.objects.sent().filter(sent_at__gte=today).count(),
        "waiting": Mail.objects.waiting().count(),
        "given_up": Mail.objects.given_up().count(),
        "uncertain": Mail.objects.uncertain(at).count(),
    }


# --- Letters, calls, texts ---------------------------------------------------------------------------------------------


@transaction.atomic
def mark_told(*, notices: Collection[int], case: str, by: Actor, at: datetime) -> int:
    """Somebody posted the letter, phoned or sent the text: these notices of the case are done, once.

    Raises AlreadyDone when a colleague was quicker.
    """
    require(by, Permission.TELL_BY_HAND)
    waiting = Notice.objects.by_hand().filter(pk__in=notices, case=case).select_for_update()
    keys = list(waiting.values_list("pk", flat=True))
    if not keys:
        raise AlreadyDone(_("Somebody else has just marked this as done."))
    return Notice.objects.filter(pk__in=keys).update(done_at=at, done_by=by)
