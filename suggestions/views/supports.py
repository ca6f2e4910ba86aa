"""Supporting a suggestion, with or without an account, and looking at the doubtful ones."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portal import wall_clock
from portal.actions.tries import count_wrong_try, forget_wrong_tries, require_tries_left
from portal.errors import Refused
from portal.middleware import Request, address_of
from portal.models import Actor
from portal.permissions import Permission, can, require
from portal.references import phrase_from
from suggestions.actions.supports import Cast, give_support, prove_support_receipt, settle_doubt, take_back_support
from suggestions.forms.receipts import FollowForm
from suggestions.forms.supports import DoubtForm, SupportForm
from suggestions.models import Suggestion, Support
from suggestions.views.channels import channel_of
from suggestions.views.suggestions import case_for
from suggestions.views.support_boxes import own_support, support_box

SUPPORTED = "supported"  # session key: by the reference of a suggestion, the form that was sent and the receipt it became
SUPPORT = "support"
DOUBTS_ON_A_PAGE = 50


@login_not_required
@never_cache
@sensitive_post_parameters("name", "born_on", "postcode")
def support(request: Request, reference: str) -> HttpResponse:
    """One press with an account; without one, a page that says what each way counts for."""
    actor = request.actor
    suggestion, _actor = case_for(request, reference, alone=request.method == "POST" and actor.person_id is not None)
    if not can(actor, Permission.SUPPORT):
        raise PermissionDenied(_("Only citizens support suggestions. Choose to go on as yourself first."))
    has_account = actor.person_id is not None
    form = SupportForm(request.POST if request.method == "POST" and not has_account else None, initial={"form_key": uuid.uuid4()})
    status = 200
    if request.method == "POST" and (has_account or form.is_valid()):
        try:
            cast = _give(request, suggestion, form if not has_account else None)
        except Refused as refusal:
            if has_account:
                messages.error(request, str(refusal))
                return redirect(suggestion)
            form.add_error(None, str(refusal))
            status = 422
        else:
            if request.htmx and has_account:
                return render(request, "components/support_box.html", {"support": support_box(suggestion, actor), "actor": actor})
            messages.success(request, _("Thank you. Your support is noted."))
            if cast.support.reference is None:
                return redirect(suggestion)
            return redirect("suggestions:support", suggestion.reference)
    elif request.method == "POST":
        status = 422
    receipt = request.session.get(SUPPORTED, {}).get(suggestion.reference)
    return render(
        request,
        "suggestions/support.html",
        {
            "suggestion": suggestion,
            "support": support_box(suggestion, actor),
            "form": form,
            "receipt": receipt and {"reference": receipt[1], "phrase": phrase_from(receipt[0], secret=settings.RECEIPT_PHRASE_SECRET)},
        },
        status=status,
    )


@login_not_required
@never_cache
@sensitive_post_parameters("phrase")
def take_back(request: Request, reference: str) -> HttpResponse:
    """Take a support back: one's own with an account, in the same visit, or with its receipt."""
    suggestion, _actor = case_for(request, reference)
    own = own_support(suggestion, request.actor)
    held = request.session.get(SUPPORTED, {}).get(suggestion.reference)
    form = FollowForm(request.POST if request.method == "POST" and own is None and held is None else None)
    if request.method == "POST" and (own or held or form.is_valid()):
        try:
            if own:
                take_back_support(support=own, by=request.actor, at=wall_clock.now())
            elif held:
                _take_back_by_receipt(request, suggestion, held[1])
            else:
                _take_back_by_phrase(request, suggestion, form)
        except Refused as refusal:
            if own or held:
                messages.error(request, str(refusal))
                return redirect(suggestion)
            form.add_error(None, str(refusal))
        else:
            if request.htmx and own:
                return render(
                    request, "components/support_box.html", {"support": support_box(suggestion, request.actor), "actor": request.actor}
                )
            messages.success(request, _("You took your support back."))
            return redirect(suggestion)
    context = {"suggestion": suggestion, "form": form, "own": own or held}
    return render(request, "suggestions/take_back.html", context, status=422 if form.errors else 200)


def doubts(request: Request) -> HttpResponse:
    """The supports that wait to be looked at, the oldest first: what they agree and differ in, never who gave them."""
    require(request.actor, Permission.SETTLE_DOUBT)
    return _doubts_page(request)


@require_POST
def settle(request: Request, support: uuid.UUID) -> HttpResponse:
    require(request.actor, Permission.SETTLE_DOUBT)
    held = get_object_or_404(Support, uuid=support)
    form = DoubtForm(request.POST, prefix=str(held.uuid))
    if not form.is_valid():
        return _doubts_page(request, refused=form, of=held)
    try:
        counts = form.cleaned_data["counts"] == "yes"
        settle_doubt(support=held, by=request.actor, counts=counts, reason=form.cleaned_data["reason"], at=wall_clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It counts from now on.") if counts else _("It does not count."))
    return redirect("suggestions:doubts")


def _doubts_page(request: Request, refused: DoubtForm | None = None, of: Support | None = None) -> HttpResponse:
    held = Support.objects.held().select_related("suggestion").prefetch_related("claims").order_by("held_at", "id")
    page = Paginator(held, DOUBTS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"support": row, "form": refused if refused and of and row.pk == of.pk else DoubtForm(prefix=str(row.uuid))}
        for row in page.object_list
    ]
    return render(request, "suggestions/desk/doubts.html", {"page": page, "rows": rows, "form": refused}, status=422 if refused else 200)


def _give(request: Request, suggestion: Suggestion, form: SupportForm | None) -> Cast:
    if form is None:
        return give_support(suggestion=suggestion, by=request.actor, channel=channel_of(request), at=wall_clock.now())
    form_key = str(form.cleaned_data["form_key"])
    tries = {"tried": suggestion.reference, "place": f"kiosk:{request.kiosk.pk}" if request.kiosk else address_of(request)}
    require_tries_left(SUPPORT, **tries | {"tried": form_key})
    cast = give_support(
        suggestion=suggestion,
        by=request.actor,
        channel=channel_of(request),
        at=wall_clock.now(),
        declaration=form.declaration(),
        form_key=form_key,
    )
    count_wrong_try(SUPPORT, **tries | {"tried": form_key})  # a crowd behind one address passes, a script does not
    held = request.session.get(SUPPORTED, {})
    request.session[SUPPORTED] = held | {suggestion.reference: [form_key, cast.support.reference]}
    return cast


def _take_back_by_receipt(request: Request, suggestion: Suggestion, reference: str) -> None:
    given = get_object_or_404(Support, reference=reference)
    take_back_support(support=given, by=Actor.objects.receipt(reference), at=wall_clock.now())
    request.session[SUPPORTED] = {of: held for of, held in request.session.get(SUPPORTED, {}).items() if of != suggestion.reference}


def _take_back_by_phrase(request: Request, suggestion: Suggestion, form: FollowForm) -> None:
    tries = {"tried": form.cleaned_data["reference"], "place": address_of(request)}
    require_tries_left(SUPPORT, **tries)
    try:
        given, holder = prove_support_receipt(reference=form.cleaned_data["reference"], phrase=form.cleaned_data["phrase"])
    except Refused:
        count_wrong_try(SUPPORT, **tries)
        raise
    forget_wrong_tries(SUPPORT, **tries)
    take_back_support(support=given, by=holder, at=wall_clock.now())
