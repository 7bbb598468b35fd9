"""An app that signs users in by Authlib, in a Flask session."""

import os
from urllib.parse import urlencode

from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, jsonify, redirect, session, url_for

origin = f"http://localhost:{os.environ['PORT']}"

app = Flask(__name__)
app.secret_key = "only for tests"
app.config["SERVER_NAME"] = origin.removeprefix("http://")

oauth = OAuth(app)
oauth.register(
    name="gatehouse",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{os.environ['ISSUER']}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)

# A cookie is too small for the tokens.
tokens_of = {}


@app.get("/")
def home():
    return jsonify(session.get("user", {}))


@app.get("/login")
def login():
    return oauth.gatehouse.authorize_redirect(url_for("auth", _external=True))


@app.get("/auth")
def auth():
    token = oauth.gatehouse.authorize_access_token()
    session["user"] = token["userinfo"]
    tokens_of[token["userinfo"]["sub"]] = token
    return redirect("/")


@app.get("/userinfo")
def userinfo():
    return jsonify(oauth.gatehouse.userinfo(token=tokens_of[session["user"]["sub"]]))


@app.get("/refresh")
def refresh():
    sub = session["user"]["sub"]
    client = OAuth2Session(oauth.gatehouse.client_id, oauth.gatehouse.client_secret, token=tokens_of[sub])
    tokens_of[sub] = client.refresh_token(oauth.gatehouse.load_server_metadata()["token_endpoint"])
    return jsonify(oauth.gatehouse.userinfo(token=tokens_of[sub]))


@app.get("/logout")
def logout():
    user = session.pop("user")
    endpoint = oauth.gatehouse.load_server_metadata()["end_session_endpoint"]
    query = {"id_token_hint": tokens_of.pop(user["sub"])["id_token"], "post_logout_redirect_uri": f"{origin}/"}
    return redirect(f"{endpoint}?{urlencode(query)}")


app.run(host="localhost", port=int(os.environ["PORT"]))
