"""A point on the map, typed, pasted or set by the map itself: two numbers in degrees."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

NUMBER = r"([+-]?[0-9]{1,3}(?:[.,][0-9]{1,15})?)\s*°?"
WRITTEN = re.compile(rf"\s*{NUMBER}\s*N?\s*[,;\s]\s*{NUMBER}\s*E?\s*", re.IGNORECASE)
EXACT, ROUGH = 5, 3  # decimal places: about a metre, and about a hundred metres


class PinField(forms.CharField):
    """Gives "latitude, longitude" with five decimals, or nothing."""

    default_error_messages = {
        "invalid": _("Write two numbers: first the latitude, then the longitude, such as 51.02104, 3.91051."),
        "outside": _("This point lies outside the city. Choose a point inside, or leave it empty and say where it is."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 60} | kwargs)

    def clean(self, value: Any) -> str:
        written = super().clean(value)
        if not written:
            return ""
        found = WRITTEN.fullmatch(written)
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        latitude, longitude = (Decimal(number.replace(",", ".")) for number in found.groups())
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if settings.MAP_BOUNDS:
            west, south, east, north = (Decimal(str(edge)) for edge in settings.MAP_BOUNDS)
            if not (south <= latitude <= north and west <= longitude <= east):
                raise forms.ValidationError(self.error_messages["outside"], code="outside")
        return write_pin(latitude, longitude)


def write_pin(latitude: Decimal | None, longitude: Decimal | None, *, is_home: bool = False) -> str:
    if latitude is None or longitude is None:
        return ""
    places = ROUGH if is_home else EXACT
    return f"{latitude:.{places}f}, {longitude:.{places}f}"


def read_pin(written: str) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """What a PinField gave, as numbers."""
    if not written:
        return None, None
    latitude, longitude = written.split(", ")
    return Decimal(latitude), Decimal(longitude)
