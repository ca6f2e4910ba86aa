"""Shape and wording of the choice of a capacity and of what the administration asks; nothing is saved here."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Membership, PauseReason, Person, ServiceLevel, SuggestionKind, TokenScope
from portal.models.organisations import ROLES_OF


class CapacityForm(forms.Form):
    """In which capacity somebody goes on: one of their roles, or as a citizen."""

    capacity = forms.ModelChoiceField(
        Membership.objects.none(),
        required=False,
        label=_("Go on as"),
        error_messages={"invalid_choice": _("You do not have this role, or no longer. Choose one from the list.")},
    )

    def __init__(self, *args: Any, person: Person, is_sure: bool, **kwargs: Any) -> None:
        """is_sure: whether this visit was signed in with a second factor."""
        super().__init__(*args, **kwargs)
        self.fields["capacity"].queryset = person.memberships.current()  # type: ignore[attr-defined]
        self.is_sure = is_sure

    def clean_capacity(self) -> Membership | None:
        role: Membership | None = self.cleaned_data["capacity"]
        if role and role.needs_second_factor and not self.is_sure:
            raise forms.ValidationError(_("This role needs a second factor. Set one up or confirm it first, then choose the role again."))
        return role


# --- Keys for other software -------------------------------------------------------------------------------------------


class TokenForm(forms.Form):
    """A new key: what for, what it may do, and until when."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("In your own words, such as “Our repair app”. Only you read it."),
        error_messages={"required": _("Give the key a name, so that you know later what it is for.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that the key may do.")},
    )
    days = forms.TypedChoiceField(
        choices=[(30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("one year"))],
        coerce=int,
        initial=90,
        label=_("How long should it work?"),
        help_text=_("Then it ends by itself, and you make a new one."),
        error_messages={"required": _("Choose how long the key should work.")},
    )

    def __init__(self, *args: Any, offered: list[TokenScope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(scope.value, scope.label) for scope in offered]  # type: ignore[attr-defined]


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
            "threshold_assurance",
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
