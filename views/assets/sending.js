// Shows that a form is being sent, and prevents that it is sent twice. Forms also work without this file.
const progress = document.querySelector('[data-sending-text]');
const maxWait = 10_000; // Milliseconds after which the form may be sent again, in case there is no response.

function stop(form) {
  for (const button of form.querySelectorAll('button[data-sending]')) {
    delete button.dataset.sending;
    button.removeAttribute('aria-disabled');
  }
  progress.textContent = '';
}

for (const form of document.querySelectorAll('form[method=post]')) {
  form.addEventListener('submit', (event) => {
    const button = event.submitter ?? form.querySelector('button[type=submit]');
    if (form.querySelector('button[data-sending]')) {
      event.preventDefault();
      return;
    }
    // The button is not disabled, so that its value is sent with the form, and it keeps the focus.
    button.dataset.sending = '';
    button.setAttribute('aria-disabled', 'true');
    progress.textContent = progress.dataset.sendingText;
    setTimeout(stop, maxWait, form);
  });
}

// The browser shows the page again from its back/forward cache.
addEventListener('pageshow', () => document.querySelectorAll('form[method=post]').forEach(stop));
