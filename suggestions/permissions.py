from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from portal.models import Actor
from portal.permissions import Permission, can
from suggestions.models import Delivery, Response, Suggestion, Verdict
from suggestions.models.moderation import Item, case_of
from suggestions.models.suggestions import Words


def can_on(by: Actor, permission: Permission, suggestion: Suggestion) -> bool:
    """Whether this capacity may do it on this suggestion: the city on all, an operator on those it runs or owes, a citizen on their own."""
    if not can(by, permission):
        return False
    if by.kind == Actor.Kind.SYSTEM or (by.is_city and by.is_official):
        return True
    if by.is_operator:
        assert by.membership is not None
        return Suggestion.objects.filter(pk=suggestion.pk).concerning(by.membership.organisation_id).exists()
    return is_author(by, suggestion)


def is_author(by: Actor, suggestion: Suggestion) -> bool:
    """Whether the case is theirs: as the person who sent it, or by showing its receipt."""
    if by.kind == Actor.Kind.RECEIPT:
        return by.subject == suggestion.reference and suggestion.author_erased_at is None
    return by.person_id is not None and by.person_id in {suggestion.author.person_id, suggestion.author.on_behalf_of_id}


def require_on(by: Actor, permission: Permission, suggestion: Suggestion) -> None:
    """Raises PermissionDenied, which every door turns into 403."""
    if not can_on(by, permission, suggestion):
        raise PermissionDenied(_("Your role may not do this here."))


def is_author_of(by: Actor, item: Item) -> bool:
    """Whether they wrote this one thing: the suggestion and its replies the citizen, an official text its organisation."""
    if isinstance(item, Response | Delivery):
        return by.is_official and by.organisation is not None and by.organisation.pk == item.organisation_id
    if isinstance(item, Verdict):
        return item.by_id == by.pk or (item.is_author and is_author(by, case_of(item)))
    return is_author(by, case_of(item))


def reads_hidden(by: Actor, item: Item) -> bool:
    """Whether they may read what is hidden: who wrote it, the city's staff, and the operator who still owes something for the case."""
    if by.is_city and by.is_official:
        return not can(by, Permission.READ_LOGS)
    if by.is_operator:
        return can_on(by, Permission.READ_OWN_CONTRACT, case_of(item))
    return is_author_of(by, item)


def words_for(by: Actor, suggestion: Suggestion) -> Words:
    """What this reader may read of a suggestion: all of it; or what everybody may read, without a home's place; or the tombstone."""
    return suggestion.all_words if reads_hidden(by, suggestion) else suggestion.public_words
