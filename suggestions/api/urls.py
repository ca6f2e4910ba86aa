from django.urls import path

from suggestions.api.viewsets import ObligationDoors, ResponseDoors, SuggestionDoors, SupportDoors

app_name = "suggestions_api"
urlpatterns = [
    path("suggestions/", SuggestionDoors.as_view({"get": "list", "post": "create"}), name="suggestions"),
    path("suggestions/<str:reference>/", SuggestionDoors.as_view({"get": "retrieve"}), name="suggestion"),
    path("suggestions/<str:reference>/withdraw/", SuggestionDoors.as_view({"post": "withdraw"}), name="withdraw"),
    path("suggestions/<str:reference>/obligations/", ObligationDoors.as_view({"get": "list"}), name="obligations"),
    path("suggestions/<str:reference>/responses/", ResponseDoors.as_view({"get": "list", "post": "create"}), name="responses"),
    path("suggestions/<str:reference>/supports/", SupportDoors.as_view({"get": "counts"}), name="supports"),
    path("suggestions/<str:reference>/support/", SupportDoors.as_view({"post": "create", "delete": "destroy"}), name="support"),
]
