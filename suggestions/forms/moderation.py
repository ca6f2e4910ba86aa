"""Shape and wording of reports, of hiding and showing again, and of appeals."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Criterion
from suggestions.forms.responses import words
from suggestions.models import Flag


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Flag.Reason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with it.")},
    )
    note = forms.CharField(
        label=_("Where exactly, or why?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the city reads this. You need not say who you are."),
        error_messages={"max_length": _("Keep it within 500 characters.")},
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if answers.get("reason") == Flag.Reason.OTHER and not answers.get("note"):
            self.add_error("note", _("Say in a few words what is wrong."))
        return answers


class HideForm(forms.Form):
    criterion = forms.ModelChoiceField(
        Criterion.objects.none(),
        label=_("The published criterion"),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text=_("Everybody reads it on the tombstone."),
        error_messages={"required": _("Choose the criterion."), "invalid_choice": _("Choose one of the published criteria for hiding.")},
    )
    reasons = words(_("Your reasons, to the author"), _("Give the reasons: the author will read them."), max_length=2000)

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].queryset = Criterion.objects.for_moderation(at).order_by("code")  # type: ignore[attr-defined]


class LiftForm(forms.Form):
    reason = words(_("Why it is shown again"), _("Say in a sentence why it is shown again."), rows=3, max_length=2000)


class AppealForm(forms.Form):
    text = words(_("Why should it be shown again?"), _("Say why it should be shown again."), rows=5, max_length=2000)


class RulingForm(forms.Form):
    granted = forms.TypedChoiceField(
        choices=[("yes", _("The author is right: show it again")), ("no", _("It stays hidden"))],
        coerce=lambda value: value == "yes",
        label=_("Your decision"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you decide.")},
    )
    reasons = words(_("Your reasons, to the author"), _("Give the reasons: the author will read them."), max_length=2000)
