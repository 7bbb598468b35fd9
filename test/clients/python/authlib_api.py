"""An API that accepts JWT access tokens, by Authlib's resource protector for Flask."""

import os

import requests
from authlib.integrations.flask_oauth2 import ResourceProtector, current_token
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from flask import Flask, jsonify

issuer = os.environ["ISSUER"]
port = int(os.environ["PORT"])


class Validator(JWTBearerTokenValidator):
    def get_jwks(self):
        return requests.get(f"{self.issuer}/jwks", timeout=10).json()


require_oauth = ResourceProtector()
require_oauth.register_token_validator(Validator(issuer=issuer, resource_server=f"http://localhost:{port}/notes"))

app = Flask(__name__)


@app.get("/")
def home():
    return jsonify({})


@app.get("/notes")
@require_oauth("notes:read")
def notes():
    return jsonify({"sub": current_token["sub"]})


app.run(host="localhost", port=port)
