"""An API that accepts JWT access tokens, by Django REST framework and the class of docs/clients.md."""

import re
from pathlib import Path

from django.http import JsonResponse
from django.urls import path
from django_app import ISSUER, ORIGIN, configure, serve

configure(apps=["rest_framework"])

from rest_framework.response import Response  # noqa: E402 (it needs the settings)
from rest_framework.views import APIView  # noqa: E402

page = Path(__file__).parents[3] / "docs" / "clients.md"
[example] = re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)
for placeholder, value in {"http://localhost:3000": ISSUER, "https://photos.example/api": f"{ORIGIN}/notes"}.items():
    assert placeholder in example
    example = example.replace(placeholder, value)
exec(compile(example, page, "exec"))


class Notes(APIView):
    authentication_classes = [GatehouseAuthentication]  # noqa: F821 (the page has it)
    permission_classes = [has_scope("notes:read")]  # noqa: F821

    def get(self, request):
        return Response({"sub": request.user.id})


urlpatterns = [
    path("", lambda request: JsonResponse({})),
    path("notes", Notes.as_view()),
]

serve()
