// Forms in [data-in-place] are sent without leaving the page: the server answers with a whole page, whose element of
// the same id takes the place of this one. What is folded, ticked, typed and focused stays so; forms go one by one.
// A form whose answer has no such element, such as a question, leads there. `send` is for other scripts of the page.
const ready = new WeakSet();
let queue = Promise.resolve();

function quote(text) { return `"${CSS.escape(text)}"`; }

/** How to find an element again on the next page. */
function pathTo(element) {
  if (!element) return "";
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.matches("[data-grip]")) return `[data-row=${quote(element.closest("[data-row]").dataset.row)}] > [data-grip]`;
  if (element.name && element.value) return `[name=${quote(element.name)}][value=${quote(element.value)}]`;
  if (element.matches("a[href]")) return `a[href="${element.getAttribute("href")}"]`;
  return "";
}

function keep(area, next, sentForm, isBulk) {
  for (const details of area.querySelectorAll("details[id]")) {
    const twin = next.querySelector(pathTo(details));
    if (twin) twin.open = details.open;
  }
  if (!isBulk) {
    for (const box of area.querySelectorAll("input[type=checkbox]:checked")) {
      const twin = next.querySelector(pathTo(box));
      if (twin) twin.checked = true;
    }
  }
  for (const field of area.querySelectorAll("input[id]:not([type=checkbox]), textarea[id]")) {
    if (field.form === sentForm || field.value === field.defaultValue) continue;
    const twin = next.querySelector(pathTo(field));
    if (twin) twin.value = field.value;
  }
}

function show(page, area, { form, isBulk, focus }) {
  const next = page.getElementById(area.id);
  if (!next) return false;
  keep(area, next, form, isBulk);
  const messages = document.getElementById("messages");
  const said = page.getElementById("messages");
  if (messages && said) messages.replaceChildren(...said.childNodes);
  area.replaceWith(next);
  window.htmx?.process(next);
  next.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  const again = focus && next.querySelector(focus);
  (again && again.getClientRects().length ? again : next).focus({ preventScroll: true });
  return true;
}

/** Sends fields to an address and shows the answer; tells whether the server was reached. */
export function send(area, fields, { address, form = null, isBulk = false, focus = "" } = {}) {
  queue = queue.then(async () => {
    const here = document.getElementById(area.id) ?? area;
    here.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (show(page, here, { form, isBulk, focus })) return true;
      if (answer.redirected) location.assign(answer.url);
      else if (answer.status < 500) {
        document.body.replaceWith(page.body);
        document.body.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
        scrollTo(0, 0);
        document.getElementById("main")?.focus();
      } else throw new Error(answer.status);
      return true;
    } catch {
      here.removeAttribute("aria-busy");
      const state = document.querySelector("[data-save-state]");
      if (state) state.textContent = here.dataset.sayFailed;
      return false;
    }
  });
  return queue;
}

function openPart(area, link) {
  fetch(link.href).then((answer) => answer.text()).then((text) => {
    const part = new DOMParser().parseFromString(text, "text/html").getElementById("part");
    const dialog = area.querySelector("[data-part-dialog]");
    if (!part || !dialog) { location.assign(link.href); return; }
    dialog.replaceChildren(part);
    dialog.dataset.opener = pathTo(link);
    dialog.showModal();
  }).catch(() => location.assign(link.href));
}

function setUp(area) {
  if (ready.has(area)) return;
  ready.add(area);
  area.addEventListener("submit", (event) => {
    const form = event.target, by = event.submitter;
    if (form.method !== "post" || form.matches("[data-whole]") || by?.matches("[data-whole]")) return;
    event.preventDefault();
    const dialog = form.closest("dialog");
    send(area, new FormData(form, by), {
      address: form.action,
      form,
      isBulk: by?.matches("[data-bulk]") ?? false,
      focus: dialog?.dataset.opener ?? pathTo(document.activeElement),
    });
  });
  area.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-part]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      openPart(area, link);
    } else if (event.target.matches("dialog")) event.target.close();
  });
}

export function start(root) {
  if (root !== document && root.matches("[data-in-place]")) setUp(root);
  for (const area of root.querySelectorAll("[data-in-place]")) setUp(area);
}
