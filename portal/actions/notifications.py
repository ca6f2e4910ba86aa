from collections.abc import Iterable
from datetime import datetime

from portal.models import Notification, Organisation


def notify(kind: Notification.Kind, *, to: Organisation, roles: Iterable[str], occasion: str, at: datetime, case: str = "") -> None:
    """Tell each role of an organisation once per occasion; telling twice changes nothing."""
    Notification.objects.bulk_create(
        [Notification(kind=kind, organisation=to, role=role, case=case, occasion=occasion, told_at=at) for role in roles],
        ignore_conflicts=True,
    )
