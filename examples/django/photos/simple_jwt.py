"""For a project that stays with Simple JWT: the settings are in settings.py; this adds what it does not check."""

import jwt
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken


class AccessTokenAuthentication(JWTStatelessUserAuthentication):
    """Accepts JWT access tokens only: ID tokens are signed with the same keys (RFC 9068, section 4)."""

    def get_validated_token(self, raw_token):
        token = super().get_validated_token(raw_token)
        if jwt.get_unverified_header(raw_token).get("typ") != "at+jwt":
            raise InvalidToken("This is not an access token.")
        if "cnf" in token:  # Bound to a key (RFC 9449): valid only with a proof, which is not checked here.
            raise InvalidToken("The access token is bound to a key.")
        return token
