"""From a body to the arguments of an action, through the same forms as the pages: the same rules and the same words."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from portal.models import AnswerBy, Category, Service, SuggestionKind, Visibility
from suggestions.forms.responses import DecideForm
from suggestions.forms.suggestions import SuggestionForm
from suggestions.models import Decision, Response, Suggestion

CONTACT = ("name", "email", "phone", "postal_address")
QUESTION = "question_"  # how the form names the category's own questions
OF_DECISIONS = ("outcome", "promise", "promised_on", "criterion", "handed_to")


def suggestion_of(body: dict[str, Any], *, form_key: str) -> dict[str, Any]:
    """The arguments of submit_suggestion; raises ValidationError with the sentences of the form, at the names of the body."""
    service = Service.objects.filter(code=body["service"], retired_at=None).first()
    if service is None:
        raise ValidationError({"service": [_("We do not know this service. /api/v1/services/ lists them.")]}, "unknown")
    category = _category(service, body.get("category", ""))
    form = SuggestionForm(_typed(body, form_key), service=service, category=category)
    _refuse_what_is_not_asked(form, body)
    if not form.is_valid():
        raise ValidationError(_named_as_sent(form))
    return {
        "service": service,
        "kind": SuggestionKind(body["kind"]),
        "category": category,
        "lang": body.get("lang", ""),
        "visibility": Visibility.CITY_AND_OPERATOR if body.get("is_private") else None,
        **form.suggestion(),
    }


def decision_of(body: dict[str, Any], *, suggestion: Suggestion, at: datetime) -> dict[str, Any]:
    """The arguments of decide() beside suggestion, by and at."""
    if "outcome" not in body:
        raise ValidationError({"outcome": [_("Say what you decide.")]}, "required")
    form = DecideForm(None, suggestion=suggestion, at=at)
    found: dict[str, Any] = {}
    for name in ("criterion", "handed_to"):
        code = body.get(name, "")
        field = form.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        assert field.queryset is not None
        found[name] = field.queryset.filter(code=code).last() if code else None
        if code and found[name] is None:
            raise ValidationError({name: [_("This code is not one of those that can be named here.")]}, "unknown")
    return {
        "outcome": Decision.Outcome(body["outcome"]),
        "reasons": body["text"],
        "promise": body.get("promise", ""),
        "promised_on": body.get("promised_on"),
        **found,
    }


def refuse_parts_of_decisions(body: dict[str, Any]) -> None:
    """What belongs to a decision is not dropped in silence from something else."""
    if body["kind"] != Response.Kind.DECISION:
        said = [_("Only a decision says this.")]
        if wrong := {name: said for name in OF_DECISIONS if name in body}:
            raise ValidationError(wrong)


def _category(service: Service, code: str) -> Category | None:
    if not code:
        return None
    category = Category.objects.offered().filter(service=service, code=code).first()
    if category is None:
        raise ValidationError({"category": [_("This service has no such category.")]}, "unknown")
    return category


def _typed(body: dict[str, Any], form_key: str) -> dict[str, Any]:
    """As a browser would send it."""
    typed: dict[str, Any] = {name: body[name] for name in ("title", "text", "asset", "area", "place") if name in body}
    typed |= {name: True for name in ("is_home", "is_private") if body.get(name)}
    typed |= {name: body.get("contact", {}).get(name, "") for name in CONTACT}
    typed |= {f"{QUESTION}{code}": _as_typed(answer) for code, answer in body.get("answers", {}).items()}
    if ("latitude" in body) != ("longitude" in body):
        raise ValidationError({"latitude": [_("Send latitude and longitude, or neither.")]})
    if "latitude" in body:
        typed["pin"] = f"{body['latitude']:.5f}, {body['longitude']:.5f}"
    return typed | {"answer_by": body.get("answer_by", AnswerBy.COME_BACK), "form_key": form_key}


def _as_typed(answer: Any) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, str | int | float):
        return str(answer)
    raise ValidationError({"answers": [_("Answer each question with a text, a number, or true or false.")]}, "type")


def _refuse_what_is_not_asked(form: SuggestionForm, body: dict[str, Any]) -> None:
    for code in body.get("answers", {}):
        if f"{QUESTION}{code}" not in form.fields:
            raise ValidationError({f"answers.{code[:60]}": [_("This category does not ask this.")]}, "unknown")
    for name in ("asset", "area"):
        if body.get(name) and name not in form.fields:
            raise ValidationError({name: [_("There is nothing to choose here.")]}, "unknown")
    if body.get("area") and body["area"] not in form.areas:
        raise ValidationError({"area": [_("We do not know this part of the city. /api/v1/areas/ lists them.")]}, "unknown")


def _named_as_sent(form: SuggestionForm) -> dict[str, list[ErrorDetail]]:
    names = {name: f"contact.{name}" for name in CONTACT} | {"pin": "latitude", "__all__": ""}
    wrong: dict[str, list[ErrorDetail]] = {}
    for name, faults in form.errors.get_json_data().items():
        sent = f"answers.{name.removeprefix(QUESTION)}" if name.startswith(QUESTION) else names.get(name, name)
        wrong[sent] = [ErrorDetail(fault["message"], fault["code"] or "invalid") for fault in faults]
    return wrong
