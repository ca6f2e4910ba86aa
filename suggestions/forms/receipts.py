from django import forms
from django.utils.translation import gettext_lazy as _

from portal.references import read_reference


class FollowForm(forms.Form):
    """The two halves of a receipt; spelling is forgiven."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=40,
        help_text=_("It looks like AN-7Q4K-2M9C-X. Capitals and dashes do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "narrow"}),
        error_messages={"required": _("Write the reference that stands on your receipt.")},
    )
    phrase = forms.CharField(
        label=_("Your four words"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Write the four words that stand on your receipt.")},
    )

    def clean_reference(self) -> str:
        reference = read_reference(self.cleaned_data["reference"])
        if reference is None:
            raise forms.ValidationError(_("This reference is not complete, or a character is wrong. Look at your receipt again."))
        return reference
