"""The settings of the Photos API. Everything about Gatehouse is at the end."""

import os
from pathlib import Path

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "only for development")
DEBUG = os.environ.get("DJANGO_DEBUG") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
ROOT_URLCONF = "photos.urls"
USE_TZ = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "corsheaders",
    "rest_framework",
]
# CORS before everything that can answer.
MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", "django.middleware.common.CommonMiddleware"]
DATABASE = os.environ.get("DATABASE", Path(__file__).parents[1] / "data.sqlite3")
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}}

# Apps that run in a browser, on these origins. They send no cookies, so CORS_ALLOW_CREDENTIALS stays False.
CORS_ALLOWED_ORIGINS = os.environ.get("APP_ORIGINS", "http://localhost:5173").split(",")
CORS_EXPOSE_HEADERS = ["WWW-Authenticate", "Retry-After"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["gatehouse_drf.GatehouseAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # By caller: the user, or the machine, of the token; by address in views that need no token. REST framework
    # authenticates and checks permissions before it counts: requests that are rejected are limited by the proxy alone.
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.AnonRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min", "anon": "60/min"},
}

GATEHOUSE = {
    "ISSUER": os.environ.get("ISSUER", "http://localhost:3000"),
    "AUDIENCE": os.environ.get("AUDIENCE", "https://photos.example/api"),
    # The client of this API, for introspection.
    "CLIENT_ID": os.environ.get("CLIENT_ID", "photos-django"),
    "CLIENT_SECRET": os.environ.get("CLIENT_SECRET", ""),
}

# For the view that uses Simple JWT (photos/simple_jwt.py).
SIMPLE_JWT = {
    "ALGORITHM": "ES256",
    "JWK_URL": f"{GATEHOUSE['ISSUER']}/jwks",
    "ISSUER": GATEHOUSE["ISSUER"],
    "AUDIENCE": GATEHOUSE["AUDIENCE"],
    "USER_ID_CLAIM": "sub",
    "TOKEN_TYPE_CLAIM": None,  # Only tokens that Simple JWT itself issues have it.
}
