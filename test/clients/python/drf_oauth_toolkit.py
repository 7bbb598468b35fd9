"""An API that asks Gatehouse about opaque access tokens, by Django REST framework and Django OAuth Toolkit."""

from django.http import JsonResponse
from django.urls import path
from django_app import CLIENT_ID, CLIENT_SECRET, ISSUER, configure, serve

configure(
    apps=["rest_framework", "oauth2_provider"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["oauth2_provider.contrib.rest_framework.OAuth2Authentication"],
    },
    OAUTH2_PROVIDER={
        "RESOURCE_SERVER_INTROSPECTION_URL": f"{ISSUER}/introspect",
        "RESOURCE_SERVER_INTROSPECTION_CREDENTIALS": (CLIENT_ID, CLIENT_SECRET),
        "RESOURCE_SERVER_TOKEN_CACHING_SECONDS": 60,
    },
)

from oauth2_provider.contrib.rest_framework import TokenHasScope  # noqa: E402 (models need the settings)
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Notes(APIView):
    permission_classes = [TokenHasScope]
    required_scopes = ["notes:read"]

    def get(self, request):
        return Response({"username": request.user and request.user.username})


urlpatterns = [
    path("", lambda request: JsonResponse({})),
    path("notes", Notes.as_view()),
]

serve()
