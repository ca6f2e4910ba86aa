"""A look at somebody's contact data, with a reason; there is no other page that shows them to the city."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import wall_clock
from portal.actions.people import view_contact
from portal.errors import Refused
from portal.middleware import Request
from portal.models import ContactDetail, Person
from portal.permissions import Permission, require
from suggestions.forms.personal_data import ContactReasonForm
from suggestions.models import Suggestion


@never_cache
@require_POST
def show_contact(request: Request, reference: str) -> HttpResponse:
    """The data are on the answer to this one post: each look is a look, and leaves its line."""
    require(request.actor, Permission.VIEW_CONTACT)
    found = Suggestion.objects.visible_to(request.actor).select_related("contact", "author__person", "author__on_behalf_of")
    suggestion = get_object_or_404(found, reference=reference)
    form = ContactReasonForm(request.POST)
    shown: list[tuple[str, str]] = []
    person = person_behind(suggestion)
    if form.is_valid() and person:
        try:
            look = view_contact(
                person=person, by=request.actor, reason=form.cleaned_data["reason"], case=suggestion.reference, at=wall_clock.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            shown = [(str(ContactDetail(detail).label), getattr(person, detail)) for detail in look.details]
    context = {"suggestion": suggestion, "form": form, "shown": shown}
    return render(request, "suggestions/desk/contact.html", context, status=422 if form.errors else 200)


def person_behind(suggestion: Suggestion) -> Person | None:
    """Whom an answer could reach: the contact that was left, else the person who wrote."""
    return suggestion.contact or suggestion.author.person or suggestion.author.on_behalf_of
