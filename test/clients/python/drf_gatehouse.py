"""An API that accepts access tokens, by Django REST framework and the file to copy of docs/django.md."""

import sys
from pathlib import Path

from django.http import JsonResponse
from django.urls import path
from django_app import CLIENT_ID, CLIENT_SECRET, ISSUER, ORIGIN, configure, serve

configure(
    apps=["rest_framework"],
    GATEHOUSE={
        "ISSUER": ISSUER,
        "AUDIENCE": f"{ORIGIN}/notes",
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": CLIENT_SECRET,
    },
)
sys.path.append(str(Path(__file__).parents[3] / "examples" / "django"))

from gatehouse_drf import GatehouseAuthentication, HasScope  # noqa: E402 (it needs the settings)
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Notes(APIView):
    authentication_classes = [GatehouseAuthentication]
    permission_classes = [HasScope.of("notes:read")]

    def get(self, request):
        return Response({"sub": request.user.id})


urlpatterns = [
    path("", lambda request: JsonResponse({})),
    path("notes", Notes.as_view()),
]

serve()
