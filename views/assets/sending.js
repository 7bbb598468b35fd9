// Shows that a form is being sent, and sends it once. Without this file a form is sent all the same.
const progress = document.querySelector('[data-sending-text]');
const patience = 10_000; // Milliseconds after which it may be sent again: an answer may never come.

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
    // Not disabled: the value of a button is sent with the form, and the focus stays where it is.
    button.dataset.sending = '';
    button.setAttribute('aria-disabled', 'true');
    progress.textContent = progress.dataset.sendingText;
    setTimeout(stop, patience, form);
  });
}

// A page that comes back as it was left.
addEventListener('pageshow', () => document.querySelectorAll('form[method=post]').forEach(stop));
