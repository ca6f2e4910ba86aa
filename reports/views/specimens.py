"""Every part of a page side by side, in the demo alone, so that whoever changes the look sees them all."""

from types import SimpleNamespace as Specimen

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def specimens(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    return render(request, "reports/specimens.html", {"support": _support(), "entries": [_held()], "is_kiosk": "kiosk" in request.GET})


def _support() -> Specimen:
    """214 people on the way to 300."""
    return Specimen(
        suggestion=Specimen(reference="AN-7Q4K-2M9C-X"),
        total=214,
        toward_threshold=201,
        threshold=Specimen(support_threshold=300, get_act_display=_("hold a hearing")),
        crossing=None,
        by_receipt=13,
        own=None,
        may_support=True,
        by_channel=[(_("Website"), 131), (_("Paper"), 62), (_("Kiosk"), 21)],
        by_assurance=[(_("E-mail"), 118), (_("In person"), 83), (_("Receipt only"), 13)],
    )


def _held() -> Specimen:
    return Specimen(
        held=Specimen(what=_("your e-mail address"), purpose=Specimen(label=_("to send you the answer")), readers=_("the city alone")),
        rule=Specimen(days=90, since=_("the last answer"), then=_("erased")),
    )
