from django import forms
from django.utils.translation import gettext_lazy as _

from suggestions.models import Verdict


class VerdictForm(forms.Form):
    value = forms.ChoiceField(
        label=_("Was it really done?"),
        choices=Verdict.Value.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it was done.")},
    )
    note = forms.CharField(
        label=_("What do you see?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who may read the suggestion can read this."),
        error_messages={"max_length": _("Keep it within 1,000 characters.")},
    )
