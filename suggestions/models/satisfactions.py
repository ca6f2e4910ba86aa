from django.db import models
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from portal.references import uuid7


class SatisfactionQuerySet(models.QuerySet["Satisfaction"]):
    def counts(self) -> dict[str, int]:
        """How many said what; a value that nobody chose counts nought."""
        counted = dict(self.values_list("value").annotate(times=Count("pk")).values_list("value", "times"))
        return {value: counted.get(value, 0) for value in Satisfaction.Value.values}


class Satisfaction(models.Model):
    """What the author says of a decision: whether it answered them. It is no verdict and moves no clock."""

    class Value(models.TextChoices):
        YES = "yes", _("Yes, it answers me")
        PARTLY = "partly", _("Partly")
        NO = "no", _("No, it does not answer me")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    decision = models.ForeignKey("suggestions.Decision", models.PROTECT, related_name="satisfactions")
    by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+")
    value = models.CharField(max_length=10, choices=Value)
    note = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField()
    known_at = models.DateTimeField()

    objects = SatisfactionQuerySet.as_manager()

    class Meta:
        constraints = [
            # only the author is asked, who may come with the receipt one day and signed in the next: two actors, one person
            models.UniqueConstraint(fields=["decision"], name="satisfaction_once_per_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.uuid}"
