from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.fields import PerLanguageField


class Area(models.Model):
    """A district or neighbourhood as the city draws it."""

    code = models.SlugField(max_length=60, unique=True)
    name = PerLanguageField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    outline = models.JSONField(null=True, blank=True, help_text=_("For the map: a GeoJSON Polygon or MultiPolygon, in degrees."))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name={}), name="area_has_a_name"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="area_not_its_own_part"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Asset(models.Model):
    """A thing of the service that people can point at: a station, a container, a vehicle."""

    service = models.ForeignKey("portal.Service", models.PROTECT, related_name="assets")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="assets")
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "code"], name="asset_once_per_service"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False, latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="asset_stands_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name
