"""An app that signs users in by python-social-auth. It uses PKCE where `USE_PKCE` is set."""

import os
from urllib.parse import urlencode

import requests
from django.contrib.auth import logout as sign_out
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import include, path
from django_app import CLIENT_ID, CLIENT_SECRET, ISSUER, ORIGIN, configure, serve

configure(
    apps=["social_django"],
    AUTHENTICATION_BACKENDS=[
        "social_core.backends.open_id_connect.OpenIdConnectAuth",
        "django.contrib.auth.backends.ModelBackend",
    ],
    SOCIAL_AUTH_OIDC_OIDC_ENDPOINT=ISSUER,
    SOCIAL_AUTH_OIDC_KEY=CLIENT_ID,
    SOCIAL_AUTH_OIDC_SECRET=CLIENT_SECRET,
    SOCIAL_AUTH_OIDC_USE_PKCE="USE_PKCE" in os.environ,
    LOGIN_REDIRECT_URL="/",
)

from social_django.utils import load_strategy  # noqa: E402 (models need the settings)


def home(request):
    user = request.user
    return JsonResponse({"name": user.get_full_name(), "email": user.email} if user.is_authenticated else {})


def login(request):
    """The library begins a sign-in by POST only."""
    token = get_token(request)
    return HttpResponse(
        f'<form method="post" action="/login/oidc/"><input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        "<button>Sign in</button></form>"
    )


def fetch_userinfo(social):
    headers = {"Authorization": f"Bearer {social.access_token}"}
    return JsonResponse(requests.get(f"{ISSUER}/userinfo", headers=headers, timeout=10).json())


def userinfo(request):
    return fetch_userinfo(request.user.social_auth.get(provider="oidc"))


def refresh(request):
    social = request.user.social_auth.get(provider="oidc")
    social.refresh_token(load_strategy())
    return fetch_userinfo(social)


def logout(request):
    """The library ends no session of the server: this is how an app does it."""
    hint = request.user.social_auth.get(provider="oidc").extra_data["id_token"]
    sign_out(request)
    return redirect(f"{ISSUER}/logout?{urlencode({'id_token_hint': hint, 'post_logout_redirect_uri': f'{ORIGIN}/'})}")


urlpatterns = [
    path("", home),
    path("login", login),
    path("userinfo", userinfo),
    path("refresh", refresh),
    path("logout", logout),
    path("", include("social_django.urls", namespace="social")),
]

serve()
