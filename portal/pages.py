from django.urls import path

from portal import account_views, token_views, views
from portal.api import schema

app_name = "portal"
urlpatterns = [
    path("sign-in/", account_views.sign_in, name="sign_in"),
    path("sign-out/", account_views.sign_out, name="sign_out"),
    path("account/", account_views.overview, name="account"),
    path("account/visits/end/", account_views.end_visit, name="end_visit"),
    path("demo/mailbox/", account_views.mailbox, name="mailbox"),
    path("account/keys/", token_views.tokens, name="tokens"),
    path("account/keys/<uuid:token>/revoke/", token_views.revoke, name="revoke_token"),
    path("api/", schema.about, name="api"),
    path("capacity/", views.capacity, name="capacity"),
    path("told/", views.told, name="told"),
    path("home/", views.home, name="home"),
    path("language/choose/", views.languages, name="languages"),
]
