/** An app in the browser that signs users in by oidc-client-ts. This server only hands out its files. */
import { join } from 'node:path';
import express from 'express';

const { ISSUER, CLIENT_ID, PORT } = process.env;
const origin = `http://localhost:${PORT}`;
const library = join(import.meta.dirname, 'node_modules/oidc-client-ts/dist/browser');

const page = `<!doctype html>
<title>App</title>
<link rel="icon" href="data:,">
<button id="sign-in">Sign in</button>
<button id="sign-in-by-popup">Sign in by a popup</button>
<button id="read-userinfo">Read userinfo</button>
<button id="renew">Renew by the refresh token</button>
<button id="renew-in-frame">Renew in a frame</button>
<button id="sign-out">Sign out</button>
<pre id="shown"></pre>
<script src="/oidc-client-ts.min.js"></script>
<script type="module">
  const manager = new oidc.UserManager({
    authority: '${ISSUER}',
    client_id: '${CLIENT_ID}',
    redirect_uri: '${origin}/callback',
    post_logout_redirect_uri: '${origin}/',
    scope: 'openid profile email',
    revokeTokensOnSignout: true,
  });

  async function currentUser() {
    const user = await manager.getUser();
    return user === null ? {} : { ...user.profile, token: user.access_token };
  }

  async function userinfo() {
    const { token } = await currentUser();
    const url = await manager.metadataService.getUserInfoEndpoint();
    return (await fetch(url, { headers: { authorization: 'Bearer ' + token } })).json();
  }

  /** What each button does, and what is shown then. */
  const actions = {
    'sign-in': () => manager.signinRedirect().then(currentUser),
    'sign-in-by-popup': () => manager.signinPopup().then(currentUser),
    'read-userinfo': userinfo,
    renew: () => manager.signinSilent().then(currentUser),
    'renew-in-frame': () => manager.signinSilent({ forceIframeAuth: true }).then(currentUser),
    'sign-out': () => manager.signoutRedirect().then(currentUser),
  };

  function show(what) {
    document.getElementById('shown').textContent = JSON.stringify(what);
  }

  for (const [id, act] of Object.entries(actions)) {
    document.getElementById(id).addEventListener('click', () => {
      act().then(show, (error) => show({ error: String(error) }));
    });
  }

  if (location.pathname === '/callback') {
    // In a popup or a frame there is no user: the page that opened it gets the answer.
    const user = await manager.signinCallback();
    if (user !== undefined) {
      location.replace('/');
    }
  } else {
    show(await currentUser());
  }
</script>
`;

const app = express();
app.use(express.static(library));
app.get(['/', '/callback'], (request, response) => response.send(page));
app.listen(PORT, 'localhost');
