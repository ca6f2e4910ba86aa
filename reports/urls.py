from django.urls import path

from reports.api import IndicatorDoor
from reports.views import exports, indicators, promises, specimens, start

app_name = "reports"
urlpatterns = [
    path("", start.start, name="start"),
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/so-far/", indicators.so_far, name="so_far"),
    path("promises/", promises.promises, name="promises"),
    path("demo/specimens/", specimens.specimens, name="specimens"),
    path("exports/columns/", exports.export_columns, name="export_columns"),
    path("exports/<slug:name>.csv", exports.export, name="export"),
    path("api/v1/indicators/", IndicatorDoor.as_view(), name="api_indicators"),
]
