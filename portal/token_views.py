"""The keys with which other software acts for somebody: made, shown once, revoked."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import wall_clock
from portal.actions.tokens import AlreadyRevoked, NewToken, NotNamed, ScopeDoesNotFit, issue_token, revoke_token, scopes_for
from portal.errors import Refused
from portal.forms import TokenForm
from portal.middleware import Request
from portal.models import ApiToken, TokenScope


@never_cache
def tokens(request: Request) -> HttpResponse:
    """A new key stands in the answer to the form and nowhere else: neither in the session nor at an address one could come back to."""
    at, made = wall_clock.now(), None
    form = TokenForm(request.POST or None, offered=scopes_for(request.actor))
    if request.method == "POST" and form.is_valid():
        made = _issue(request, form)
    found = ApiToken.objects.of(request.actor)
    return render(
        request,
        "portal/tokens.html",
        {
            "form": TokenForm(None, offered=scopes_for(request.actor)) if made else form,
            "made": made,
            "usable": found.usable(at).newest_first(),
            "ended": found.exclude(pk__in=found.usable(at)).newest_first()[:20],
        },
        status=422 if form.errors else 200,
    )


@require_POST
def revoke(request: Request, token: str) -> HttpResponse:
    found = get_object_or_404(ApiToken.objects.of(request.actor), uuid=token)
    try:
        revoke_token(token=found, by=request.actor, at=wall_clock.now())
    except AlreadyRevoked as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The key “%(name)s” opens nothing any more.") % {"name": found.name})
    return redirect("portal:tokens")


def _issue(request: Request, form: TokenForm) -> NewToken | None:
    now = wall_clock.now()
    try:
        return issue_token(
            by=request.actor,
            name=form.cleaned_data["name"],
            scopes=[TokenScope(scope) for scope in form.cleaned_data["scopes"]],
            expires_at=now + timedelta(days=form.cleaned_data["days"]),
            at=now,
        )
    except Refused as refusal:
        form.add_error({NotNamed: "name", ScopeDoesNotFit: "scopes"}.get(type(refusal)), str(refusal))
        return None
