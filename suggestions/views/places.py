"""The small maps beside other things: what each starts from, and the point of one suggestion."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from suggestions.models import Suggestion
from suggestions.models.suggestions import Words


def ground_of_map(service: str = "") -> dict[str, Any]:
    """What every map of ours starts from; see components/map.html."""
    return {
        "ground": reverse("suggestions:ground") + (f"?{urlencode({'service': service})}" if service else ""),
        "tiles": settings.MAP_TILES,
        "attribution": settings.MAP_ATTRIBUTION,
        "bounds": ",".join(str(edge) for edge in settings.MAP_BOUNDS),
    }


def map_of(suggestion: Suggestion, words: Words) -> dict[str, Any] | None:
    """The small map of one suggestion, or None where no point is known or this reader may not know it."""
    latitude, longitude, rough = words.latitude, words.longitude, suggestion.is_home
    if latitude is None and suggestion.asset and not words.are_hidden:
        latitude, longitude, rough = suggestion.asset.latitude, suggestion.asset.longitude, False
    if latitude is None or longitude is None:
        return None
    return ground_of_map(suggestion.service.code) | {"point": f"{latitude},{longitude}", "rough": rough}
