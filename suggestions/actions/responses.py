from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from portal.actions.events import record_event
from portal.errors import Refused
from portal.models import Actor, Event, PauseReason
from portal.permissions import Permission
from suggestions.actions.obligations import meet_obligations, pause_obligations, resume_obligations
from suggestions.actions.standings import refresh_standing
from suggestions.models import Reply, Response, Suggestion
from suggestions.permissions import require_on


class NotAwaitingResponse(Refused):
    pass


class NothingSaid(Refused):
    pass


class AlreadyReplied(Refused):
    pass


@transaction.atomic
def publish_response(*, suggestion: Suggestion, by: Actor, kind: Response.Kind, text: str, at: datetime, lang: str = "") -> Response:
    """Publish a courtesy: an acknowledgement or an update. It stops no clock but the first."""
    require_on(by, Permission.RESPOND, suggestion)
    suggestion = awaiting(suggestion)
    if twin := _twin(suggestion, by=by, kind=kind, text=text, at=at):
        return twin
    response = write_response(suggestion, by=by, kind=kind, text=text, at=at, lang=lang)
    meet_obligations(suggestion=suggestion, acts=kind.meets, by=by, organisation=response.organisation, at=at)
    refresh_standing(suggestion)
    record_event(Event.Kind.RESPONSE_PUBLISHED, about=response, by=by, at=at, case=suggestion.reference, facts={"kind": kind})
    return response


@transaction.atomic
def ask_citizen(*, suggestion: Suggestion, by: Actor, text: str, at: datetime, lang: str = "") -> tuple[Response, int]:
    """Ask the citizen something, in public. The asker's clocks stand only where the clause allows it and the citizen can be reached.

    Returns the question and how many clocks stand for it.
    """
    require_on(by, Permission.RESPOND, suggestion)
    suggestion = awaiting(suggestion)
    if twin := _twin(suggestion, by=by, kind=Response.Kind.QUESTION, text=text, at=at):
        return twin, twin.pauses.count()
    question = write_response(suggestion, by=by, kind=Response.Kind.QUESTION, text=text, at=at, lang=lang)
    meet_obligations(suggestion=suggestion, acts=Response.Kind.QUESTION.meets, by=by, organisation=question.organisation, at=at)
    standing_clocks = 0
    if can_be_reached(suggestion):
        standing_clocks = pause_obligations(
            suggestion=suggestion, owner=question.organisation, reason=PauseReason.NEEDS_CITIZEN, question=question, by=by, at=at
        )
    refresh_standing(suggestion)
    record_event(
        Event.Kind.RESPONSE_PUBLISHED,
        about=question,
        by=by,
        at=at,
        case=suggestion.reference,
        facts={"kind": Response.Kind.QUESTION, "clocks_standing": standing_clocks},
    )
    return question, standing_clocks


def can_be_reached(suggestion: Suggestion) -> bool:
    """A pause needs a counterpart who hears the question; who only comes back with a receipt may never hear it."""
    if suggestion.author_erased_at:
        return False
    contact_is_left = suggestion.contact is not None and suggestion.contact.erased_at is None
    return contact_is_left or suggestion.author.person_id is not None


@transaction.atomic
def reply_to_question(*, question: Response, by: Actor, text: str, at: datetime) -> Reply:
    """The citizen answers a question; the clocks that stood for it run again."""
    suggestion = Suggestion.objects.for_act().get(pk=question.suggestion_id)
    require_on(by, Permission.WITHDRAW_OWN, suggestion)
    if Reply.objects.filter(question=question).exists():
        raise AlreadyReplied(_("You have already replied to this question."))
    if suggestion.is_settled:
        raise NotAwaitingResponse(_("This suggestion is settled; nothing more can be said for it here."))
    if not text.strip():
        raise NothingSaid(_("Write your reply first."))
    reply = Reply.objects.create(question=question, suggestion=suggestion, by=by, text=text.strip(), given_at=at, known_at=at)
    resume_obligations(suggestion=suggestion, question=question, by=by, at=at)
    refresh_standing(suggestion)
    record_event(Event.Kind.REPLY_GIVEN, about=reply, by=by, at=at, case=suggestion.reference)
    return reply


def awaiting(suggestion: Suggestion) -> Suggestion:
    """The suggestion, locked, if anything can still be said for it."""
    suggestion = Suggestion.objects.for_act().get(pk=suggestion.pk)
    if suggestion.is_settled:
        raise NotAwaitingResponse(_("This suggestion is settled; nothing more can be said for it here."))
    return suggestion


SENT_AGAIN = timedelta(minutes=10)


def _twin(suggestion: Suggestion, *, by: Actor, kind: Response.Kind, text: str, at: datetime) -> Response | None:
    """The same words by the same actor a moment ago: a form that was sent twice is published once."""
    recent = suggestion.responses.filter(kind=kind, by=by, text=text.strip(), published_at__gte=at - SENT_AGAIN, published_at__lte=at)
    return recent.order_by("-published_at").first()


def write_response(suggestion: Suggestion, *, by: Actor, kind: Response.Kind, text: str, at: datetime, lang: str) -> Response:
    """One official text as it stands, in the citizen's language unless told otherwise; raises NothingSaid for an empty one."""
    if not text.strip():
        raise NothingSaid(_("Write the text first: it is published as it stands."))
    organisation = by.organisation
    assert organisation is not None  # nobody else has the permission
    return Response.objects.create(
        suggestion=suggestion,
        kind=kind,
        by=by,
        organisation=organisation,
        text=text.strip(),
        lang=lang or suggestion.lang or settings.LEADING_LANGUAGE,
        published_at=at,
        known_at=at,
    )
