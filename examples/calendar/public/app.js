/** The page: which part is shown, and what each button does. */
import {
  accessExpiresAt,
  beginSignIn,
  finishSignIn,
  isReturning,
  isSignedIn,
  readUser,
  renew,
  SignedOutError,
  signOut,
} from './sign-in.js';
import { weekOf } from './week.js';

const part = (id) => document.getElementById(id);
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Errors that mean: nobody is signed in, or the server must show a page. Expected after `prompt=none`. */
const needsInteraction = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]);

function element(name, text, attributes = {}) {
  const created = document.createElement(name);
  created.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) {
    created.setAttribute(attribute, value);
  }
  return created;
}

function showNotice(text) {
  part('notice').textContent = text;
  part('notice').hidden = text === '';
}

function showSignedOut(notice = '') {
  sessionStorage.removeItem('calendar.was-signed-in');
  part('account').hidden = true;
  part('signed-in').hidden = true;
  part('signed-out').hidden = false;
  document.title = 'Calendar';
  showNotice(notice);
}

function showWeek() {
  const days = weekOf(new Date());
  part('range').textContent = `${days[0].date} to ${days[6].date}`;
  part('week').replaceChildren(
    ...days.map((day) => {
      const item = element('li', '', day.isToday ? { 'aria-current': 'date' } : {});
      const heading = element('h2', day.name);
      heading.append(element('span', day.isToday ? `Today, ${day.date}` : day.date));
      const events = element('ul', '');
      events.append(
        ...day.events.map(([at, title]) => {
          const event = element('li', '');
          event.append(element('time', at), element('span', title));
          return event;
        }),
      );
      item.append(heading, day.events.length > 0 ? events : element('p', 'Nothing planned'));
      return item;
    }),
  );
}

async function showSignedIn() {
  const user = await readUser();
  sessionStorage.setItem('calendar.was-signed-in', 'yes');
  part('person').textContent = user.name ?? user.preferred_username ?? 'Signed in';
  part('subject').textContent = user.sub;
  part('access-until').textContent = time.format(accessExpiresAt());
  showWeek();
  part('signed-out').hidden = true;
  part('account').hidden = false;
  part('signed-in').hidden = false;
  document.title = 'This week · Calendar';
}

/** Runs the action, and shows a message if it fails. */
async function attempt(action) {
  try {
    await action();
  } catch (error) {
    if (error instanceof SignedOutError) {
      showSignedOut('Your session has ended. Sign in again to see your week.');
    } else if (needsInteraction.has(error.error)) {
      showSignedOut();
    } else if (error.error === 'access_denied') {
      showSignedOut('You did not sign in.');
    } else {
      console.error(error);
      if (isSignedIn()) {
        showNotice('The server could not be reached. Try again in a moment.');
      } else {
        showSignedOut('Signing in did not work. Try again in a moment.');
      }
    }
  }
}

part('sign-in').addEventListener('click', () => void attempt(() => beginSignIn()));
part('sign-out').addEventListener('click', () => {
  sessionStorage.removeItem('calendar.was-signed-in');
  void attempt(signOut);
});
part('renew').addEventListener(
  'click',
  () =>
    void attempt(async () => {
      await renew();
      await showSignedIn();
      part('renewals').textContent = String(Number(part('renewals').textContent) + 1);
    }),
);
// When the user returns to this tab, check the session: another app may have ended it.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && isSignedIn()) {
    void attempt(showSignedIn);
  }
});

await attempt(async () => {
  if (isReturning()) {
    await finishSignIn();
    await showSignedIn();
  } else if (sessionStorage.getItem('calendar.was-signed-in') === 'yes') {
    // After a reload the tokens are lost, but the session at the server may still exist. With prompt=none the server
    // answers without showing a page.
    await beginSignIn({ prompt: 'none' });
  } else {
    showSignedOut();
  }
});
