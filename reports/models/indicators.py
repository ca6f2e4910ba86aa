from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class IndicatorValueQuerySet(models.QuerySet["IndicatorValue"]):
    def for_window(self, scope: str, window_from: datetime, window_until: datetime) -> Self:
        return self.filter(scope=scope, window_from=window_from, window_until=window_until)

    def provisional(self) -> Self:
        return self.filter(is_provisional=True)

    def final(self) -> Self:
        return self.filter(is_provisional=False)

    def final_first(self) -> Self:
        """What may still move comes last, the newest knowledge first."""
        return self.order_by("is_provisional", "-as_of", "code", "id")


class IndicatorValue(models.Model):
    """One published figure with everything it must carry: window, as-of moment, base, range of chance and definition version."""

    code = models.CharField(max_length=8)
    measure = models.CharField(max_length=40, help_text=_("Which line of the indicator, such as answered_by_30."))
    definition = models.PositiveSmallIntegerField(help_text=_("Version of the definition; a change makes a new series."))
    code_version = models.CharField(max_length=20)
    scope = models.CharField(max_length=80, help_text=_("city, service:CODE, operator:CODE, category:SERVICE/CODE or area:CODE."))
    window_from = models.DateTimeField()
    window_until = models.DateTimeField()
    as_of = models.DateTimeField()
    is_provisional = models.BooleanField(default=False, help_text=_("The window had not ended, or not long enough ago."))
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    n = models.PositiveIntegerField(help_text=_("The base: how many there were to count."))
    events = models.PositiveIntegerField(null=True)
    censored_share = models.FloatField(null=True)
    facts = models.JSONField(default=dict, help_text=_("Counts behind the figure, by name."))
    withheld = models.CharField(max_length=40, blank=True, help_text=_("Why no value is shown, such as too_few."))
    computed_at = models.DateTimeField()

    objects = IndicatorValueQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["scope", "code", "-window_until"], name="indicator_by_scope")]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "measure", "definition", "scope", "window_from", "window_until", "as_of"], name="indicator_value_once"
            ),
            models.CheckConstraint(condition=Q(window_until__gt=F("window_from")), name="indicator_window_has_length"),
            models.CheckConstraint(condition=Q(withheld="") | Q(value=None, low=None, high=None), name="indicator_withheld_has_no_value"),
        ]

    def __str__(self) -> str:
        return f"{self.code}.{self.measure} {self.scope}"
