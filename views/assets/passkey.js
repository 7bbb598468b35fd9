// Passkeys. A form with data-passkey sends what the browser returns for its data-options: `use` asks for a passkey when
// the button is pressed (with data-start also when the page is shown), `make` makes one, and `offer` lets the browser
// offer passkeys in the email field. Without this file, and in browsers without passkeys, there is no button, and the
// text with data-passkey-needed says what to do instead.
{
  const webauthn = window.SimpleWebAuthnBrowser;
  const forms = [...document.querySelectorAll('form[data-passkey]')];
  const texts = (name) => document.querySelectorAll(`[data-passkey-${name}]`);
  const show = (name, visible) => texts(name).forEach((text) => (text.hidden = !visible));

  async function ask(form) {
    const { passkey, options } = form.dataset;
    const optionsJSON = JSON.parse(options);
    const response =
      passkey === 'make'
        ? await webauthn.startRegistration({ optionsJSON })
        : await webauthn.startAuthentication({ optionsJSON, useBrowserAutofill: passkey === 'offer' });
    form.elements.response.value = JSON.stringify(response);
  }

  async function askAndSend(form) {
    show('failed', false);
    show('exists', false);
    try {
      await ask(form);
    } catch (error) {
      // The user has closed the dialog, or there is no passkey, or this authenticator has one already.
      show(error.name === 'InvalidStateError' ? 'exists' : 'failed', true);
      return;
    }
    form.requestSubmit();
  }

  /** Waits until the user chooses a passkey in the email field, and sends it. */
  async function offer(form) {
    if (!(await webauthn.browserSupportsWebAuthnAutofill())) {
      return;
    }
    try {
      await ask(form);
    } catch {
      return; // Another request for a passkey has replaced this one.
    }
    form.elements.remember.value = document.querySelector('input[type=checkbox][name=remember]:checked')?.value ?? '';
    form.submit();
  }

  /** Reports to the server whether this device can make a passkey, so that it offers one. */
  async function reportDevice() {
    const available = await webauthn.platformAuthenticatorIsAvailable();
    for (const field of document.querySelectorAll('input[name=can_make_passkey]')) {
      field.value = available ? 'yes' : '';
    }
  }

  function start() {
    for (const form of forms) {
      form.elements.response.value = '';
      if (form.dataset.passkey === 'offer') {
        void offer(form);
      } else if ('start' in form.dataset) {
        void askAndSend(form);
      }
    }
  }

  if (webauthn.browserSupportsWebAuthn()) {
    show('needed', false);
    show('button', true);
    for (const form of forms.filter(({ dataset }) => dataset.passkey !== 'offer')) {
      form.addEventListener('submit', (event) => {
        if (form.elements.response.value === '') {
          // Before the listener of sending.js, which would take the form for sent.
          event.stopImmediatePropagation();
          event.preventDefault();
          void askAndSend(form);
        }
      });
    }
    void reportDevice();
    for (const element of document.querySelectorAll('[data-accepted]')) {
      // Password managers forget removed passkeys. Few browsers know this signal yet.
      webauthn
        .sendSignal({ signalName: 'allAcceptedCredentials', ...JSON.parse(element.dataset.accepted) })
        .catch(() => undefined);
    }
    start();
    // The browser shows the page again from its back/forward cache.
    addEventListener('pageshow', ({ persisted }) => persisted && start());
  }
}
