"""An API that accepts JWT access tokens, by Django REST framework and its extension Simple JWT."""

import os

from django.http import JsonResponse
from django.urls import path
from django_app import ISSUER, ORIGIN, configure, serve

configure(
    apps=["rest_framework", "rest_framework_simplejwt"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication"],
    },
    SIMPLE_JWT={
        "ALGORITHM": os.environ["TOKEN_ALG"],
        "JWK_URL": f"{ISSUER}/jwks",
        "ISSUER": ISSUER,
        "AUDIENCE": f"{ORIGIN}/notes",
        "USER_ID_CLAIM": "sub",
        # Only tokens that it issues itself have this claim.
        "TOKEN_TYPE_CLAIM": None,
    },
)

from rest_framework.decorators import api_view, permission_classes  # noqa: E402 (it needs the settings)
from rest_framework.permissions import BasePermission  # noqa: E402
from rest_framework.response import Response  # noqa: E402


class MayRead(BasePermission):
    """Simple JWT knows no scopes."""

    def has_permission(self, request, view):
        return request.auth is not None and "notes:read" in request.auth.get("scope", "").split()


@api_view(["GET"])
@permission_classes([MayRead])
def notes(request):
    return Response({"sub": request.user.id})


urlpatterns = [
    path("", lambda request: JsonResponse({})),
    path("notes", notes),
]

serve()
