// Submits the form with data-auto-submit when the page has loaded. Without this file the user presses its button.
document.querySelector('form[data-auto-submit]')?.requestSubmit();
