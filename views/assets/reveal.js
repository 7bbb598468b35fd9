// Lets a person look at the password that they type. Without this file there is just no such button.
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
  // What is sent is a password again, so that browsers offer to keep it.
  input.form.addEventListener('submit', () => show(false));
}
