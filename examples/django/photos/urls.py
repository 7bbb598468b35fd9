from django.urls import path

from . import views

urlpatterns = [
    path("photos", views.Photos.as_view()),
    path("me", views.me),
    path("account", views.account),
    path("simple-jwt", views.by_simple_jwt),
]
