from datetime import date, datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.models.events import Event
from portal.models.people import Person
from portal.references import uuid7

HANDED_OVER_WITHIN = timedelta(minutes=15)  # a mail that was taken up longer ago and never came back may or may not have left


class Scope(models.TextChoices):
    """Why somebody is told."""

    OWN = "own", _("What I said")
    FOLLOWED = "followed", _("What I follow")


class Topic(models.TextChoices):
    """Kinds of notices that belong together in somebody's wishes."""

    ANSWERS = "answers", _("Answers and decisions")
    PROMISES = "promises", _("Promises, and what was done")
    LATENESS = "lateness", _("What is late, and broken promises")
    COURSE = "course", _("Everything else: new, withdrawn, enough support")


class Pace(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("In one mail a day")
    NEVER = "never", _("Never")


USUAL_PACE = {Scope.OWN: Pace.AT_ONCE, Scope.FOLLOWED: Pace.DAILY}

TOPIC_OF: dict[Event.Kind, Topic] = {  # an event that is not here is told to nobody
    Event.Kind.SUGGESTION_SUBMITTED: Topic.COURSE,
    Event.Kind.SUGGESTION_CLEARED: Topic.COURSE,
    Event.Kind.SUGGESTION_WITHDRAWN: Topic.COURSE,
    Event.Kind.THRESHOLD_CROSSED: Topic.COURSE,
    Event.Kind.PHOTO_REVIEWED: Topic.COURSE,
    Event.Kind.ITEM_HIDDEN: Topic.COURSE,
    Event.Kind.HIDING_LIFTED: Topic.COURSE,
    Event.Kind.APPEAL_RULED: Topic.COURSE,
    Event.Kind.RESPONSE_PUBLISHED: Topic.ANSWERS,
    Event.Kind.DECISION_PROPOSED: Topic.ANSWERS,
    Event.Kind.PROPOSAL_SETTLED: Topic.ANSWERS,
    Event.Kind.DECISION_PUBLISHED: Topic.ANSWERS,
    Event.Kind.COMMITMENT_MADE: Topic.PROMISES,
    Event.Kind.COMMITMENT_MOVED: Topic.PROMISES,
    Event.Kind.DELIVERED: Topic.PROMISES,
    Event.Kind.VERDICT_CLOSED: Topic.PROMISES,
    Event.Kind.OBLIGATION_LATE: Topic.LATENESS,
    Event.Kind.COMMITMENT_BROKEN: Topic.LATENESS,
}

AUTHOR_ONLY = frozenset({Event.Kind.PHOTO_REVIEWED, Event.Kind.ITEM_HIDDEN, Event.Kind.HIDING_LIFTED, Event.Kind.APPEAL_RULED})
STATIONS = TOPIC_OF.keys() - AUTHOR_ONLY  # what everybody may be told


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, at: datetime) -> Self:
        """To be handed over now, and in nobody's hands."""
        return self.filter(taken_at=None, sent_at=None, given_up_at=None, due_at__lte=at)

    def waiting(self) -> Self:
        return self.filter(taken_at=None, sent_at=None, given_up_at=None)

    def sent(self) -> Self:
        return self.filter(sent_at__isnull=False)

    def given_up(self) -> Self:
        return self.filter(given_up_at__isnull=False)

    def uncertain(self, at: datetime) -> Self:
        """Nobody knows whether these left: the hand-over was cut off. They are never sent again."""
        return self.filter(taken_at__lt=at - HANDED_OVER_WITHIN, sent_at=None, given_up_at=None)


class Mail(models.Model):
    """One e-mail to one person; what it tells are its notices. At most one digest a day is the database's promise."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="mails")
    case = models.CharField(max_length=40, blank=True, help_text=_("The one case it is about; empty for a digest."))
    digest_on = models.DateField(null=True, blank=True, help_text=_("The day of the digest, in the city's zone."))
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text=_("When it is to be handed over, or to be tried again."))
    taken_at = models.DateTimeField(null=True, blank=True, help_text=_("When a sweep took it up; written before it is handed over."))
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(taken_at=None, sent_at=None, given_up_at=None), name="mail_to_send"),
            models.Index(fields=["taken_at"], condition=Q(sent_at=None, given_up_at=None), name="mail_in_hands"),
            models.Index(fields=["person"], name="mail_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "digest_on"], name="mail_one_digest_a_day"),
            models.CheckConstraint(
                condition=Q(case="", digest_on__isnull=False) | (~Q(case="") & Q(digest_on=None)), name="mail_one_case_or_a_digest"
            ),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(taken_at__isnull=False), name="mail_taken_before_sent"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(given_up_at=None), name="mail_sent_or_given_up"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def to_mail(self) -> Self:
        """E-mail notices that are in no mail yet."""
        return self.filter(way=Notice.Way.EMAIL, mail=None)

    def for_mail_at_once(self) -> Self:
        return self.to_mail().filter(pace=Pace.AT_ONCE)

    def for_digest(self, *, on: date, known_before: datetime) -> Self:
        """What belongs into the digest of this day, of people who have not had it."""
        had_it = Mail.objects.filter(person=OuterRef("person"), digest_on=on)
        return self.to_mail().filter(~Exists(had_it), pace=Pace.DAILY, known_at__lt=known_before)

    def by_hand(self) -> Self:
        """To be posted, phoned or texted by somebody at the desk."""
        return self.exclude(way=Notice.Way.EMAIL).filter(done_at=None)


class Notice(models.Model):
    """One thing to tell one person in one way: a kind, a reference and moments, no words."""

    class Way(models.TextChoices):
        EMAIL = "email", _("E-mail")
        LETTER = "letter", _("Letter")
        CALL = "call", _("Phone call")
        SMS = "sms", _("Text message")

    person = models.ForeignKey(Person, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=30, choices=Event.Kind)
    scope = models.CharField(max_length=10, choices=Scope)
    case = models.CharField(max_length=40)
    event = models.UUIDField()
    way = models.CharField(max_length=10, choices=Way)
    pace = models.CharField(max_length=10, choices=[(pace.value, pace.label) for pace in (Pace.AT_ONCE, Pace.DAILY)])
    known_at = models.DateTimeField(help_text=_("When the record learned of it."))
    told_at = models.DateTimeField(help_text=_("When the sweep found whom to tell."))
    mail = models.ForeignKey(Mail, models.CASCADE, null=True, blank=True, related_name="notices")
    done_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was posted, phoned or texted."))
    done_by = models.ForeignKey("portal.Actor", models.PROTECT, null=True, blank=True, related_name="+")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["pace", "person"], condition=Q(way="email", mail=None), name="notice_to_mail"),
            models.Index(fields=["case"], condition=~Q(way="email") & Q(done_at=None), name="notice_by_hand"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "event", "way"], name="notice_once_per_person_and_way"),
            models.CheckConstraint(condition=~Q(case=""), name="notice_has_a_case"),
            models.CheckConstraint(condition=Q(pace__in=["at_once", "daily"]), name="notice_is_never_never"),
            models.CheckConstraint(condition=Q(mail=None) | Q(way="email"), name="notice_mailed_only_by_mail"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(way="email")),
                name="notice_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case}"


class NoticePreference(models.Model):
    """How somebody wants to be told of one topic; what they never chose goes at its usual pace."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notice_preferences")
    scope = models.CharField(max_length=10, choices=Scope)
    topic = models.CharField(max_length=10, choices=Topic)
    pace = models.CharField(max_length=10, choices=Pace)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "scope", "topic"], name="notice_preference_once_per_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}/{self.topic}: {self.pace}"
