"""Kiosks, helpers and paper: what staff type in for people who cannot or will not do it on a screen of their own."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import HelpSession
from suggestions.models import Channel


class KioskForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("As you call it, such as Library, ground floor."),
        error_messages={"required": _("Give the kiosk a name.")},
    )
    place = forms.CharField(
        label=_("Address"),
        max_length=200,
        help_text=_("Where people find it."),
        error_messages={"required": _("Say where people find it.")},
    )


class EnrolForm(forms.Form):
    code = forms.CharField(
        label=_("Code of this kiosk"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "narrow"}),
        error_messages={"required": _("Type the code that the city gave you.")},
    )


class HelpForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why does this person want help?"),
        choices=HelpSession.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why this person wants help.")},
    )
    confirmed = forms.ChoiceField(
        label=_("How did they agree?"),
        choices=HelpSession.Confirmed.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how this person agreed.")},
    )
    place = forms.CharField(
        label=_("Where do you help?"),
        max_length=120,
        help_text=_("Such as Library, first floor."),
        error_messages={"required": _("Say where you help.")},
    )


class PaperForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("How did it come in?"),
        choices=[(Channel.PAPER, _("On paper")), (Channel.PHONE, _("By phone"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose paper or phone.")},
    )
    received_at = forms.DateTimeField(
        label=_("When was it received?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "narrow"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("The day and hour of the stamp, or of the call. The deadlines start there, not now."),
        error_messages={
            "required": _("Say when it was received: the deadlines start there."),
            "invalid": _("Write day and hour, such as 2026-03-02 14:30."),
        },
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_received_at(self) -> datetime:
        received_at: datetime = self.cleaned_data["received_at"]
        if received_at > self.now:
            raise forms.ValidationError(_("This moment has not come yet. Look at the stamp again."))
        if received_at.year < 2000:
            raise forms.ValidationError(_("This is too long ago. Look at the stamp again."))
        return received_at
