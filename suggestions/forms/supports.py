from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from suggestions.actions.supports import Declaration


class SupportForm(forms.Form):
    """A support without an account; the three things together make somebody count as one person."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Your first and last name"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": _("Keep the name within 120 characters.")},
    )
    born_on = forms.DateField(
        label=_("Your birth date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday", "class": "narrow", "min": "1900-01-01"}, format="%Y-%m-%d"),
        help_text=_("Day, month and year."),
        error_messages={"invalid": _("Write the date as day, month and year, such as 17/05/1960.")},
    )
    postcode = forms.CharField(
        label=_("Your postcode"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "class": "narrow"}),
        error_messages={"max_length": _("This is too long for a postcode.")},
    )

    MISSING = {
        "name": _("Write your first and last name, or leave all three empty."),
        "born_on": _("Write your birth date, or leave all three empty."),
        "postcode": _("Write your postcode, or leave all three empty."),
    }

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if any(cleaned.get(field) for field in self.MISSING):
            for field, sentence in self.MISSING.items():
                if not cleaned.get(field) and field not in self.errors:
                    self.add_error(field, sentence)
        return cleaned

    def declaration(self) -> Declaration | None:
        born_on: date | None = self.cleaned_data["born_on"]
        if born_on is None:
            return None
        return Declaration(name=self.cleaned_data["name"], born_on=born_on, postcode=self.cleaned_data["postcode"])


class DoubtForm(forms.Form):
    """What the verification officer found out about one doubtful support."""

    counts = forms.ChoiceField(
        label=_("Is it one more person?"),
        choices=[("yes", _("Yes, count it")), ("no", _("No, it is the same person"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it is one more person."), "invalid_choice": _("Say whether it is one more person.")},
    )
    reason = forms.CharField(
        label=_("How do you know?"),
        max_length=500,
        help_text=_("No names and no numbers: this sentence stays on record."),
        error_messages={
            "required": _("Say in a sentence how you know."),
            "max_length": _("Keep the sentence within 500 characters."),
        },
    )
