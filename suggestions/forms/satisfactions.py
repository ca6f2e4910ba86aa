from django import forms
from django.utils.translation import gettext_lazy as _

from suggestions.models import Satisfaction


class SatisfactionForm(forms.Form):
    value = forms.ChoiceField(
        label=_("Did this answer you?"),
        choices=Satisfaction.Value.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it answers you."), "invalid_choice": _("Choose one of the three.")},
    )
    note = forms.CharField(
        label=_("What is missing, or what was good?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence is enough. Only the city and the operator read it."),
        error_messages={"max_length": _("Keep it within 500 characters.")},
    )
