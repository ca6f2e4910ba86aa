"""Shape and wording of what a citizen writes; nothing is saved here."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import AnswerBy, Area, Asset, Category, Question, Service, SuggestionKind
from suggestions.actions.suggestions import REACHED_BY, Contact
from suggestions.forms.places import PinField, read_pin, write_pin

KINDS = [
    (SuggestionKind.PROBLEM, _("A problem: something is broken, unsafe or not done")),
    (SuggestionKind.IDEA, _("An idea: something could be better")),
]
ANSWER_BY = [
    (AnswerBy.COME_BACK, _("I come back with my reference and four words")),
    (AnswerBy.EMAIL, _("By e-mail")),
    (AnswerBy.LETTER, _("By letter")),
    (AnswerBy.CALL, _("By phone")),
    (AnswerBy.SMS, _("By text message")),
]
NO_OTHER = ("", _("Something else"))
ASSETS_LISTED = 1000
LONGEST_TYPED = 5000


class AboutForm(forms.Form):
    """What it is about: a kind, and a category where the service has any."""

    kind = forms.ChoiceField(
        label=_("What do you want to say?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it is a problem or an idea."), "invalid_choice": _("Choose a problem or an idea.")},
    )
    category = forms.ChoiceField(
        label=_("What is it about?"), required=False, error_messages={"invalid_choice": _("Choose one of the categories in the list.")}
    )

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = {category.code: category for category in Category.objects.offered().filter(service=service)}
        named = sorted(((code, str(category)) for code, category in self.categories.items()), key=lambda choice: choice[1].casefold())
        self.fields["category"].choices = [NO_OTHER, *named]  # type: ignore[attr-defined]
        if not self.categories:
            del self.fields["category"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        category = self.categories.get(cleaned.get("category", ""))
        if category and category.kinds and cleaned.get("kind") not in [*category.kinds, None]:
            self.add_error("category", _("This category is not for what you chose above. Take another one, or “Something else”."))
        cleaned["chosen_category"] = category
        return cleaned


class SuggestionForm(forms.Form):
    """The suggestion itself, the category's own questions, and how the answer should come."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("In one sentence"),
        max_length=120,
        help_text=_("This is the title that everybody sees."),
        error_messages={
            "required": _("Say in one sentence what it is about."),
            "max_length": _("Keep the sentence within 120 characters; you can say more below."),
        },
    )
    text = forms.CharField(
        label=_("Tell more"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What happened, or what should change? Leave out names and phone numbers: this text can become public."),
        error_messages={"max_length": _("Keep the text within 5,000 characters.")},
    )
    asset = forms.CharField(
        label=_("Which one?"), required=False, max_length=120, help_text=_("The name or number on it. Choose from the list as you type.")
    )
    place = forms.CharField(
        label=_("Where is it?"),
        required=False,
        max_length=200,
        help_text=_("A street and number, a crossing, or a place that people know."),
        error_messages={"max_length": _("Keep the place within 200 characters.")},
    )
    pin = PinField(
        label=_("Point on the map"),
        widget=forms.TextInput(attrs={"class": "narrow", "inputmode": "text", "autocomplete": "off"}),
        help_text=_("Only if you know it: latitude and longitude, as your phone or a map shows them. For example 51.02104, 3.91051."),
    )
    is_home = forms.BooleanField(label=_("This is somebody's home. Show the place only roughly."), required=False)
    area = forms.ChoiceField(label=_("In which part of the city?"), required=False)
    answer_by = forms.ChoiceField(
        label=_("How should the answer reach you?"),
        choices=ANSWER_BY,
        initial=AnswerBy.COME_BACK,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the answer should reach you.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Write an e-mail address like name@example.org.")},
    )
    phone = forms.CharField(
        label=_("Phone number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "narrow"}),
    )
    postal_address = forms.CharField(
        label=_("Postal address"), required=False, max_length=300, widget=forms.TextInput(attrs={"autocomplete": "street-address"})
    )
    name = forms.CharField(label=_("Your name"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    is_private = forms.BooleanField(
        label=_("Show it only to the city and the operator"),
        required=False,
        help_text=_("It then has the same deadlines and counts the same. Your name and address are never shown to the public in any case."),
    )

    MISSING = {
        "email": _("Write the e-mail address to which the answer should go."),
        "phone": _("Write the phone number on which we can reach you."),
        "postal_address": _("Write the address to which the letter should go."),
    }

    def __init__(self, *args: Any, service: Service, category: Category | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assets = list(service.assets.filter(retired_at=None).select_related("area").order_by("name")[:ASSETS_LISTED])
        self.areas = {area.code: area for area in Area.objects.all()}
        self.questions = list(category.questions.filter(retired_at=None).order_by("place", "id")) if category else []
        for question in self.questions:
            self.fields[_name_of(question)] = _field_for(question)
        self.order_fields(["form_key", "title", "text", *(_name_of(question) for question in self.questions)])
        named = sorted(((code, str(area)) for code, area in self.areas.items()), key=lambda choice: choice[1].casefold())
        self.fields["area"].choices = [("", _("I do not know")), *named]  # type: ignore[attr-defined]
        self.fields["asset"].widget.attrs["list"] = "assets"
        if not self.assets:
            del self.fields["asset"]
        if not self.areas:
            del self.fields["area"]

    def question_fields(self) -> list[forms.BoundField]:
        return [self[_name_of(question)] for question in self.questions]

    def clean_asset(self) -> str:
        written = self.cleaned_data["asset"].strip()
        if written and self._asset(written) is None:
            raise forms.ValidationError(_("We do not know this one. Choose from the list, or leave it empty and say where it is."))
        return written

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        field = REACHED_BY.get(AnswerBy(cleaned["answer_by"])) if cleaned.get("answer_by") else None
        if field and not cleaned.get(field) and field not in self.errors:
            self.add_error(field, self.MISSING[field])
        if cleaned.get("is_home") and cleaned.get("pin"):
            cleaned["pin"] = write_pin(*read_pin(cleaned["pin"]), is_home=True)  # not even the draft keeps where exactly
        return cleaned

    def draft(self) -> dict[str, Any]:
        """What was typed, to be kept in the session until it is sent."""
        return {name: _plain(value) for name, value in self.cleaned_data.items()}

    def key_as_typed(self) -> str:
        """The form's key as it was sent; empty when it cannot be one."""
        try:
            return str(uuid.UUID(self.data.get("form_key", "")))
        except ValueError:
            return ""

    def draft_as_typed(self) -> dict[str, Any]:
        """What was typed, right or wrong, for somebody who goes back before it is checked; no longer than a right answer could be."""
        typed = {}
        for name, field in self.fields.items():
            value = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            longest = getattr(field, "max_length", None) or LONGEST_TYPED
            typed[name] = value[:longest].replace("\0", "") if isinstance(value, str) else bool(value)
        return typed | {"form_key": self.key_as_typed()}

    def suggestion(self) -> dict[str, Any]:
        """The arguments of submit_suggestion that come from this form."""
        cleaned = self.cleaned_data
        answer_by = AnswerBy(cleaned["answer_by"])
        latitude, longitude = read_pin(cleaned["pin"])
        return {
            "title": cleaned["title"],
            "text": cleaned["text"],
            "asset": self._asset(cleaned.get("asset", "")),
            "area": self.areas.get(cleaned.get("area", "")),
            "place": cleaned["place"],
            "latitude": latitude,
            "longitude": longitude,
            "is_home": cleaned["is_home"],
            "answers": self._answers(),
            "answer_by": answer_by,
            "contact": self._contact(answer_by),
        }

    def told(self) -> list[tuple[str, str, str]]:
        """Every answer in words, for "Check your answers": the field's id, its label, the answer."""
        rows = []
        for bound in self.visible_fields():
            value = self.cleaned_data.get(bound.name)
            if value in (None, "", False) or (bound.name in self.MISSING and bound.name != REACHED_BY.get(self.cleaned_data["answer_by"])):
                continue
            choices = dict(getattr(bound.field, "choices", ()))
            words = _("Yes") if value is True else choices.get(value, value)
            rows.append((f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id, str(bound.label), str(words)))
        return rows

    def _asset(self, written: str) -> Asset | None:
        sought = written.casefold()
        return next((asset for asset in self.assets if sought in {asset.name.casefold(), asset.code.casefold()}), None)

    def _answers(self) -> dict[str, object]:
        given = {question.code: _plain(self.cleaned_data[_name_of(question)]) for question in self.questions}
        return {code: answer for code, answer in given.items() if answer not in (None, "")}

    def _contact(self, answer_by: AnswerBy) -> Contact | None:
        """Only what the chosen way needs: the rest is not kept."""
        field = REACHED_BY.get(answer_by)
        if field is None:
            return None
        return Contact(name=self.cleaned_data["name"], **{field: self.cleaned_data[field]})


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you take it back?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who may read the suggestion can read this."),
        error_messages={
            "required": _("Say in a few words why you take it back."),
            "max_length": _("Keep the reason within 500 characters."),
        },
    )


def _name_of(question: Question) -> str:
    return f"question_{question.code}"


def _field_for(question: Question) -> forms.Field:
    common: dict[str, Any] = {
        "label": str(question),
        "help_text": "" if question.is_public else _("Only the city and the operator read this answer."),
        "required": question.is_required,
        "error_messages": {"required": _("Answer this question: %(question)s") % {"question": question}},
    }
    if question.answer == Question.Answer.CHOICE:
        options = [(option["code"], str(type(question.text)(option["name"]))) for option in question.options]
        return forms.ChoiceField(choices=[("", "—"), *options], **common)
    if question.answer == Question.Answer.YES_NO:
        return forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect, **common)
    if question.answer == Question.Answer.NUMBER:
        common["error_messages"] |= {"invalid": _("Write a number.")}
        return forms.DecimalField(
            max_digits=12, decimal_places=3, widget=forms.NumberInput(attrs={"class": "narrow", "step": "any"}), **common
        )
    return forms.CharField(max_length=300, **common)


def _plain(value: object) -> object:
    """As the session and the database keep it: text, numbers and truths."""
    if isinstance(value, bool) or value is None:
        return value
    return str(value)
