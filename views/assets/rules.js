// Marks the rule about the length of a new password as soon as it is met. Without this file the rules are only listed.
for (const list of document.querySelectorAll('[data-rules]')) {
  const input = document.getElementById(list.dataset.rules);
  for (const rule of list.querySelectorAll('[data-minimum]')) {
    const update = () => {
      // The server counts characters after this normalisation, too.
      const met = [...input.value.normalize('NFC')].length >= Number(rule.dataset.minimum);
      rule.classList.toggle('met', met);
      rule.classList.toggle('broken', rule.classList.contains('broken') && !met);
      rule.querySelector('[data-met]').hidden = !met;
    };
    input.addEventListener('input', update);
    update();
  }
}
