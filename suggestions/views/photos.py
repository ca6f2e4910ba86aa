"""Photos: added while writing or later, seen by those who may, taken away by the author."""

import secrets
from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import wall_clock
from portal.errors import Refused
from portal.middleware import Request, actor_on, address_of
from portal.models import Actor
from portal.permissions import Permission, require
from suggestions.actions.photos import add_photo, drop_held_photos, hold_photo, remove_photo, senders_of
from suggestions.forms.photos import PhotoForm
from suggestions.models import HeldPhoto, Photo
from suggestions.models.photos import PHOTOS_PER_SUGGESTION
from suggestions.views.drafts import draft_of, hash_of, step
from suggestions.views.suggestions import own_case

SENDER = "photos_of"  # session key: under which name the photos of this visit are counted
SIZES = frozenset({"large", "small"})
SECONDS_KEPT = 300  # by a browser; refused later, a photo is gone everywhere after so long


@login_not_required
@never_cache
def write_photos(request: Request) -> HttpResponse:
    """A step of writing that can be left out; what is added here is held for a day and sent with the rest."""
    require(request.actor, Permission.SUBMIT)
    key = request.POST.get("form_key") or request.GET.get("draft", "")
    draft = draft_of(request, key)
    if draft is None:
        return render(request, "suggestions/write/lost.html", status=410)
    form = _form_of(request)
    if request.method == "POST" and form.is_valid():
        try:
            hold_photo(
                form_key=key,
                by=request.actor,
                sent=form.cleaned_data["photo"].read(),
                description=form.cleaned_data["description"],
                senders=_senders(request),
                at=wall_clock.now(),
            )
        except Refused as refusal:
            form.add_error("photo", str(refusal))
        else:
            messages.success(request, _("The photo is added."))
            return redirect(step("suggestions:write_photos", draft=key))
    held = HeldPhoto.objects.of_draft(hash_of(key))
    context = {"form": form, "key": key, "held": held, "most": PHOTOS_PER_SUGGESTION, "check": step("suggestions:check", draft=key)}
    return render(request, "suggestions/write/photos.html", context)


@login_not_required
@require_POST
def drop_held(request: Request, photo: str) -> HttpResponse:
    key = request.POST.get("form_key", "")
    if draft_of(request, key) is None:
        return render(request, "suggestions/write/lost.html", status=410)
    drop_held_photos(HeldPhoto.objects.of_draft(hash_of(key)).filter(uuid=photo))
    messages.success(request, _("The photo is taken away."))
    return redirect(step("suggestions:write_photos", draft=key))


@login_not_required
@require_safe
def held_photo(request: Request, photo: str, size: str) -> HttpResponseBase:
    """For the session that holds the draft, and nobody else."""
    held = get_object_or_404(HeldPhoto, uuid=photo)
    if size not in SIZES or bytes(held.form_hash) not in {hash_of(key) for key in request.session.get("drafts", {})}:
        raise Http404
    return _file(getattr(held, size), name=f"photo-{size}.jpg", is_public=False)


@login_not_required
@require_safe
def photo(request: Request, photo: str, size: str) -> HttpResponseBase:
    reference = Photo.objects.filter(uuid=photo).values_list("suggestion__reference", flat=True).first()
    if reference is None or size not in SIZES:
        raise Http404
    actor = actor_on(request, reference)
    seen = get_object_or_404(Photo.objects.visible_to(actor).select_related("suggestion"), uuid=photo)
    public = Photo.objects.visible_to(Actor(kind=Actor.Kind.NOBODY)).filter(pk=seen.pk).exists()
    return _file(getattr(seen, size), name=f"{reference}-{size}.jpg", is_public=public)


@login_not_required
@never_cache
def own_photos(request: Request, reference: str) -> HttpResponse:
    """The photos of one's own suggestion: add another, take one away."""
    suggestion, actor = own_case(request, reference, Permission.WITHDRAW_OWN)
    form = _form_of(request)
    if request.method == "POST" and form.is_valid():
        try:
            add_photo(
                suggestion=suggestion,
                by=actor,
                sent=form.cleaned_data["photo"].read(),
                description=form.cleaned_data["description"],
                senders=_senders(request),
                at=wall_clock.now(),
            )
        except Refused as refusal:
            form.add_error("photo", str(refusal))
        else:
            messages.success(request, _("The photo is added. Everybody can see it once the city has looked at it."))
            return redirect("suggestions:own_photos", suggestion.reference)
    photos = suggestion.photos.exclude(state=Photo.State.REMOVED).oldest_first()
    standing = [photo for photo in photos if photo.state != Photo.State.REFUSED]
    is_open = not suggestion.is_settled and not suggestion.is_hidden and len(standing) < PHOTOS_PER_SUGGESTION
    context = {"suggestion": suggestion, "form": form, "photos": photos, "most": PHOTOS_PER_SUGGESTION, "is_open": is_open}
    return render(request, "suggestions/photos.html", context)


@login_not_required
@require_POST
def remove(request: Request, reference: str, photo: str) -> HttpResponse:
    suggestion, actor = own_case(request, reference, Permission.WITHDRAW_OWN)
    try:
        remove_photo(photo=get_object_or_404(suggestion.photos.select_related("suggestion"), uuid=photo), by=actor, at=wall_clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The photo is taken away, and its file is deleted."))
    return redirect("suggestions:own_photos", suggestion.reference)


def _form_of(request: Request) -> PhotoForm:
    if request.method != "POST":
        return PhotoForm()
    return PhotoForm(request.POST, request.FILES, left_out=bool(getattr(request, "left_out", "")))


def _senders(request: Request) -> Mapping[str, int]:
    if request.user.is_authenticated:
        return senders_of(sender=f"person {request.user.pk}")
    named = request.session.setdefault(SENDER, secrets.token_urlsafe(16))
    return senders_of(sender=f"session {named}", address=address_of(request))


def _file(file: FieldFile, *, name: str, is_public: bool) -> HttpResponseBase:
    """A picture of our own making, whatever a browser would rather take it for."""
    try:
        opened = file.open("rb")
    except (OSError, ValueError) as fault:
        raise Http404 from fault
    response = FileResponse(opened, content_type="image/jpeg", filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = f"private, max-age={SECONDS_KEPT}" if is_public else "no-store"
    return response
