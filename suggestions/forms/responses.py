"""Shape and wording of what the desk says: courtesies, questions, decisions and the settling of proposals."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.models import Act, Criterion, Organisation
from portal.permissions import Permission
from suggestions.models import Decision, Suggestion

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Outcome = Decision.Outcome
ACCEPTANCES = (Outcome.ACCEPTED, Outcome.PARTLY_ACCEPTED)
REFUSALS = (Outcome.DECLINED, Outcome.OUT_OF_SCOPE)


class ActForm(forms.Form):
    """One act of the desk. Several stand on one page, so each has ids of its own."""

    name: str  # of the act: its door is suggestions:name
    heading: str | Promise
    button: str | Promise
    about: str | Promise = ""
    needs = Permission.RESPOND
    takes_a_place = False  # whether it ends the operator's clocks when the city does it

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{self.name}_%s", **kwargs)

    @property
    def door(self) -> str:
        return f"suggestions:{self.name}"


def words(label: "StrOrPromise", missing: "StrOrPromise", *, rows: int = 4, max_length: int = 5000) -> forms.CharField:
    """A text that is published as it stands."""
    return forms.CharField(
        label=label, max_length=max_length, widget=forms.Textarea(attrs={"rows": rows}), error_messages={"required": missing}
    )


class AcknowledgeForm(ActForm):
    name = "acknowledge"
    heading = _("Acknowledge")
    button = _("Publish the acknowledgement")
    about = _("Say that a person has read it. This meets the first clock and no other.")

    text = words(_("What you say"), _("Write the acknowledgement first."), rows=3)


class UpdateForm(ActForm):
    name = "update"
    heading = _("Post an update")
    button = _("Publish the update")
    about = _("Say how it stands. It stops no clock but the first.")

    text = words(_("What you say"), _("Write the update first."), rows=3)


class AskForm(ActForm):
    name = "ask"
    heading = _("Ask the citizen")
    button = _("Publish the question")

    text = words(_("Your question"), _("Write your question first."), rows=3)


class DecideForm(ActForm):
    name = "decide"
    heading = _("Decide")
    button = _("Publish the decision")
    takes_a_place = True

    outcome = forms.ChoiceField(
        choices=Outcome, label=_("What you decide"), widget=forms.RadioSelect, error_messages={"required": _("Choose what you decide.")}
    )
    reasons = words(_("Why"), _("Give the reasons: the citizen and everybody else will read them."))
    promise = forms.CharField(
        max_length=300, required=False, label=_("What you promise"), help_text=_("One sentence, such as “New brakes on all 40 bicycles”.")
    )
    promised_on = forms.DateField(
        required=False, label=_("By which day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    criterion = forms.ModelChoiceField(
        Criterion.objects.none(), required=False, label=_("The criterion of the refusal"), empty_label=_("No criterion")
    )
    handed_to = forms.ModelChoiceField(
        Organisation.objects.none(), required=False, label=_("Who takes it on"), empty_label=_("Nobody: it stays here")
    )

    GROUPS = (
        (_("If you accept: a promise with its day"), ("promise", "promised_on"), ACCEPTANCES),
        (_("If you refuse: on which published ground"), ("criterion",), REFUSALS),
        (_("If you hand it over: to whom"), ("handed_to",), (Outcome.HANDED_OVER,)),
    )

    def __init__(self, data: Any = None, *, suggestion: Suggestion, at: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["criterion"].queryset = (  # type: ignore[attr-defined]
            Criterion.objects.for_refusal(at).filter(Q(service=None) | Q(service=suggestion.service_id)).order_by("code")
        )
        owing = suggestion.obligations.running().filter(act=Act.ANSWER).values("owner")
        parties = Organisation.objects.filter(kind__in=[Organisation.Kind.CITY, Organisation.Kind.OPERATOR])
        self.fields["handed_to"].queryset = parties.exclude(pk__in=owing).order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What was filled in for another outcome is not dropped in silence."""
        answers = super().clean() or self.cleaned_data
        outcome = answers.get("outcome")
        if outcome and outcome not in REFUSALS and answers.get("criterion"):
            self.add_error("criterion", _("Only a refusal names a criterion. Take it away, or choose a refusal above."))
        if outcome and outcome != Outcome.HANDED_OVER and answers.get("handed_to"):
            self.add_error("handed_to", _("You name somebody who takes it on. Choose “Handed over” above, or nobody here."))
        return answers

    def groups(self) -> list[tuple[str | Promise, list[forms.BoundField], str]]:
        """The fields that belong to one kind of outcome, with the outcomes they belong to."""
        return [(legend, [self[name] for name in names], " ".join(outcomes)) for legend, names, outcomes in self.GROUPS]


class SettleForm(ActForm):
    name = "settle"
    needs = Permission.SETTLE_PROPOSAL
    heading = _("Settle the proposal")
    button = _("Settle the proposal")

    agrees = forms.TypedChoiceField(
        choices=[("yes", _("Agree: it takes effect now")), ("no", _("Send it back: the operator still has to decide"))],
        coerce=lambda value: value == "yes",
        label=_("The city's answer"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the city agrees.")},
    )
    note = words(_("Why"), _("Say in a sentence why: the operator and the citizen will read it."), rows=2, max_length=1000)


class ClearForm(ActForm):
    name = "clear"
    needs = Permission.CLEAR
    heading = _("Clear for publication")
    button = _("Make it public")
    about = _("Everybody can read it from then on. Its clocks ran all along.")
