from django.urls import path, re_path

from portal.api.contracts import CityRuleDoors, ContractDoors
from portal.api.doors import NoDoor
from portal.api.schema import openapi
from portal.api.services import AreaDoors, AssetDoors, CriterionDoors, ServiceDoors

app_name = "portal_api"
urlpatterns = [
    path("openapi.json", openapi, name="openapi"),
    path("services/", ServiceDoors.as_view({"get": "list"}), name="services"),
    path("services/<slug:code>/", ServiceDoors.as_view({"get": "retrieve"}), name="service"),
    path("services/<slug:code>/assets/", AssetDoors.as_view({"get": "list"}), name="assets"),
    path("areas/", AreaDoors.as_view({"get": "list"}), name="areas"),
    path("criteria/", CriterionDoors.as_view({"get": "list"}), name="criteria"),
    path("contracts/", ContractDoors.as_view({"get": "list"}), name="contracts"),
    path("contracts/<slug:code>/", ContractDoors.as_view({"get": "retrieve"}), name="contract"),
    path("city-rules/", CityRuleDoors.as_view({"get": "list"}), name="city_rules"),
    re_path(r"^.*$", NoDoor.as_view(), name="no_door"),  # the last: the answer to any other address has the shape of all others
]
