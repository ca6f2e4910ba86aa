from decimal import Decimal
from typing import Any

from django import forms

from suggestions.forms.places import PinField, read_pin, write_pin
from suggestions.forms.suggestions import SuggestionForm
from suggestions.models import Suggestion

typed = SuggestionForm.base_fields


class EditForm(forms.Form):
    """What an author may correct, in the words of the form that they wrote it in."""

    title = typed["title"]
    text = typed["text"]
    place = typed["place"]
    pin = PinField(label=typed["pin"].label, help_text=typed["pin"].help_text)
    is_home = typed["is_home"]

    def __init__(self, *args: Any, suggestion: Suggestion, **kwargs: Any) -> None:
        initial = {name: getattr(suggestion, name) for name in ("title", "text", "place", "is_home")}
        initial["pin"] = write_pin(suggestion.latitude, suggestion.longitude, is_home=suggestion.is_home)
        super().__init__(*args, **kwargs | {"initial": initial})

    def corrections(self) -> dict[str, Any]:
        """The arguments of edit_suggestion that come from this form."""
        cleaned = self.cleaned_data
        latitude: Decimal | None
        latitude, longitude = read_pin(cleaned["pin"])
        said = {name: cleaned[name] for name in ("title", "text", "place", "is_home")}
        return said | {"latitude": latitude, "longitude": longitude}
