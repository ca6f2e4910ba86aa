from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tests.bench.bare.models import Suggestion
from tests.bench.bare.tables import VOTE


def one(request, pk):
    return render(request, "one.html", {"row": get_object_or_404(Suggestion, pk=pk)})


def many(request):
    return render(request, "many.html", {"rows": Suggestion.objects.order_by("-supports", "id")[:20]})


@csrf_exempt
def create(request):
    row = Suggestion.objects.create(title=request.POST["title"], text=request.POST["text"], supports=0, received_at=timezone.now())
    return HttpResponse(str(row.pk))


@csrf_exempt
def vote(request, pk, person):
    with connection.cursor() as cursor:
        cursor.execute(VOTE, [pk, person])
        return HttpResponse(str(cursor.rowcount))


urlpatterns = [
    path("one/<int:pk>/", one),
    path("many/", many),
    path("create/", create),
    path("vote/<int:pk>/<int:person>/", vote),
]
