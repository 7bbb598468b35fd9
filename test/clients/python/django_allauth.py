"""An app that signs users in by django-allauth. It reads the ID token instead of userinfo where `ID_TOKEN_ONLY` is set."""

import os

import requests
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import include, path
from django_app import CLIENT_ID, CLIENT_SECRET, ISSUER, ORIGIN, configure, serve

configure(
    apps=["allauth", "allauth.account", "allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"],
    middleware=["allauth.account.middleware.AccountMiddleware"],
    AUTHENTICATION_BACKENDS=[
        "django.contrib.auth.backends.ModelBackend",
        "allauth.account.auth_backends.AuthenticationBackend",
    ],
    SOCIALACCOUNT_PROVIDERS={
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "gatehouse",
                    "name": "Gatehouse",
                    "client_id": CLIENT_ID,
                    "secret": CLIENT_SECRET,
                    "settings": {"server_url": ISSUER, "fetch_userinfo": "ID_TOKEN_ONLY" not in os.environ},
                },
            ],
        },
    },
    SOCIALACCOUNT_STORE_TOKENS=True,
    LOGIN_REDIRECT_URL="/",
    ACCOUNT_LOGOUT_REDIRECT_URL=f"{ISSUER}/logout?client_id={CLIENT_ID}&post_logout_redirect_uri={ORIGIN}/",
)

from allauth.socialaccount.models import SocialAccount, SocialToken  # noqa: E402 (models need the settings)


def home(request):
    account = SocialAccount.objects.filter(user_id=request.user.pk).first()
    if account is None:
        return JsonResponse({})
    return JsonResponse({"name": account.get_provider_account().get_user_data()["name"], "email": request.user.email})


def userinfo(request):
    token = SocialToken.objects.get(account__user=request.user)
    headers = {"Authorization": f"Bearer {token.token}"}
    return JsonResponse(requests.get(f"{ISSUER}/userinfo", headers=headers, timeout=10).json())


urlpatterns = [
    path("", home),
    path("login", lambda request: redirect("openid_connect_login", provider_id="gatehouse")),
    path("userinfo", userinfo),
    path("logout", lambda request: redirect("account_logout")),
    path("accounts/", include("allauth.urls")),
]

serve()
