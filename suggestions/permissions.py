from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from portal.models import Actor
from portal.permissions import Permission, can
from suggestions.models import Suggestion


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
        return by.subject == suggestion.reference
    return by.person_id is not None and by.person_id in {suggestion.author.person_id, suggestion.author.on_behalf_of_id}


def require_on(by: Actor, permission: Permission, suggestion: Suggestion) -> None:
    """Raises PermissionDenied, which every door turns into 403."""
    if not can_on(by, permission, suggestion):
        raise PermissionDenied(_("Your role may not do this here."))
