"""An API that asks Gatehouse about opaque access tokens, by Authlib's resource protector for Flask."""

import os

import requests
from authlib.integrations.flask_oauth2 import ResourceProtector, current_token
from authlib.oauth2.rfc7662 import IntrospectTokenValidator
from flask import Flask, jsonify


class Validator(IntrospectTokenValidator):
    def introspect_token(self, token_string):
        response = requests.post(
            f"{os.environ['ISSUER']}/introspect",
            data={"token": token_string},
            auth=(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]),
            timeout=10,
        )
        response.raise_for_status()
        return response.json()


require_oauth = ResourceProtector()
require_oauth.register_token_validator(Validator())

app = Flask(__name__)


@app.get("/")
def home():
    return jsonify({})


@app.get("/notes")
@require_oauth("notes:read")
def notes():
    return jsonify({"sub": current_token["sub"]})


app.run(host="localhost", port=int(os.environ["PORT"]))
