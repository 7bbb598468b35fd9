"""A Gatehouse for the tests: the server itself, in memory (docs/testing.md), and this API registered there."""

import json
from subprocess import PIPE, Popen
from urllib.request import Request, urlopen

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

import gatehouse_drf
from photos import views

PHOTOS, ARCHIVE = "https://photos.example/api", "https://archive.example/api"


class Gatehouse:
    def __init__(self, issuer, control):
        self.issuer, self.control = issuer, control

    def __call__(self, verb, **members):
        headers = {"Content-Type": "application/json"}
        with urlopen(Request(f"{self.control}/{verb}", json.dumps(members).encode(), headers)) as response:
            return json.load(response)

    def token(self, sub="usr_ada", scope="photos:read", resource=PHOTOS, **members):
        return self("token", sub=sub, scope=scope, resource=resource, **members)["access_token"]

    def machine(self, scope="photos:read"):
        return self("token", scope=scope, resource=PHOTOS)["access_token"]

    def personal(self, **members):
        return self("personal_token", **{"sub": "usr_ada", "scope": "photos:read", "resource": PHOTOS, **members})["token"]


@pytest.fixture(scope="session", params=["jwt", "opaque"])
def gatehouse(request):
    """With JWTs, and with opaque tokens: what the API answers does not depend on it."""
    with Popen(["npx", "gatehouse", "test-server"], stdin=PIPE, stdout=PIPE) as server:
        gatehouse = Gatehouse(**json.loads(server.stdout.readline()))
        for identifier in (PHOTOS, ARCHIVE):
            gatehouse(
                "api", identifier=identifier, scopes=["photos:read", "photos:write"], token_format=request.param,
                personal_tokens=True,
            )
        gatehouse.api = gatehouse("client", type="machine", apis=[PHOTOS])
        yield gatehouse
        server.stdin.close()


@pytest.fixture
def api(gatehouse, settings):
    """The API, which uses this Gatehouse and remembers nothing of the test before."""
    settings.GATEHOUSE = {
        "ISSUER": gatehouse.issuer,
        "AUDIENCE": PHOTOS,
        "CLIENT_ID": gatehouse.api["client_id"],
        "CLIENT_SECRET": gatehouse.api["client_secret"],
        "TIMEOUT": 1,
    }
    gatehouse_drf.issuers.clear()
    views.LIBRARY.clear()
    cache.clear()  # The counters of the throttle.
    return Caller()


class Caller:
    """Sends requests to the API."""

    def __call__(self, token=None, path="/photos", method="get", keyword="Bearer", **more):
        headers = {} if token is None else {"HTTP_AUTHORIZATION": f"{keyword} {token}"}
        return getattr(APIClient(), method)(path, **headers, **more)
