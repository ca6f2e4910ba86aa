"""Who holds my data: the whole register, how long everything is kept, and what each night removed."""

from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.data_register import Purpose, RetentionRule, register
from portal.middleware import Request
from portal.models import RetentionRun
from portal.permissions import Permission, can


@dataclass(frozen=True, slots=True)
class Alike:
    """Kinds of data that are read, kept and erased in one way, told in one breath."""

    readers: str
    basis: str
    on_erasure: str
    rule: RetentionRule
    what: list[str] = field(default_factory=list)


@login_not_required
@require_safe
def privacy(request: Request) -> HttpResponse:
    return render(
        request,
        "suggestions/privacy/register.html",
        {
            "purposes": [(purpose, alike_for(purpose)) for purpose in Purpose],
            "rules": list(register().rules.values()),
            "officer": settings.DATA_PROTECTION_CONTACT,
        },
    )


def alike_for(purpose: Purpose) -> list[Alike]:
    found: dict[tuple[str, ...], Alike] = {}
    for _label, _table, held in register().entries():
        if held.purpose == purpose:
            end = ". ".join(str(part) for part in (held.on_erasure.label, held.because) if part)
            key = (held.readers, str(held.basis.label), end, held.kept)
            told = found.setdefault(key, Alike(*key[:3], register().rules[held.kept])).what
            if str(held.what) not in told:
                told.append(str(held.what))
    return list(found.values())


@require_safe
def retention(request: Request) -> HttpResponse:
    """For those who must see that it happens."""
    if not (can(request.actor, Permission.READ_LOGS) or can(request.actor, Permission.ERASE)):
        raise PermissionDenied(_("Your role may not do this."))
    newest = {run.rule: run for run in RetentionRun.objects.order_by("rule", "-ran_at").distinct("rule")}
    rules = [(rule, newest.get(rule.code)) for rule in register().rules.values()]
    return render(request, "suggestions/privacy/retention.html", {"rules": rules})
