"""Shape and wording of sign-in, capacity and what the administration asks; nothing is saved here."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from portal.models import Membership, PauseReason, Person, ServiceLevel, SuggestionKind
from portal.models.organisations import ROLES_OF


class SignInForm(AuthenticationForm):
    """E-mail address and password; which of the two was wrong is never said."""

    error_messages = {
        "invalid_login": _("This e-mail address and this password do not belong together. Check both and try again."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].error_messages["required"] = _("Write your e-mail address.")
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username"})
        self.fields["password"].error_messages["required"] = _("Write your password.")

    def clean_username(self) -> str:
        return self.cleaned_data["username"].strip().lower()


class CapacityForm(forms.Form):
    """In which capacity somebody goes on: one of their roles, or as a citizen."""

    capacity = forms.ModelChoiceField(
        Membership.objects.none(),
        required=False,
        label=_("Go on as"),
        error_messages={"invalid_choice": _("You do not have this role, or no longer. Choose one from the list.")},
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["capacity"].queryset = person.memberships.current().select_related("organisation").order_by("id")  # type: ignore[attr-defined]


# --- Administration ----------------------------------------------------------------------------------------------------


class MembershipForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ["person", "organisation", "role", "from_at", "until_at"]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        organisation, role = answers.get("organisation"), answers.get("role")
        if organisation and role and role not in ROLES_OF[organisation.kind]:
            self.add_error("role", _("An organisation of this kind has no such role."))
        return answers


class ServiceLevelForm(forms.ModelForm):
    pause_reasons = forms.MultipleChoiceField(
        choices=PauseReason, required=False, widget=forms.CheckboxSelectMultiple, label=_("Pause reasons")
    )

    class Meta:
        model = ServiceLevel
        fields = [
            "contract",
            "clause",
            "version",
            "basis",
            "text",
            "act",
            "owed_by",
            "kind",
            "category",
            "support_threshold",
            "within_minutes",
            "calendar",
            "warn_percent",
            "pause_reasons",
            "pause_limit_minutes",
            "longest_promise_days",
            "verdict_days",
            "verdict_rule",
            "in_force",
        ]


class CategoryForm(forms.ModelForm):
    kinds = forms.MultipleChoiceField(
        choices=SuggestionKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Kinds"),
        help_text=_("None chosen: every kind."),
    )
