"""The pages of a role, in one strip: whoever works here finds each of theirs, and none that would refuse them."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.models import Actor
from portal.permissions import Permission, can

register = template.Library()

ROOMS: tuple[tuple[str, str | Promise, frozenset[Permission]], ...] = (
    ("suggestions:board", _("Board"), frozenset({Permission.READ_ALL})),
    ("suggestions:queue", _("Queue"), frozenset({Permission.READ_ALL, Permission.READ_OWN_CONTRACT})),
    ("suggestions:help", _("Help somebody"), frozenset({Permission.HELP})),
    ("suggestions:doubts", _("Doubtful supports"), frozenset({Permission.SETTLE_DOUBT})),
    ("suggestions:moderation", _("Moderation"), frozenset({Permission.MODERATE})),
    ("suggestions:photo_queue", _("Photos"), frozenset({Permission.CLEAR})),
    ("suggestions:letters", _("Letters and calls"), frozenset({Permission.TELL_BY_HAND})),
    ("suggestions:paper", _("Type in a form"), frozenset({Permission.ENTER_PAPER})),
    ("suggestions:personal_requests", _("Personal data"), frozenset({Permission.ERASE})),
    ("suggestions:retention", _("What was removed"), frozenset({Permission.READ_LOGS, Permission.ERASE})),
    ("suggestions:kiosks", _("Kiosks"), frozenset({Permission.MANAGE_KIOSKS})),
    ("reports:export_columns", _("Exports"), frozenset({Permission.EXPORT})),
    ("suggestions:moderation_log", _("What was hidden"), frozenset({Permission.READ_LOGS})),
)


@register.inclusion_tag("components/desk_menu.html", takes_context=True)
def desk_menu(context: template.Context) -> dict[str, Any]:
    """Asks the table of rights and nothing else: no query for any of the links."""
    actor, request, user = context.get("actor"), context.get("request"), context.get("user")
    rooms = [(reverse(name), label) for name, label in rooms_of(actor)] if actor and not context.get("kiosk") else []
    if user and user.is_staff:
        rooms.append((reverse("admin:index"), _("Administration")))
    return {"rooms": rooms, "path": request.path if request else ""}


@register.filter
def may_write(actor: Actor | None) -> bool:
    """Whether the door to write something would let this capacity in; a page that knows no actor shows it."""
    return actor is None or can(actor, Permission.SUBMIT)


def rooms_of(actor: Actor) -> list[tuple[str, str | Promise]]:
    """Each page with its name, by what the role may do; nothing for a citizen, and nothing while a helper acts for somebody."""
    if actor.kind != Actor.Kind.MEMBERSHIP:
        return []
    return [(name, label) for name, label, rights in ROOMS if any(can(actor, right) for right in rights)]
