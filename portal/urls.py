from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("suggestions.urls")),
    path("", include("portal.pages")),
    path("", include("portal.account_pages")),
    path("api/v1/", include("suggestions.api.urls")),
    path("api/v1/", include("portal.api.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("administration/", admin.site.urls),
]
