// Sends the form that is marked for it as soon as it is there. Without this file its button does the same.
document.querySelector('form[data-auto-submit]')?.requestSubmit();
