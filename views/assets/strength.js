// Explains how easily a new password can be guessed, while the user types it. It rejects nothing: the server has the
// rules. The estimator is loaded with the first character, so the page itself stays small. Without this file there is
// no explanation.
const box = document.querySelector('[data-strength]');
const input = document.getElementById(box.dataset.strength);
const meter = box.querySelector('meter');
const [level, reason, advice] = ['level', 'reason', 'advice'].map((name) => box.querySelector(`[data-${name}]`));
const texts = box.querySelector('template').content;
const pause = 250; // Milliseconds after the last key.
let loading;
let timer;

function load() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = box.dataset.estimator;
    script.addEventListener('load', resolve);
    script.addEventListener('error', reject);
    document.head.append(script);
  });
  return loading;
}

/** The text of a code; nothing for a code that this page has no text for. */
function textOf(code) {
  return texts.querySelector(`[data-code="${code}"]`)?.textContent ?? '';
}

function show() {
  const password = input.value;
  box.hidden = password === '';
  if (password === '') {
    return;
  }
  const known = [document.querySelector('input[autocomplete=username]')?.value ?? '', document.location.hostname];
  const { score, feedback } = globalThis.passwordEstimator.check(
    password,
    known.flatMap((one) => [one, ...one.split(/\W+/)]),
  );
  meter.value = score + 1;
  level.textContent = textOf(`level.${score}`);
  reason.textContent = feedback.warning ? textOf(`warning.${feedback.warning}`) : '';
  advice.textContent = feedback.suggestions.map((code) => textOf(`suggestion.${code}`)).find(Boolean) ?? '';
}

input.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(() => load().then(show, () => {}), pause);
});
