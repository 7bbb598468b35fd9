from django.urls import path

from . import views

urlpatterns = [
    path("photos", views.Photos.as_view()),
    path("me", views.me),
    path("simple-jwt", views.by_simple_jwt),
]
