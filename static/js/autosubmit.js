// Filters answer as soon as they are changed; the button that sends them without a script steps aside.
export function start(root) {
  for (const form of root.querySelectorAll("form[data-autosubmit]")) {
    for (const button of form.querySelectorAll("[data-autosubmit-button]")) button.hidden = true;
    form.addEventListener("change", (event) => {
      if (event.target.matches('input[type="text"], input[type="search"], input[type="number"]')) return;
      form.requestSubmit();
    });
    form.addEventListener("submit", () => {
      // Empty fields stay out of the address.
      for (const field of form.querySelectorAll("input[name], select[name]")) {
        if (!field.value) field.disabled = true;
      }
    });
    addEventListener("pageshow", () => {
      for (const field of form.querySelectorAll("[name]:disabled")) field.disabled = false;
    });
  }
}
