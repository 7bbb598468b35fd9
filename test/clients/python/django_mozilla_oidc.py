"""An app that signs users in by mozilla-django-oidc. It uses PKCE where `USE_PKCE` is set."""

import os
from urllib.parse import urlencode

import requests
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import include, path
from django_app import CLIENT_ID, CLIENT_SECRET, ISSUER, ORIGIN, configure, serve


def sign_out_url(request):
    query = {"id_token_hint": request.session["oidc_id_token"], "post_logout_redirect_uri": f"{ORIGIN}/"}
    return f"{ISSUER}/logout?{urlencode(query)}"


configure(
    apps=["mozilla_django_oidc"],
    middleware=["mozilla_django_oidc.middleware.SessionRefresh"],
    AUTHENTICATION_BACKENDS=["__main__.Backend"],
    OIDC_RP_CLIENT_ID=CLIENT_ID,
    OIDC_RP_CLIENT_SECRET=CLIENT_SECRET,
    OIDC_RP_SCOPES="openid profile email",
    OIDC_RP_SIGN_ALGO="ES256",
    OIDC_USE_PKCE="USE_PKCE" in os.environ,
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{ISSUER}/authorize",
    OIDC_OP_TOKEN_ENDPOINT=f"{ISSUER}/token",
    OIDC_OP_USER_ENDPOINT=f"{ISSUER}/userinfo",
    OIDC_OP_JWKS_ENDPOINT=f"{ISSUER}/jwks",
    OIDC_OP_LOGOUT_URL_METHOD="__main__.sign_out_url",
    OIDC_STORE_ID_TOKEN=True,
    OIDC_STORE_ACCESS_TOKEN=True,
    OIDC_EXEMPT_URLS=["expire"],
    LOGIN_REDIRECT_URL="/",
    LOGOUT_REDIRECT_URL="/",
)

from mozilla_django_oidc.auth import OIDCAuthenticationBackend  # noqa: E402 (models need the settings)


class Backend(OIDCAuthenticationBackend):
    """By default the library stores the email address only."""

    def create_user(self, claims):
        return self.update_user(super().create_user(claims), claims)

    def update_user(self, user, claims):
        user.first_name = claims.get("name", "")
        user.save()
        return user


def home(request):
    user = request.user
    return JsonResponse({"name": user.first_name, "email": user.email} if user.is_authenticated else {})


def userinfo(request):
    headers = {"Authorization": f"Bearer {request.session['oidc_access_token']}"}
    return JsonResponse(requests.get(f"{ISSUER}/userinfo", headers=headers, timeout=10).json())


def expire(request):
    """What a quarter of an hour does: the next request renews the session by `prompt=none`."""
    request.session["oidc_id_token_expiration"] = 0
    return JsonResponse({})


def logout(request):
    token = get_token(request)
    return HttpResponse(
        f'<form method="post" action="/oidc/logout/"><input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        "<button>Sign out</button></form>"
    )


urlpatterns = [
    path("", home),
    path("login", lambda request: redirect("oidc_authentication_init")),
    path("userinfo", userinfo),
    path("expire", expire, name="expire"),
    path("logout", logout),
    path("oidc/", include("mozilla_django_oidc.urls")),
]

serve()
