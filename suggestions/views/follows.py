"""Following and no longer following: a page with one button, so that a signed-out reader's page needs only a link."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import wall_clock
from portal.actions.notices import has_proven_email
from portal.errors import Refused
from portal.middleware import Request
from portal.models import Actor, Area, Service
from suggestions.actions.follows import follow, unfollow
from suggestions.models import Follow, Suggestion
from suggestions.views.suggestions import case_for


@never_cache
def follow_case(request: Request, reference: str) -> HttpResponse:
    suggestion, _actor = case_for(request, reference)
    return _page(request, suggestion, suggestion.public_words.title, suggestion.get_absolute_url())


@never_cache
def follow_service(request: Request, code: str) -> HttpResponse:
    service = get_object_or_404(Service.objects.filter(retired_at=None), code=code)
    return _page(request, service, str(service), f"{reverse('suggestions:list')}?service={service.code}")


@never_cache
def follow_area(request: Request, code: str) -> HttpResponse:
    area = get_object_or_404(Area, code=code)
    return _page(request, area, str(area), f"{reverse('suggestions:list')}?area={area.code}")


def _page(request: Request, subject: Suggestion | Service | Area, name: str, back: str) -> HttpResponse:
    noun = type(subject)._meta.model_name or ""
    following = Follow.objects.of(request.actor).filter(**{noun: subject}).exists()
    if request.method != "POST":
        context = {
            "subject": subject,
            "noun": noun,
            "name": name,
            "back": back,
            "following": following,
            "is_proven": request.actor.kind == Actor.Kind.PERSON and has_proven_email(request.actor.person),
        }
        return render(request, "suggestions/following.html", context)
    try:
        if request.POST.get("stop"):
            unfollow(subject=subject, by=request.actor, at=wall_clock.now())
            messages.success(request, _("You do not follow this any more."))
        else:
            follow(subject=subject, by=request.actor, at=wall_clock.now())
            messages.success(request, _("You follow this now. We tell you what happens, in one mail a day at most."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    wish = request.POST.get("next", "")
    ours = wish.startswith("/") and url_has_allowed_host_and_scheme(wish, {request.get_host()}, require_https=request.is_secure())
    return redirect(wish if ours else back)
