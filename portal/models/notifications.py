from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models.organisations import Role
from portal.references import uuid7

if TYPE_CHECKING:
    from portal.models.actors import Actor


class NotificationQuerySet(models.QuerySet["Notification"]):
    def for_actor(self, actor: "Actor") -> Self:
        """What was told to the capacity somebody is signed in with."""
        if actor.membership is None:
            return self.none()
        return self.filter(organisation_id=actor.membership.organisation_id, role=actor.membership.role)


class Notification(models.Model):
    """One thing told to one role in one organisation, once per occasion."""

    class Kind(models.TextChoices):
        DUE_SOON = "due_soon", _("A clock runs out soon")
        LATE = "late", _("A clock has run out")
        ESCALATED = "escalated", _("A late clock has reached you")
        REVIEW_OWED = "review_owed", _("The citizen says it was not done")
        PROPOSAL = "proposal", _("The operator proposes to hand this case over or to call it out of scope")
        PROMISE_BEYOND = "promise_beyond", _("The operator asks consent for a later date than the clause allows")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    organisation = models.ForeignKey("portal.Organisation", models.PROTECT, related_name="notifications")
    role = models.CharField(max_length=24, choices=Role)
    case = models.CharField(max_length=40, blank=True)
    occasion = models.CharField(max_length=80, help_text=_('What it is about, as "noun/id" and, where it recurs, a step.'))
    told_at = models.DateTimeField()

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "role", "-told_at"], name="notification_by_addressee")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "organisation", "role", "occasion"], name="notification_once_per_occasion"),
            models.CheckConstraint(condition=~Q(occasion=""), name="notification_has_an_occasion"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occasion}"
