from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.response import Response
from rest_framework.views import APIView

from gatehouse_drf import HasScope

from .simple_jwt import AccessTokenAuthentication
from .users import UserAuthentication

LIBRARY = {}  # The titles of the photos of each user. A real project has a model.


class Photos(APIView):
    """The photos of the user that the token is from."""

    def get_permissions(self):
        return [HasScope.of("photos:write" if self.request.method == "POST" else "photos:read")()]

    def get(self, request):
        return Response({"photos": LIBRARY.get(request.user.id, [])})

    def post(self, request):
        LIBRARY.setdefault(request.user.id, []).append(str(request.data["title"]))
        return Response({"photos": LIBRARY[request.user.id]}, status=201)


@api_view(["GET"])
def me(request):
    """Who calls: any valid token will do."""
    return Response({"id": request.user.id, "client": request.auth.get("client_id"), "scope": request.auth.get("scope")})


@api_view(["GET"])
@authentication_classes([UserAuthentication])
def account(request):
    """The user of this database that the token is from."""
    return Response({"username": request.user.username})


@api_view(["GET"])
@authentication_classes([AccessTokenAuthentication])
@permission_classes([HasScope.of("photos:read")])
def by_simple_jwt(request):
    """The same with Simple JWT: for JWTs alone, and without the answer 503."""
    return Response({"photos": LIBRARY.get(request.user.id, [])})
