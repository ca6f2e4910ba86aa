"""What the city checked of one case, for whoever wrote the things that were checked: never who reported anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from portal.models import Actor
from suggestions.models import Appeal, Flag, Hiding, Suggestion
from suggestions.models.moderation import AboutOneItem
from suggestions.permissions import is_author_of


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of it: reports that were settled together, a hiding, an appeal, a ruling, or that it is shown again."""

    at: datetime
    kind: str
    row: AboutOneItem
    reasons: list[str]
    appeal: Appeal | None = None
    may_appeal: bool = False


def checked_of(suggestion: Suggestion, reader: Actor) -> list[Checked]:
    """The oldest first, in two queries; the city reads all of it, an author or an organisation what is about their own words."""
    flags = suggestion.flags.settled().filter(upheld=False).with_item().order_by("settled_at", "id")
    hidings = suggestion.hidings.with_item().select_related("criterion", "appeal").order_by("hidden_at", "id")
    lines = [line for line in [*_looked_at(flags), *_hidden(hidings, reader)] if _concerns(line.row, reader)]
    return sorted(lines, key=lambda line: line.at)


def _concerns(row: AboutOneItem, reader: Actor) -> bool:
    return (reader.is_city and reader.is_official) or is_author_of(reader, row.item)


def _looked_at(flags: Iterable[Flag]) -> list[Checked]:
    together = groupby(flags, key=lambda flag: (flag.settled_at, flag.item_key))
    lines = []
    for (settled_at, _item), settled in together:
        rows = list(settled)
        lines.append(Checked(settled_at, "looked", rows[0], sorted({str(flag.get_reason_display()) for flag in rows})))
    return lines


def _hidden(hidings: Iterable[Hiding], reader: Actor) -> list[Checked]:
    lines = []
    for hiding in hidings:
        appeal = getattr(hiding, "appeal", None)
        may_appeal = appeal is None and hiding.lifted_at is None and is_author_of(reader, hiding.item)
        lines.append(Checked(hiding.hidden_at, "hidden", hiding, [hiding.reasons], appeal, may_appeal))
        if appeal:
            lines.append(Checked(appeal.made_at, "appealed", hiding, [appeal.text], appeal))
        if appeal and appeal.ruled_at:
            lines.append(Checked(appeal.ruled_at, "ruled", hiding, [appeal.reasons], appeal))
        elif hiding.lifted_at:
            lines.append(Checked(hiding.lifted_at, "lifted", hiding, [hiding.lifted_reason]))
    return lines
