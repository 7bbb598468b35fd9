// Shows the remaining seconds of a wait, and its end. Without this file the page shows only the initial duration.
for (const element of document.querySelectorAll('[data-wait]')) {
  const { wait, text, over } = element.dataset;
  const end = Date.now() + Number(wait) * 1000;
  const format = (value, unit) =>
    new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
  const inWords = (seconds) => (seconds <= 90 ? format(seconds, 'second') : format(Math.ceil(seconds / 60), 'minute'));
  const timer = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      element.textContent = text.replace('#', inWords(left));
      return;
    }
    clearInterval(timer);
    // Screen readers announce the end, but not each second before it.
    element.setAttribute('aria-live', 'polite');
    element.textContent = over;
  }, 1000);
}
