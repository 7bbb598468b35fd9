// A button that shows the password that the user types. Without this file there is no such button.
for (const button of document.querySelectorAll('button[data-reveal]')) {
  const input = document.getElementById(button.dataset.reveal);
  const show = (visible) => {
    input.type = visible ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(visible));
    button.querySelector('[data-off]').hidden = visible;
    button.querySelector('[data-on]').hidden = !visible;
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    show(input.type === 'password');
    input.focus();
  });
  // The field is a password field again when the form is sent, so that browsers offer to save the password.
  input.form.addEventListener('submit', () => show(false));
}
