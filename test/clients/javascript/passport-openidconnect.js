/** An app that signs users in by Passport and passport-openidconnect, in an Express session. */
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;

passport.use(
  new OpenIDConnectStrategy(
    {
      issuer: ISSUER,
      authorizationURL: `${ISSUER}/authorize`,
      tokenURL: `${ISSUER}/token`,
      userInfoURL: `${ISSUER}/userinfo`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: '/cb',
      scope: ['profile', 'email'],
      nonce: true,
      skipUserProfile: false,
    },
    (issuer, profile, done) => done(null, { name: profile.displayName, email: profile.emails[0].value }),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.use(session({ name: 'app', secret: 'only for tests', resave: false, saveUninitialized: false }));
app.use(passport.session());

app.get('/', (request, response) => response.json(request.user ?? {}));
app.get('/login', passport.authenticate('openidconnect'));
app.get('/cb', passport.authenticate('openidconnect', { successRedirect: '/', failureMessage: true }));

app.listen(PORT, 'localhost');
