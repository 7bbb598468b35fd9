"""Access tokens of Gatehouse in Django REST framework. Copy this file into your project; it needs PyJWT[crypto].

JWTs are checked with the published keys. Opaque and personal access tokens are checked by introspection, for which the
API is a machine client of its own. `settings.GATEHOUSE` has ISSUER and AUDIENCE; for introspection also CLIENT_ID and
CLIENT_SECRET. Optional: INTROSPECT_JWTS (False; True: JWTs, too, so that a revoked one ends immediately), TIMEOUT (5).
"""

import json
import re
import threading
import time
from base64 import b64encode
from http.client import HTTPException
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import jwt
from django.conf import settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission

issuers = {}  # The keys of each.


class Unavailable(APIException):
    status_code, wait = 503, 5  # REST framework sends the seconds to wait as Retry-After.
    default_detail = "It cannot be decided whether the access token is valid."


class Keys:
    """The published keys of an issuer. Through an outage of the issuer, those that are known stay valid."""

    MAX_AGE, PAUSE = 300, 10  # Seconds: when they are read again; at least between two requests.

    def __init__(self, issuer):
        self.url, self.known, self.lock = f"{issuer}/jwks", {}, threading.Lock()
        self.read_at = self.tried_at = -self.MAX_AGE

    def find(self, kid):
        is_old = time.monotonic() - self.read_at > self.MAX_AGE
        # One thread reads them. The others wait only if they do not have the key.
        if (is_old or kid not in self.known) and self.lock.acquire(blocking=kid not in self.known):
            try:
                self.read()
            except (Unavailable, jwt.PyJWTError):
                pass
            finally:
                self.lock.release()
        if kid not in self.known:  # If the last request failed, the key may exist.
            raise Unavailable if self.read_at < self.tried_at else AuthenticationFailed("The signing key is unknown.")
        return self.known[kid]

    def read(self):
        now = time.monotonic()
        if now - self.tried_at > self.PAUSE:
            self.tried_at = now
            self.known = {key.key_id: key for key in jwt.PyJWKSet.from_dict(fetch(Request(self.url))).keys}
            self.read_at = now


def setting(name, default=None):
    return settings.GATEHOUSE.get(name, default)


def fetch(request):
    """The JSON answer of the authorization server. A failure, also of our credentials, says nothing about a token."""
    try:
        with urlopen(request, timeout=setting("TIMEOUT", 5)) as response:
            return json.load(response) | {}  # A TypeError for what is not an object.
    except (OSError, HTTPException, ValueError, TypeError) as error:
        raise Unavailable from error


def verify(token):
    """The claims of a JWT access token."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != "at+jwt":  # ID tokens are signed with the same keys (RFC 9068, section 4).
            raise AuthenticationFailed("This is not an access token.")
        key = issuers.setdefault(setting("ISSUER"), Keys(setting("ISSUER"))).find(header.get("kid"))
        expected = {"issuer": setting("ISSUER"), "audience": setting("AUDIENCE"), "algorithms": ["ES256", "RS256"]}
        return jwt.decode(token, key, **expected, options={"require": ["exp", "iat", "sub", "client_id"]}, leeway=5)
    except (jwt.PyJWTError, RecursionError) as error:  # A caller can nest the header as deep as it likes.
        raise AuthenticationFailed("The access token is not valid.") from error


def introspect(token):
    """The claims of a token of any kind, by the authorization server (RFC 7662)."""
    credentials = ":".join(quote(setting(part) or "", safe="") for part in ("CLIENT_ID", "CLIENT_SECRET"))
    headers = {"Authorization": "Basic " + b64encode(credentials.encode()).decode()}
    question = Request(f"{setting('ISSUER')}/introspect", urlencode({"token": token}).encode(), headers)
    claims = fetch(question) if setting("CLIENT_ID") else {}
    audiences = [claims.get("aud")] if isinstance(claims.get("aud"), str) else claims.get("aud", [])
    if claims.get("active") is not True or setting("AUDIENCE") not in audiences:
        raise AuthenticationFailed("The access token is not valid.")
    return claims


class Caller:
    """Who sent the request. For users of your database instead, override GatehouseAuthentication.user_of."""

    is_authenticated, is_active, is_anonymous, is_staff, is_superuser = True, True, False, False, False

    def __init__(self, claims):
        self.pk = self.id = claims["sub"]  # The user; the client's own id if a machine calls for itself.
        self.username = claims.get("username", self.id)
        self.client_id = claims.get("client_id")


class GatehouseAuthentication(BaseAuthentication):
    """Accepts `Authorization: Bearer …` and `Authorization: Token …`. `request.auth` has the claims."""

    def user_of(self, claims):
        return Caller(claims)

    def authenticate(self, request):
        keyword, *values = get_authorization_header(request).decode("latin-1").split() or [""]
        if keyword.lower() not in ("bearer", "token"):
            return None
        if len(values) != 1 or not re.fullmatch("(?!gth_pat_)[!-~]+|gth_pat_[0-9A-Za-z]{36}", values[0]):
            raise AuthenticationFailed("The header Authorization is not valid.")
        is_checked_here = values[0].count(".") == 2 and not setting("INTROSPECT_JWTS", False)
        claims = verify(values[0]) if is_checked_here else introspect(values[0])
        if "cnf" in claims:  # Bound to a key (RFC 9449): valid only with a proof, which is not checked here.
            raise AuthenticationFailed("The access token is bound to a key.")
        return self.user_of(claims), claims

    def authenticate_header(self, request):
        """The header WWW-Authenticate of a 401 (RFC 6750, section 3): without an error, if there was no token."""
        sent = get_authorization_header(request).split()[:1]
        return 'Bearer error="invalid_token"' if sent and sent[0].lower() in (b"bearer", b"token") else "Bearer"


class HasScope(BasePermission):
    """`permission_classes = [HasScope.of("photos:read")]`: the token must have all these scopes."""

    @classmethod
    def of(cls, *scopes):
        return type("HasScope", (cls,), {"scopes": scopes})

    def has_permission(self, request, view):
        if request.auth is None:
            return False
        if not set(self.scopes) <= set(request.auth.get("scope", "").split()):
            denied = PermissionDenied("The access token lacks a scope.")
            denied.auth_header = f'Bearer error="insufficient_scope", scope="{" ".join(self.scopes)}"'
            raise denied
        return True
