from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.errors import Refused
from portal.models import Membership, Organisation, Person, Role
from portal.models.organisations import ROLES_OF


class RoleDoesNotFit(Refused):
    pass


@transaction.atomic
def appoint(*, person: Person, organisation: Organisation, role: Role, at: datetime) -> Membership:
    """Give a person a role in an organisation; appointing twice changes nothing."""
    if role not in ROLES_OF[organisation.kind]:
        raise RoleDoesNotFit(_("An organisation of this kind has no such role."))
    membership, _created = Membership.objects.get_or_create(
        person=person,
        organisation=organisation,
        role=role,
        until_at=None,
        defaults={"organisation_kind": organisation.kind, "from_at": at},
    )
    return membership
