from collections.abc import Mapping
from datetime import datetime

from portal.actions.events import record_event
from portal.models import Actor, Event
from portal.permissions import Permission, require
from portal.references import uuid7


def record_export(*, listing: str, filters: Mapping[str, str], rows: int, is_whole: bool, by: Actor, at: datetime) -> Event:
    """Put on record who took which list out of the house; `filters` by code, and never the words somebody searched for."""
    require(by, Permission.EXPORT)
    facts = {"list": listing, "filters": dict(filters), "rows": rows, "is_whole": is_whole}
    return record_event(Event.Kind.EXPORTED, about=f"export/{uuid7()}", by=by, at=at, facts=facts)
