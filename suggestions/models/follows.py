from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.models import Actor


class FollowQuerySet(models.QuerySet["Follow"]):
    def current(self) -> Self:
        return self.filter(until_at=None)

    def of(self, actor: Actor) -> Self:
        """What somebody follows who is here for themselves; a role follows nothing."""
        return self.current().filter(person=actor.person_id) if actor.kind == Actor.Kind.PERSON else self.none()


class Follow(models.Model):
    """Somebody wants to be told what happens to one suggestion, or to all of a service or of a part of the city."""

    person = models.ForeignKey("portal.Person", models.PROTECT, related_name="follows")
    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, null=True, blank=True, related_name="follows")
    service = models.ForeignKey("portal.Service", models.PROTECT, null=True, blank=True, related_name="follows")
    area = models.ForeignKey("portal.Area", models.PROTECT, null=True, blank=True, related_name="follows")
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(suggestion__isnull=False, service=None, area=None)
                | Q(suggestion=None, service__isnull=False, area=None)
                | Q(suggestion=None, service=None, area__isnull=False),
                name="follow_has_one_subject",
            ),
            models.CheckConstraint(condition=Q(until_at=None) | Q(until_at__gte=F("since_at")), name="follow_ends_after_start"),
            models.UniqueConstraint(fields=["suggestion", "person"], condition=Q(until_at=None), name="follow_suggestion_once"),
            models.UniqueConstraint(fields=["service", "person"], condition=Q(until_at=None), name="follow_service_once"),
            models.UniqueConstraint(fields=["area", "person"], condition=Q(until_at=None), name="follow_area_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} since {self.since_at:%Y-%m-%d}"


class Telling(models.Model):
    """One event whose followers were found; the key makes sure that it happens once, however many sweeps run."""

    event = models.OneToOneField("portal.Event", models.PROTECT, primary_key=True, related_name="+")
    told_at = models.DateTimeField(help_text=_("The moment of the sweep."))

    def __str__(self) -> str:
        return str(self.event_id)
