// data-open="id" opens a dialog of the page; a form with data-confirm asks its question before it is sent.
// Without this file the link leads to a page, and the server asks.
const { sayGoOn: goOn, sayCancel: cancel } = document.body.dataset;
const ready = new WeakSet();

function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function ask(form, submitter) {
  const dialog = document.createElement("dialog");
  const question = make("p", "", form.dataset.confirm);
  question.id = "confirm-question";
  dialog.setAttribute("aria-labelledby", question.id);
  const buttons = make("form", "form-actions", "");
  buttons.method = "dialog";
  const yes = make("button", submitter?.className ?? "btn btn-primary", submitter?.textContent.trim() || goOn);
  yes.value = "yes";
  const no = make("button", "btn btn-secondary", cancel);
  buttons.append(yes, no);
  dialog.append(question, buttons);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "yes";
    const field = form.querySelector('input[name="confirmed"]') ?? document.createElement("input");
    field.type = "hidden";
    field.name = "confirmed";
    field.value = "yes";
    form.append(field);
    form.requestSubmit(submitter);
  });
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
}

export function start(root) {
  for (const opener of root.querySelectorAll("[data-open]")) {
    if (ready.has(opener)) continue;
    ready.add(opener);
    opener.addEventListener("click", (event) => {
      const dialog = document.getElementById(opener.dataset.open);
      if (!dialog?.showModal) return;
      event.preventDefault();
      dialog.showModal();
    });
  }
  for (const form of root.querySelectorAll("form[data-confirm]")) {
    if (ready.has(form)) continue;
    ready.add(form);
    form.addEventListener("submit", (event) => {
      if (form.dataset.confirmed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(form, event.submitter);
    });
  }
}
