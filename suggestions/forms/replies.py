from django import forms
from django.utils.translation import gettext_lazy as _


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Your reply"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Everybody who may read the suggestion can read this. Leave out names and phone numbers."),
        error_messages={"required": _("Write your reply first."), "max_length": _("Keep the reply within 5,000 characters.")},
    )
