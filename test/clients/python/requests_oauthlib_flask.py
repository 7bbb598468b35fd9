"""An app that signs users in by requests-oauthlib, in a Flask session."""

import os

import requests
from flask import Flask, jsonify, redirect, request, session
from requests_oauthlib import OAuth2Session

# oauthlib accepts plain http only when it is told so: for development.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

client_id = os.environ["CLIENT_ID"]
client_secret = os.environ["CLIENT_SECRET"]
redirect_uri = f"http://localhost:{os.environ['PORT']}/callback"
server = requests.get(f"{os.environ['ISSUER']}/.well-known/openid-configuration", timeout=10).json()

app = Flask(__name__)
app.secret_key = "only for tests"

# A cookie is too small for the tokens.
tokens_of = {}


def remember(user, token):
    tokens_of[user["sub"]] = token
    session["user"] = user


@app.get("/")
def home():
    return jsonify(session.get("user", {}))


@app.get("/login")
def login():
    oauth = OAuth2Session(client_id, redirect_uri=redirect_uri, scope=["openid", "profile", "email"], pkce="S256")
    url, session["state"] = oauth.authorization_url(server["authorization_endpoint"])
    session["code_verifier"] = oauth._code_verifier
    return redirect(url)


@app.get("/callback")
def callback():
    oauth = OAuth2Session(client_id, redirect_uri=redirect_uri, state=session["state"])
    token = oauth.fetch_token(
        server["token_endpoint"],
        client_secret=client_secret,
        authorization_response=request.url,
        code_verifier=session["code_verifier"],
    )
    remember(oauth.get(server["userinfo_endpoint"]).json(), token)
    return redirect("/")


@app.get("/userinfo")
def userinfo():
    oauth = OAuth2Session(client_id, token=tokens_of[session["user"]["sub"]])
    return jsonify(oauth.get(server["userinfo_endpoint"]).json())


@app.get("/refresh")
def refresh():
    oauth = OAuth2Session(client_id, token=tokens_of[session["user"]["sub"]])
    token = oauth.refresh_token(server["token_endpoint"], auth=(client_id, client_secret))
    remember(oauth.get(server["userinfo_endpoint"]).json(), token)
    return jsonify(session["user"])


app.run(host="localhost", port=int(os.environ["PORT"]))
