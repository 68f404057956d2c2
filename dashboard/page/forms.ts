/** `data-once`: pressed once, sent once. `data-tidy`: what is left empty is not in the address. */
export function startForms(): void {
  document.addEventListener('submit', ({ target }) => {
    if (!(target instanceof HTMLFormElement) || target.dataset.once === undefined) return;
    // After the browser has read which button it was: a disabled one is not sent.
    setTimeout(() => setDisabled(target, true));
  });
  document.addEventListener('formdata', ({ target, formData }) => {
    if (!(target instanceof HTMLFormElement) || target.dataset.tidy === undefined) return;
    for (const [name, value] of [...formData]) if (value === '') formData.delete(name);
  });
  // The browser shows a page as it was left when somebody goes back to it.
  addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll<HTMLFormElement>('form[data-once]')) setDisabled(form, false);
  });
}

function setDisabled(form: HTMLFormElement, disabled: boolean): void {
  for (const button of form.querySelectorAll('button')) button.disabled = disabled;
}
