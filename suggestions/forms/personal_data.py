"""Shape and wording of what people ask about their own data, and of a look at somebody's contact data."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Erasure
from portal.references import read_reference
from suggestions.models import Channel, PersonalRequest

WORD = _("ERASE")
KEEP, AWAY = "keep", "away"


class ContactReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need it?"),
        max_length=200,
        help_text=_("The person can read this sentence. Do not write names in it."),
        error_messages={
            "required": _("Say why you need it: the person will read your reason."),
            "max_length": _("Keep the reason within 200 characters."),
        },
    )


class WordsForm(forms.Form):
    """Whether the words stay in the public record."""

    words = forms.ChoiceField(
        label=_("What should happen to what was said here?"),
        choices=[
            (KEEP, _("The words stay in the public record, without anything that leads to the author")),
            (AWAY, _("The words and photos go too. Only a line that something was removed stays, with its clocks")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the words stay."), "invalid_choice": _("Choose one of the two.")},
    )

    @property
    def words_too(self) -> bool:
        return self.cleaned_data["words"] == AWAY


class EraseForm(WordsForm):
    confirm = forms.CharField(
        label=_("Write ERASE to confirm"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "narrow"}),
        error_messages={"required": _("Write the word ERASE to confirm."), "max_length": _("Write only the word ERASE.")},
    )

    def clean_confirm(self) -> str:
        written = self.cleaned_data["confirm"].strip()
        if written.casefold() != str(WORD).casefold():
            raise forms.ValidationError(_("Write the word ERASE to confirm."))
        return written


class PersonalRequestForm(forms.Form):
    """What somebody asked at the desk, by phone or by letter."""

    kind = forms.ChoiceField(
        label=_("What does the person ask?"),
        choices=PersonalRequest.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the person asks.")},
    )
    channel = forms.ChoiceField(
        label=_("How did it reach the city?"),
        choices=[(Channel.ASSISTED.value, _("At the desk")), (Channel.PAPER.value, _("By letter")), (Channel.PHONE.value, _("By phone"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it reached the city.")},
    )
    received_on = forms.DateField(
        label=_("On which day?"),
        widget=forms.DateInput(attrs={"type": "date", "class": "narrow"}, format="%Y-%m-%d"),
        help_text=_("The clock starts on this day, also for a letter that is typed in later."),
        error_messages={"required": _("Say on which day it came."), "invalid": _("Write the day like 2026-11-30.")},
    )
    identity = forms.ChoiceField(
        label=_("How did you make sure who it is?"),
        choices=[(value.value, value.label) for value in (Erasure.Identity.DOCUMENT, Erasure.Identity.KNOWN, Erasure.Identity.RECEIPT)],
        widget=forms.RadioSelect,
        help_text=_("Write down no number of any document."),
        error_messages={"required": _("Choose how you made sure who it is.")},
    )
    email = forms.EmailField(
        label=_("Their e-mail address"), required=False, error_messages={"invalid": _("Write an e-mail address like name@example.org.")}
    )
    reference = forms.CharField(
        label=_("Or the reference of their case"), required=False, max_length=20, help_text=_("Such as AN-7Q4K-2M9C-X.")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_received_on(self) -> date:
        day = self.cleaned_data["received_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day lies in the future."))
        return day

    def clean_reference(self) -> str:
        written = self.cleaned_data["reference"].strip()
        reference = read_reference(written) if written else ""
        if reference is None:
            raise forms.ValidationError(_("This is no reference of ours. Check it letter by letter."))
        return reference

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if not answers.get("email") and not answers.get("reference") and not self.errors:
            self.add_error("email", _("Write their e-mail address or the reference of their case."))
        return answers
