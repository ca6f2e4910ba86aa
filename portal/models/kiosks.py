from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.references import uuid7

LONGEST_HELP = timedelta(minutes=30)


class KioskQuerySet(models.QuerySet["Kiosk"]):
    def in_use(self) -> Self:
        return self.filter(enrolled_at__isnull=False, revoked_at=None)


class Kiosk(models.Model):
    """A screen that the city put up for everybody; it proves by a secret of its own that it is one."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=80, help_text=_("As staff call it, such as Library, ground floor."))
    place = models.CharField(max_length=200, help_text=_("The address where people find it."))
    code_hash = models.BinaryField(
        max_length=32, null=True, unique=True, help_text=_("Of the one-time code that makes a screen this kiosk.")
    )
    code_until = models.DateTimeField(null=True)
    credential_hash = models.BinaryField(max_length=32, null=True, unique=True)
    made_by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    enrolled_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True, help_text=_("When the last visit was wiped."))

    objects = KioskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(place=""), name="kiosk_can_be_found"),
            models.CheckConstraint(
                condition=Q(code_hash=None, code_until=None) | Q(code_hash__isnull=False, code_until__isnull=False),
                name="kiosk_code_runs_out",
            ),
            models.CheckConstraint(
                condition=Q(enrolled_at=None, credential_hash=None)
                | Q(enrolled_at__isnull=False, credential_hash__isnull=False, code_hash=None, revoked_at=None)
                | Q(enrolled_at__isnull=False, credential_hash=None, code_hash=None, revoked_at__isnull=False),
                name="kiosk_has_a_credential_while_in_use",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HelpSession(models.Model):
    """A helper sits with one person, for one reason and for half an hour at most; whatever is done in it says so."""

    class Reason(models.TextChoices):
        NO_DEVICE = "no_device", _("Has no computer or phone at hand")
        LANGUAGE = "language", _("Reads or writes another language better")
        READING = "reading", _("Reading or writing is hard")
        DISABILITY = "disability", _("A disability makes it hard alone")
        ASKED = "asked", _("Asked for help")

    class Confirmed(models.TextChoices):
        SCREEN = "screen", _("On this screen, reading along")
        PAPER = "paper", _("On a paper they signed")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    membership = models.ForeignKey("portal.Membership", models.PROTECT, related_name="help_sessions")
    reason = models.CharField(max_length=12, choices=Reason)
    confirmed = models.CharField(max_length=8, choices=Confirmed, help_text=_("How the person agreed to be helped."))
    place = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    receipts = ArrayField(models.CharField(max_length=14), default=list, help_text=_("The earlier cases whose receipt was shown in it."))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(place=""), name="help_session_has_a_place"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("started_at"), expires_at__lte=F("started_at") + LONGEST_HELP),
                name="help_session_lasts_half_an_hour_at_most",
            ),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="help_session_ends_after_start"),
            models.UniqueConstraint(fields=["membership"], condition=Q(ended_at=None), name="help_session_one_person_at_a_time"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def is_open(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at
