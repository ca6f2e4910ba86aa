from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("capacity/", views.capacity, name="capacity"),
    path("told/", views.told, name="told"),
    path("home/", views.home, name="home"),
]
