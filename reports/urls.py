from django.urls import path

from reports.views import indicators, promises, start

app_name = "reports"
urlpatterns = [
    path("", start.start, name="start"),
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/so-far/", indicators.so_far, name="so_far"),
    path("promises/", promises.promises, name="promises"),
]
