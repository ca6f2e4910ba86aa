from django.db import models
from django.db.models import F, Q

from portal.models import Actor
from portal.references import uuid7


class SuggestionVersion(models.Model):
    """What a suggestion said before its author corrected it."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="versions")
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=5000, blank=True)
    place = models.CharField(max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    is_home = models.BooleanField(default=False)
    said_at = models.DateTimeField()
    replaced_at = models.DateTimeField()
    by = models.ForeignKey(Actor, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["suggestion", "replaced_at"], name="version_by_suggestion")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="version_has_a_title"),
            models.CheckConstraint(condition=Q(replaced_at__gte=F("said_at")), name="version_replaced_after_said"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def public_place(self) -> str:
        """As its suggestion's: a home named in one version stays unnamed in all."""
        return "" if self.is_home or self.suggestion.is_home else self.place
