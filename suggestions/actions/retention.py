"""Letting go of what cases hold about people once nothing more is owed for them."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from portal.actions.erasures import forget_rows
from portal.actions.people import blank_person
from portal.actions.retention import KEEPERS, apply_rules, delete_in_batches
from portal.data_register import Whose
from portal.models import Actor, Membership, Person
from suggestions.actions.photos import drop_expired_held_photos
from suggestions.models import Flag, Follow, PersonalRequest, Suggestion, Support, SupportClaim


def apply_retention(*, at: datetime) -> dict[str, int]:
    """One night's work: how much each rule let go of."""
    return apply_rules(KEEPERS | OWN_KEEPERS, at=at)


def let_contacts_go(before: datetime, at: datetime) -> int:
    """Blank those who only left a way to be reached, once nothing was owed for any case of theirs for so long."""
    theirs = Suggestion.objects.filter(contact=OuterRef("pk"))
    acts = Actor.objects.filter(Q(person=OuterRef("pk")) | Q(on_behalf_of=OuterRef("pk")))
    works = Membership.objects.filter(person=OuterRef("pk"))
    done_with = Person.objects.filter(
        ~Exists(theirs.still_moving(before)),
        ~Exists(acts),
        ~Exists(works),
        erased_at=None,
        created_at__lt=before,
        last_login=None,
        password__startswith="!",
        is_staff=False,
        is_superuser=False,
    )
    blanked = 0
    for pk in list(done_with.values_list("pk", flat=True)):
        with transaction.atomic():
            person = done_with.filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
            if person:
                forget_rows(Whose(person_id=pk), words_too=False)
                blank_person(person, at=at)
                blanked += 1
    return blanked


def let_support_marks_go(before: datetime, at: datetime) -> int:
    """Destroy what could tell who supported a case that is over; the supports stay counted."""
    over = Suggestion.objects.filter(Exists(SupportClaim.objects.filter(suggestion=OuterRef("pk")))).settled_before(before)
    destroyed = 0
    for pk in list(over.values_list("pk", flat=True)):
        with transaction.atomic():
            destroyed += delete_in_batches(SupportClaim.objects.filter(suggestion=pk))
            Support.objects.filter(suggestion=pk).update(salt=None, reference=None, phrase_hash=None)
    return destroyed


def let_reports_go(before: datetime, at: datetime) -> int:
    """Of a report that was decided only its reason and its outcome stay."""
    return Flag.objects.filter(Q(by__isnull=False) | ~Q(note=""), settled_at__lt=before).update(note="", by=None)


def let_held_photos_go(before: datetime, at: datetime) -> int:
    return drop_expired_held_photos(at=at)


def let_requests_go(before: datetime, at: datetime) -> int:
    named = PersonalRequest.objects.filter(Q(person__isnull=False) | ~Q(case=""), done_at__lt=before)
    return named.update(person=None, case="")


def let_follows_go(before: datetime, at: datetime) -> int:
    return delete_in_batches(Follow.objects.filter(until_at__lt=before))


OWN_KEEPERS = {
    "contact": let_contacts_go,
    "support_mark": let_support_marks_go,
    "report": let_reports_go,
    "held_photo": let_held_photos_go,
    "personal_request": let_requests_go,
    "follow": let_follows_go,
}
