"""What the API answers, with JWTs and with opaque tokens (the fixture `gatehouse` has both)."""

import socket
import threading
from base64 import urlsafe_b64encode

import jwt
import pytest
from django.contrib.auth import get_user_model
from rest_framework.permissions import IsAdminUser
from rest_framework.throttling import UserRateThrottle
from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.settings import api_settings

import gatehouse_drf
from conftest import ARCHIVE, PHOTOS
from photos import views


keywords = pytest.mark.parametrize("keyword", ["Bearer", "bearer", "Token"])
jwts_only = pytest.mark.parametrize("gatehouse", ["jwt"], indirect=True)


@keywords
def test_answers_an_app_of_a_user(api, gatehouse, keyword):
    answer = api(gatehouse.token(), path="/me", keyword=keyword)
    assert answer.status_code == 200
    assert answer.json() == {"id": "usr_ada", "client": "test-app", "scope": "photos:read"}


@keywords
def test_answers_a_script_with_a_personal_access_token(api, gatehouse, keyword):
    answer = api(gatehouse.personal(), path="/me", keyword=keyword)
    assert answer.status_code == 200
    assert answer.json()["id"] == "usr_ada"


def test_answers_a_machine(api, gatehouse):
    answer = api(gatehouse.machine(), path="/me")
    assert answer.json()["id"] == answer.json()["client"]


def test_keeps_the_photos_of_users_apart(api, gatehouse):
    write = gatehouse.token(scope="photos:read photos:write")
    assert api(write, method="post", data={"title": "Harbour"}).status_code == 201
    assert api(write).json() == {"photos": ["Harbour"]}
    assert api(gatehouse.token(sub="usr_bob")).json() == {"photos": []}


def test_asks_for_a_token_without_an_error_code(api):
    answer = api()
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("value", ["", " ", "Basic YTpi", "Digest x"])
def test_ignores_credentials_that_are_not_meant_for_it(api, value):
    answer = api("", keyword=value)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "token",
    ["", "nothing", "a.b.c", "a b", "..", "gth_pat_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O50Zb5Hm", "\xe9\xe9", "x" * 5000],
)
def test_rejects_what_is_not_a_token(api, token):
    answer = api(token)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')


def test_rejects_a_token_whose_header_is_nested_very_deeply(api):
    header = '{"typ":"at+jwt","alg":"ES256","x":' + "[" * 2500 + "]" * 2500 + "}"
    answer = api(f"{urlsafe_b64encode(header.encode()).decode().rstrip('=')}.e30.x")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')


def test_rejects_a_token_of_another_api(api, gatehouse):
    assert api(gatehouse.token(resource=ARCHIVE)).status_code == 401
    assert api(gatehouse.personal(resource=ARCHIVE)).status_code == 401


def test_rejects_a_token_of_another_api_that_its_client_may_ask_about(api, gatehouse, settings):
    client = gatehouse("client", type="machine", apis=[PHOTOS, ARCHIVE])
    settings.GATEHOUSE |= {"CLIENT_ID": client["client_id"], "CLIENT_SECRET": client["client_secret"]}
    assert api(gatehouse.token(resource=ARCHIVE)).status_code == 401
    assert api(gatehouse.personal(resource=ARCHIVE)).status_code == 401
    assert api(gatehouse.personal()).status_code == 200


@jwts_only
def test_demands_the_type_of_an_access_token(api, gatehouse, settings):
    # As if the audience had not kept the ID token out.
    settings.GATEHOUSE["AUDIENCE"] = "test-app"
    answer = api(gatehouse("token", sub="usr_ada", scope="openid")["id_token"])
    assert (answer.status_code, answer.json()["detail"]) == (401, "This is not an access token.")


def test_rejects_a_token_that_has_expired(api, gatehouse):
    assert api(gatehouse.token(expires_in=-30)).status_code == 401
    assert api(gatehouse.personal(expires_in=-30)).status_code == 401


def test_rejects_an_id_token_and_a_refresh_token(api, gatehouse):
    tokens = gatehouse("token", sub="usr_ada", scope="openid photos:read", resource=PHOTOS)
    assert api(tokens["id_token"]).status_code == 401
    assert api(tokens["refresh_token"]).status_code == 401


def test_rejects_a_changed_token(api, gatehouse):
    token = gatehouse.token()
    middle = len(token) - 20
    changed = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    assert api(changed).status_code == 401


@jwts_only
def test_rejects_tokens_that_it_could_be_tricked_to_accept(api, gatehouse):
    token = gatehouse.token()
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    for algorithm, key in (("none", None), ("HS256", "a shared secret of at least 32 bytes")):
        forged = jwt.encode(claims, key, algorithm, headers={"kid": kid, "typ": "at+jwt"})
        assert api(forged).status_code == 401, algorithm


def test_rejects_a_token_that_is_bound_to_a_key(api, gatehouse, monkeypatch):
    for token in (gatehouse.token(), gatehouse.personal()):
        with monkeypatch.context() as patched:
            add_confirmation(patched, gatehouse_drf, "verify")
            add_confirmation(patched, gatehouse_drf, "introspect")
            answer = api(token)
        assert (answer.status_code, answer.json()["detail"]) == (401, "The access token is bound to a key.")
        assert api(token).status_code == 200


def add_confirmation(monkeypatch, owner, name):
    """As if the server had bound its tokens to a key (RFC 9449, section 6)."""
    read = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *args, **options: read(*args, **options) | {"cnf": {"jkt": "x" * 43}})


def test_does_not_ask_about_a_personal_access_token_of_the_wrong_form(api, gatehouse):
    gatehouse("fail", endpoint="introspection", status=503)
    for token in ("gth_pat_", "gth_pat_" + "x" * 35, "gth_pat_" + "x" * 37, "gth_pat_" + "-" * 36):
        assert api(token).status_code == 401
    assert api("gth_pat_" + "x" * 36).status_code == 503


@pytest.mark.parametrize("client_id", [None, ""])
def test_accepts_only_jwts_without_a_client_of_its_own(api, gatehouse, settings, client_id):
    settings.GATEHOUSE["CLIENT_ID"] = client_id
    token = gatehouse.token()
    assert api(token).status_code == (200 if token.count(".") == 2 else 401)
    assert api(gatehouse.personal()).status_code == 401


def test_has_callers_who_are_no_staff(api, gatehouse, monkeypatch):
    monkeypatch.setattr(views.me.cls, "permission_classes", [IsAdminUser])
    assert api(gatehouse.token(), path="/me").status_code == 403
    assert api(gatehouse.machine(), path="/me").status_code == 403


@pytest.mark.django_db
class TestUsersOfTheDatabase:
    def test_are_created_with_their_first_token(self, api, gatehouse):
        for token in (gatehouse.token(), gatehouse.token(), gatehouse.personal()):
            answer = api(token, path="/account")
            assert (answer.status_code, answer.json()) == (200, {"username": "usr_ada"})
        assert get_user_model().objects.count() == 1

    def test_are_rejected_when_they_are_deactivated(self, api, gatehouse):
        get_user_model().objects.create(username="usr_ada", is_active=False)
        answer = api(gatehouse.token(), path="/account")
        assert (answer.status_code, answer.json()["detail"]) == (401, "The user is deactivated.")

    def test_are_not_machines_of_the_same_name(self, api, gatehouse):
        client = gatehouse("client", type="machine", apis=[PHOTOS])["client_id"]
        get_user_model().objects.create(username=client, is_superuser=True)
        machine = gatehouse("token", scope="photos:read", resource=PHOTOS, client=client)["access_token"]
        answer = api(machine, path="/account")
        assert (answer.status_code, answer.json()["detail"]) == (401, "A machine has no user.")


def test_names_the_scope_that_is_missing(api, gatehouse):
    answer = api(gatehouse.token(), method="post", data={"title": "Harbour"})
    assert answer.status_code == 403
    assert answer["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="photos:write"'


def test_asks_for_all_of_several_scopes(gatehouse, api):
    both = gatehouse_drf.HasScope.of("photos:read", "photos:write")()
    request = type("Request", (), {"auth": {"scope": "photos:read photos:write"}})
    assert both.has_permission(request, None)
    request.auth = {"scope": "photos:read photos:writer"}
    with pytest.raises(Exception) as denied:
        both.has_permission(request, None)
    assert denied.value.auth_header == 'Bearer error="insufficient_scope", scope="photos:read photos:write"'
    request.auth = None
    assert not both.has_permission(request, None)


def test_rejects_a_revoked_token(api, gatehouse, settings):
    # A JWT is valid until it expires, unless the API asks about it.
    settings.GATEHOUSE["INTROSPECT_JWTS"] = True
    token, other = gatehouse.token(), gatehouse.token()
    assert api(token).status_code == 200
    gatehouse("revoke", token=token)
    assert api(token).status_code == 401
    assert api(other).status_code == 200


def asked_about(token):
    """The endpoint that the API needs for a token."""
    return "jwks" if token.count(".") == 2 else "introspection"


def test_says_503_and_not_401_when_it_cannot_decide(api, gatehouse):
    for token in (gatehouse.token(), gatehouse.personal()):
        gatehouse("fail", endpoint=asked_about(token), status=503)
        answer = api(token)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert "WWW-Authenticate" not in answer


@pytest.mark.parametrize("body", ["<html>", [], [{"active": True}], "null"])
def test_says_503_to_an_answer_that_means_nothing(api, gatehouse, body):
    token = gatehouse.token()
    gatehouse("fail", endpoint=asked_about(token), status=200, body=body)
    assert api(token).status_code == 503


def test_says_503_when_the_connection_is_closed(api, gatehouse):
    token = gatehouse.token()
    gatehouse("drop", endpoint=asked_about(token))
    assert api(token).status_code == 503


def test_says_503_when_its_own_credentials_are_wrong(api, gatehouse, settings):
    settings.GATEHOUSE["CLIENT_SECRET"] = "wrong"
    assert api(gatehouse.personal()).status_code == 503


def test_says_503_when_the_server_does_not_answer_in_time(api, gatehouse, settings):
    token = gatehouse.token()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.GATEHOUSE["ISSUER"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert api(token).status_code == 503
        assert api("gth_pat_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O50Zb5Hm").status_code == 503


@jwts_only
class TestKeys:
    @pytest.fixture
    def time(self, monkeypatch):
        """A clock that is moved by `time.now += …`."""
        clock = type("Clock", (), {"now": 1000.0, "monotonic": lambda self: self.now})()
        monkeypatch.setattr(gatehouse_drf, "time", clock)
        return clock

    @pytest.fixture
    def reads(self, monkeypatch):
        """How often the keys were read."""
        counted = []
        read = gatehouse_drf.fetch
        monkeypatch.setattr(gatehouse_drf, "fetch", lambda request: counted.append(request.full_url) or read(request))
        return counted

    def test_are_read_once_for_many_tokens(self, api, gatehouse, reads):
        for _ in range(3):
            assert api(gatehouse.token()).status_code == 200
        assert len(reads) == 1

    def test_survive_an_outage_of_the_server(self, api, gatehouse, time):
        token = gatehouse.token()
        assert api(token).status_code == 200
        gatehouse("fail", endpoint="jwks", status=503)
        time.now += 3600
        assert api(token).status_code == 200

    def test_are_read_again_after_an_outage(self, api, gatehouse, time, reads):
        token = gatehouse.token()
        gatehouse("fail", endpoint="jwks", status=503)
        assert api(token).status_code == 503
        assert api(token).status_code == 503
        assert len(reads) == 1, "not for every request"
        time.now += 11
        assert api(token).status_code == 200

    def test_are_not_read_for_each_token_with_an_unknown_key(self, api, gatehouse, time, reads):
        header = {"kid": "unknown", "typ": "at+jwt"}
        forged = jwt.encode({"sub": "usr_eve"}, "a shared secret of at least 32 bytes", "HS256", headers=header)
        for _ in range(20):
            assert api(forged).status_code == 401
        assert len(reads) == 1
        assert api(gatehouse.token()).status_code == 200
        time.now += 11
        assert api(forged).status_code == 401
        assert len(reads) == 2

    def test_are_read_by_one_thread_at_a_time(self, api, gatehouse, reads):
        token, answers = gatehouse.token(), []
        threads = [threading.Thread(target=lambda: answers.append(api(token).status_code)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [200] * 8
        assert len(reads) == 1


def test_limits_the_requests_of_each_caller(api, gatehouse, monkeypatch):
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min", "anon": "2/min"})
    busy, other = (gatehouse.token(sub=f"usr_{name}") for name in ("busy", "other"))
    answers = [api(busy) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Retry-After" in answers[2]
    assert api(other).status_code == 200
    assert api(gatehouse.token(sub="usr_busy")).status_code == 429, "a new token is no new caller"


def test_allows_apps_in_browsers_on_its_origins_only(api, gatehouse):
    token = gatehouse.token()
    answer = api(token, HTTP_ORIGIN="http://localhost:5173")
    assert answer["Access-Control-Allow-Origin"] == "http://localhost:5173"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Access-Control-Allow-Origin" not in api(token, HTTP_ORIGIN="https://evil.example")
    preflight = api(
        method="options", HTTP_ORIGIN="http://localhost:5173", HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization",
    )
    assert preflight.status_code == 200
    assert "authorization" in preflight["Access-Control-Allow-Headers"]


@jwts_only
class TestSimpleJwt:
    """For those who stay with it. It reads its settings once, so these tests have a key set of their own."""

    @pytest.fixture(autouse=True)
    def backend(self, gatehouse, monkeypatch):
        backend = TokenBackend("ES256", None, "", PHOTOS, gatehouse.issuer, f"{gatehouse.issuer}/jwks")
        monkeypatch.setattr(tokens.Token, "get_token_backend", lambda self: backend)
        return backend

    def test_accepts_an_access_token(self, api, gatehouse):
        assert api(gatehouse.token(), path="/simple-jwt").status_code == 200

    def test_rejects_tokens_of_other_apis_and_expired_ones(self, api, gatehouse):
        for token in (gatehouse.token(resource=ARCHIVE), gatehouse.token(expires_in=-30)):
            assert api(token, path="/simple-jwt").status_code == 401

    def test_demands_the_type_of_an_access_token(self, api, gatehouse, monkeypatch):
        id_token = gatehouse("token", sub="usr_ada", scope="openid")["id_token"]
        # As if neither the audience nor the claim jti, which ID tokens lack, had kept it out.
        monkeypatch.setattr(api_settings, "JTI_CLAIM", None)
        backend = TokenBackend("ES256", None, "", "test-app", gatehouse.issuer, f"{gatehouse.issuer}/jwks")
        monkeypatch.setattr(tokens.Token, "get_token_backend", lambda self: backend)
        answer = api(id_token, path="/simple-jwt")
        assert (answer.status_code, answer.json()["detail"]) == (401, "This is not an access token.")

    def test_rejects_a_token_that_is_bound_to_a_key(self, api, gatehouse, backend, monkeypatch):
        token = gatehouse.token()
        add_confirmation(monkeypatch, backend, "decode")
        answer = api(token, path="/simple-jwt")
        assert (answer.status_code, answer.json()["detail"]) == (401, "The access token is bound to a key.")

    def test_rejects_a_token_without_the_scope(self, api, gatehouse):
        assert api(gatehouse.token(scope="photos:write"), path="/simple-jwt").status_code == 403
