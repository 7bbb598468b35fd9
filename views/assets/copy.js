// A button that copies the text of a field. Without this file, or without access to the clipboard, there is no such
// button.
for (const button of document.querySelectorAll('button[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  const report = () => {
    button.textContent = button.dataset.copied;
    document.querySelector('[data-copy-status]').textContent = button.dataset.copied;
  };
  field.addEventListener('focus', () => field.select());
  field.select();
  button.hidden = navigator.clipboard === undefined;
  button.addEventListener('click', () => void navigator.clipboard.writeText(field.value).then(report));
}
