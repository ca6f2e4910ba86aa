from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.models import Erasure
from portal.references import new_reference, uuid7
from suggestions.models.suggestions import Channel


class PersonalRequestQuerySet(models.QuerySet["PersonalRequest"]):
    def open(self) -> Self:
        return self.filter(done_at=None)

    def due_first(self) -> Self:
        return self.order_by("received_at", "id")


class PersonalRequest(models.Model):
    """What somebody asks about their own data; its clock runs against the city."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("See the data")
        CORRECT = "correct", _("Correct the data")
        ERASE = "erase", _("Erase the data")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    reference = models.CharField(max_length=14, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey("portal.Person", models.PROTECT, null=True, related_name="+")
    case = models.CharField(
        max_length=14, blank=True, help_text=_("The reference of the one case that it is about, where there is no account.")
    )
    channel = models.CharField(max_length=10, choices=Channel)
    identity = models.CharField(max_length=10, choices=Erasure.Identity)
    received_at = models.DateTimeField(help_text=_("For a letter the day it came; the clock starts here."))
    known_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_known_at = models.DateTimeField(null=True)
    erasure = models.OneToOneField(Erasure, models.PROTECT, null=True, related_name="answered")

    objects = PersonalRequestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["received_at"], condition=Q(done_at=None), name="personal_request_open")]
        constraints = [
            models.CheckConstraint(condition=Q(known_at__gte=F("received_at")), name="personal_request_known_after_received"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_known_at=None)
                | Q(done_at__isnull=False, done_known_at__isnull=False, done_at__gte=F("received_at"), done_known_at__gte=F("done_at")),
                name="personal_request_done_is_dated_twice",
            ),
            models.CheckConstraint(
                condition=Q(erasure=None) | Q(kind="erase", done_at__isnull=False), name="personal_request_erasure_is_its_answer"
            ),
            models.CheckConstraint(condition=Q(person=None) | Q(case=""), name="personal_request_person_or_case"),
        ]

    def __str__(self) -> str:
        return self.reference
