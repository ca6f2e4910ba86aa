"""What serializers of writes share: a program that sends something else than it means is told, nothing is guessed."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

MOST_NAMED = 20  # of the names that nobody knows: who sends thousands need not read them all
_Field = serializers.Field[Any, Any, Any, Any]


class StrictSerializer(serializers.Serializer[Any]):
    """Unknown names and other types are refused, where DRF would drop the one and convert the other."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            wrong = self._unknown(data) | self._other_types(data)
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    def _unknown(self, data: Mapping[str, Any]) -> dict[str, list[Any]]:
        known = ", ".join(self.fields)
        said = _("This is not known here. Known are: %(known)s.") % {"known": known}
        unknown = islice((name for name in data if name not in self.fields), MOST_NAMED)
        return {str(name)[:60]: [serializers.ErrorDetail(said, "unknown")] for name in unknown}

    def _other_types(self, data: Mapping[str, Any]) -> dict[str, list[Any]]:
        wrong = {}
        for name, value in data.items():
            field = self.fields.get(name)
            if field is not None and value is not None and (said := _other_type(field, value)):
                wrong[name] = [serializers.ErrorDetail(said, "type")]
        return wrong


def _other_type(field: _Field, value: Any) -> str:
    if isinstance(field, serializers.CharField | serializers.ChoiceField | serializers.DateField | serializers.SlugRelatedField):
        return "" if isinstance(value, str) else _("Send a text.")
    if isinstance(field, serializers.BooleanField):
        return "" if isinstance(value, bool) else _("Send true or false.")
    if isinstance(field, serializers.FloatField):
        return "" if isinstance(value, int | float) and not isinstance(value, bool) else _("Send a number.")
    return ""


class PerLanguage(serializers.DictField):
    """A text by language, such as {"en": "Bicycles", "nl": "Fietsen"}; the city's leading language is always there."""

    child = serializers.CharField()
