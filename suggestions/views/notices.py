"""What somebody wishes to be told, the way out of every mail, and what the desk posts or phones."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import wall_clock
from portal.actions.notices import choose_notices, has_proven_email, mail_counts, mark_told, read_unsubscribe_token, unsubscribe, wishes_of
from portal.actions.people import view_contact
from portal.errors import Refused
from portal.middleware import Request
from portal.models import Actor, Notice, Person
from portal.permissions import Permission, require
from suggestions.actions.notices import language_for, next_sentence, sentences_of
from suggestions.forms.notices import NoticePreferencesForm
from suggestions.models import Suggestion

CASES_ON_A_PAGE = 200


@never_cache
def notice_preferences(request: Request) -> HttpResponse:
    if request.actor.kind != Actor.Kind.PERSON:
        raise PermissionDenied(_("Only somebody who is signed in for themselves is sent notices."))
    person = get_object_or_404(Person, pk=request.user.pk)
    form = NoticePreferencesForm(request.POST if request.method == "POST" else None, wishes=wishes_of(person))
    if request.method == "POST" and form.is_valid():
        choose_notices(person=person, paces=form.paces(), at=wall_clock.now())
        messages.success(request, _("We keep to that from now on."))
        return redirect("suggestions:notice_preferences")
    context = {"form": form, "is_proven": has_proven_email(person)}
    return render(request, "portal/mine_notices.html", context, status=422 if form.errors else 200)


@csrf_exempt  # a mail program posts here for its reader (RFC 8058): it has no session and no token, and the address is signed
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_notices(request: Request, token: str) -> HttpResponse:
    """Stops at a POST alone: programs that look at every link of a mail stop nothing."""
    read = read_unsubscribe_token(token)
    if read is None:
        raise Http404
    person, scopes = read
    if request.method == "POST":
        unsubscribe(person=person, scopes=scopes, at=wall_clock.now())
    return render(request, "portal/unsubscribe.html", {"scopes": [scope.label for scope in scopes], "is_done": request.method == "POST"})


@never_cache
@require_safe
def letters(request: Request) -> HttpResponse:
    """The cases whose authors asked for a letter, a call or a text message, the longest waiting first; no contact data here."""
    require(request.actor, Permission.TELL_BY_HAND)
    waiting = list(Notice.objects.by_hand().order_by("case", "told_at"))
    grouped = [list(together) for _case, together in groupby(waiting, key=lambda notice: notice.case)]
    grouped.sort(key=lambda notices: notices[0].told_at)
    shown = grouped[:CASES_ON_A_PAGE]
    cases = Suggestion.objects.visible_to(request.actor).select_related("service").in_bulk(
        [notices[0].case for notices in shown], field_name="reference"
    )
    rows = [(cases[notices[0].case], notices) for notices in shown if notices[0].case in cases]
    context = {"rows": rows, "more": len(grouped) - len(shown), "mails": mail_counts(at=wall_clock.now())}
    return render(request, "suggestions/desk/letters.html", context)


@never_cache
def letter(request: Request, reference: str) -> HttpResponse:
    """One letter, or what to say on the phone. The address or number is shown at a POST, which leaves its line for the person to read."""
    suggestion, notices = _waiting(request, reference)
    now, person = wall_clock.now(), notices[0].person
    shown = request.method == "POST"
    if shown:
        reason = _("To tell you what happened to your suggestion (%(way)s), as you asked.") % {"way": notices[0].get_way_display()}
        try:
            view_contact(person=person, by=request.actor, reason=reason, at=now, case=suggestion.reference)
        except Refused as refusal:
            messages.error(request, str(refusal))
            shown = False
    language = language_for(person, case=suggestion.reference)
    with translation.override(language):
        lines, next_words = sentences_of(notices, now=now), next_sentence(suggestion, now=now)
    context = {
        "suggestion": suggestion,
        "notices": notices,
        "person": person if shown else None,
        "way": notices[0].way,
        "way_name": notices[0].get_way_display(),
        "lines": lines,
        "next_sentence": next_words,
        "language": language,
    }
    return render(request, "suggestions/desk/letter.html", context)


@require_POST
def letter_done(request: Request, reference: str) -> HttpResponse:
    require(request.actor, Permission.TELL_BY_HAND)
    keys = [int(key) for key in request.POST.getlist("notice") if key.isascii() and key.isdigit() and len(key) < 19]
    try:
        done = mark_told(notices=keys, case=reference, by=request.actor, at=wall_clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("Done: %(count)d notice told.", "Done: %(count)d notices told.", done)
        messages.success(request, said % {"count": done})
    return redirect("suggestions:letters")


def _waiting(request: Request, reference: str) -> tuple[Suggestion, list[Notice]]:
    require(request.actor, Permission.TELL_BY_HAND)
    suggestion = get_object_or_404(Suggestion.objects.visible_to(request.actor).with_standing(), reference=reference)
    notices = list(Notice.objects.by_hand().filter(case=reference).select_related("person").order_by("told_at", "pk"))
    if not notices:
        raise Http404
    return suggestion, notices
