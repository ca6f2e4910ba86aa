from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from portal.models import Pace, Scope, Topic


class NoticePreferencesForm(forms.Form):
    """One choice for each topic, of one's own cases and of what one follows."""

    def __init__(self, *args: Any, wishes: Mapping[tuple[str, str], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (scope, topic), pace in wishes.items():
            self.fields[f"{scope}_{topic}"] = forms.ChoiceField(
                label=Topic(topic).label,
                choices=Pace.choices,
                initial=pace,
                error_messages={"required": _("Choose how often."), "invalid_choice": _("Choose one of the three.")},
            )

    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The fields by what they are about."""
        for scope in Scope:
            yield str(scope.label), [self[f"{scope}_{topic}"] for topic in Topic]

    def paces(self) -> dict[tuple[str, str], str]:
        return {(scope, topic): self.cleaned_data[f"{scope}_{topic}"] for scope in Scope for topic in Topic}
