"""The city's look at photos before everybody sees them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import wall_clock
from portal.errors import Refused
from portal.middleware import Request
from portal.permissions import Permission, can
from suggestions.actions.photos import NeedsGround, review_photo
from suggestions.forms.photos import ReviewPhotoForm
from suggestions.models import Photo

ON_A_PAGE = 20


@require_safe
def photo_queue(request: Request) -> HttpResponse:
    return _queue(request)


@require_POST
def review(request: Request, photo: str) -> HttpResponse:
    _require_reviewer(request)
    row = get_object_or_404(Photo.objects.visible_to(request.actor).select_related("suggestion"), uuid=photo)
    form = ReviewPhotoForm(request.POST, auto_id=f"id_{row.uuid}_%s")
    if form.is_valid():
        answers = form.cleaned_data
        shows = answers["verdict"] == ReviewPhotoForm.SHOW
        try:
            review_photo(
                photo=row, by=request.actor, shows=shows, ground=answers["ground"], note=answers["note"], at=wall_clock.now()
            )
        except NeedsGround as refusal:
            form.add_error("ground", str(refusal))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Everybody can see the photo now.") if shows else _("The photo is not shown; its file is deleted."))
            return redirect("suggestions:photo_queue")
    return _queue(request, refused=(row, form))


def _require_reviewer(request: Request) -> None:
    if not can(request.actor, Permission.CLEAR):
        raise PermissionDenied(_("This page is for the city's staff who look at photos."))


def _queue(request: Request, refused: tuple[Photo, ReviewPhotoForm] | None = None) -> HttpResponse:
    _require_reviewer(request)
    waiting = Photo.objects.visible_to(request.actor).awaiting_review().select_related("suggestion__service").oldest_first()
    page = Paginator(waiting, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(photo, ReviewPhotoForm(auto_id=f"id_{photo.uuid}_%s")) for photo in page.object_list]
    if refused:  # first, as it was sent, also where somebody else has dealt with it meanwhile
        rows = [refused, *((photo, form) for photo, form in rows if photo.pk != refused[0].pk)]
    context = {"rows": rows, "page": page, "form": refused[1] if refused else None}
    return render(request, "suggestions/desk/photos.html", context, status=422 if refused else 200)
