"""Shape and wording of promises and deliveries."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from suggestions.forms.responses import ActForm, words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def day(label: "StrOrPromise", missing: "StrOrPromise") -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), error_messages={"required": missing}
    )


def link() -> forms.URLField:
    return forms.URLField(
        required=False,
        max_length=200,
        assume_scheme="https",
        label=_("Where it can be seen"),
        help_text=_("A public page or photo."),
        error_messages={"invalid": _("Write a full address, such as https://example.org/photo.")},
    )


class PromiseForm(ActForm):
    name = "promise"
    heading = _("Promise a day")
    button = _("Publish the promise")
    about = _("It was accepted without a day. Name one: the promise and its day are public.")

    what = forms.CharField(max_length=300, label=_("What you promise"), error_messages={"required": _("Say what will be done.")})
    due_on = day(_("By which day"), _("Name the day by which it will be done."))


class MovePromiseForm(ActForm):
    name = "move_promise"
    heading = _("Name a later day")
    button = _("Publish the later day")
    about = _("The first day stays in public and stays the one that is judged; the new one stands beside it.")

    due_on = day(_("The new day"), _("Name the new day."))
    reason = words(_("Why it has to move"), _("Say why the day has to move: the reason is public."), rows=2, max_length=1000)


class DeliverForm(ActForm):
    name = "deliver"
    heading = _("Deliver, with evidence")
    button = _("Publish the delivery")
    takes_a_place = True
    about = _("The citizen then says whether it was really done.")

    evidence = words(_("What was done, and how anybody can check it"), _("Say what was done and how anybody can check it."))
    evidence_url = link()


class FixForm(ActForm):
    name = "fix"
    heading = _("Fixed, with evidence")
    button = _("Publish: fixed")
    takes_a_place = True
    about = _("Decision and delivery in one: for a problem that is already solved. The citizen then says whether it was really done.")

    evidence = words(_("What was done, and how anybody can check it"), _("Say what was done and how anybody can check it."))
    evidence_url = link()
