"""What is mine: what I said, what I support, what I follow. Each section is a partial of its own."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.actions.notices import has_proven_email
from portal.middleware import Request
from portal.models import Actor
from suggestions.models import Follow, Suggestion, Support

ROWS_IN_A_SECTION = 50


@never_cache
@require_safe
def mine(request: Request) -> HttpResponse:
    """Only for somebody who is here for themselves; a role begins at its desk."""
    if request.actor.kind != Actor.Kind.PERSON:
        return redirect("portal:home")
    person = request.actor.person_id
    said = Suggestion.objects.filter(author=request.actor).with_standing().newest_first()
    helped = Suggestion.objects.filter(author__on_behalf_of=person).with_standing().newest_first()
    supports = Support.objects.not_taken_back().filter(by=request.actor, suggestion__in=Suggestion.objects.visible_to(request.actor))
    follows = Follow.objects.of(request.actor).select_related("suggestion__hidden_for", "service", "area").order_by("-since_at", "-id")
    return render(
        request,
        "portal/mine.html",
        {
            "said": [*said[:ROWS_IN_A_SECTION], *helped[:ROWS_IN_A_SECTION]],
            "supported": supports.select_related("suggestion__hidden_for").order_by("-given_at", "-id")[:ROWS_IN_A_SECTION],
            "follows": _readable(follows, request.actor),
            "is_proven": has_proven_email(request.actor.person),
        },
    )


def _readable(follows: QuerySet[Follow], actor: Actor) -> list[Follow]:
    """A case that was hidden or closed to the public since is not named here."""
    found = list(follows[: 4 * ROWS_IN_A_SECTION])
    cases = {follow.suggestion_id for follow in found if follow.suggestion_id}
    readable = set(Suggestion.objects.visible_to(actor).filter(pk__in=cases).values_list("pk", flat=True))
    return [follow for follow in found if follow.suggestion_id is None or follow.suggestion_id in readable]
