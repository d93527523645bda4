// Keeps what is typed: on the device at once, on the server after a pause, again and again while it cannot be reached.
// The copy on the device is dropped only when the server has answered for exactly that text.

const PAUSE = 1200;
const FIRST_RETRY = 2000;
const LAST_RETRY = 30000;
const KEEPALIVE_BYTES = 60000;

export function keyOf(form) {
  return `cairn:draft:${form.dataset.person}:${form.dataset.item}`;
}

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch { /* the device keeps nothing: the server still does */ }
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !["file", "hidden", "submit", "button"].includes(field.type) && !("notSaved" in field.dataset) && field.type !== "fieldset");
}

function valuesOf(form) {
  return Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
}

// What the server wrote into a field, whatever was typed before this file was there.
function writtenIn(field) {
  if (field.type !== "select-one") return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
}

// Forgets the copy on the device where somebody decides against it.
export function forgetOnDemand(root, person) {
  for (const leaver of root.querySelectorAll("[data-forget-draft]")) {
    const forget = () => {
      const item = leaver.dataset.forgetDraft || document.querySelector("[data-editor]")?.dataset.item;
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith("cairn:draft:") && key.endsWith(`:${item}`)) localStorage.removeItem(key);
      }
    };
    leaver.addEventListener(leaver.matches("form") ? "submit" : "click", forget);
  }
}

export class Autosave {
  constructor(form) {
    this.form = form;
    this.key = keyOf(form);
    this.state = document.querySelector("[data-save-state]");
    this.notes = form.querySelector("[data-notes]");
    this.saved = JSON.stringify(Object.fromEntries(fieldsOf(form).map((field) => [field.name, writtenIn(field)])));
    this.isHeld = "held" in form.dataset;
    this.isStopped = false;
    this.sending = null;
    this.wait = FIRST_RETRY;
    this.timer = 0;
    this.isLeaving = false;
    if (this.isHeld) this.keep();
    else if (this.isUnsaved()) this.soon(PAUSE);
    else this.restore();
    form.addEventListener("input", (event) => this.changed(event.target));
    form.addEventListener("change", (event) => this.changed(event.target, true));
    form.addEventListener("submit", () => { this.isLeaving = true; clearTimeout(this.timer); });
    addEventListener("online", () => this.soon(0));
    addEventListener("pageshow", (event) => { if (event.persisted) this.isLeaving = false; });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.flush(); });
    for (const leaver of document.querySelectorAll("[data-forget-draft]")) {
      leaver.addEventListener("click", () => { this.isLeaving = true; });
    }
    addEventListener("beforeunload", (event) => {
      if ((this.isHeld || this.isUnsaved()) && !this.isLeaving) event.preventDefault();
    });
  }

  isUnsaved() {
    return JSON.stringify(valuesOf(this.form)) !== this.saved;
  }

  changed(field, isLeft = false) {
    if (!field.name || "notSaved" in field.dataset || field.type === "file") return;
    if (!this.isUnsaved()) return;
    this.keep();
    if (this.isStopped || this.isHeld) return;
    if ("saveWhenLeft" in field.dataset && !isLeft) return;
    this.say(this.form.dataset.sayUnsaved);
    this.soon(PAUSE);
  }

  // On a page that asks for a decision the copy stays one of what was begun from before: none is made by coming back.
  keep() {
    const { revision, base } = this.form.elements;
    const begun = (this.isHeld && read(this.key)) || { revision: revision.value, base: base.value };
    write(this.key, { revision: begun.revision, base: begun.base, values: valuesOf(this.form) });
  }

  // What is on the device and not on the server comes back into the form, and is saved from there.
  restore() {
    const kept = read(this.key);
    if (!kept?.values) return;
    const now = valuesOf(this.form);
    const differs = Object.keys(kept.values).some((name) => name in now && kept.values[name] !== now[name]);
    if (!differs) {
      write(this.key, null);
      return;
    }
    for (const field of fieldsOf(this.form)) {
      if (field.name in kept.values) field.value = kept.values[field.name];
    }
    // The revision it was typed upon goes with it: so what others saved meanwhile is seen, not overwritten.
    this.form.elements.revision.value = kept.revision;
    this.form.elements.base.value = kept.base;
    this.tell(this.form.dataset.sayRestored);
    this.soon(0);
  }

  soon(delay) {
    clearTimeout(this.timer);
    if (this.isStopped || this.isHeld) return;
    this.timer = setTimeout(() => this.save(), delay);
  }

  body() {
    const body = new FormData();
    for (const [name, value] of Object.entries(valuesOf(this.form))) body.append(name, value);
    for (const name of ["csrfmiddlewaretoken", "revision", "base"]) body.append(name, this.form.elements[name].value);
    return body;
  }

  async save() {
    if (this.sending || this.isStopped || this.isLeaving || !this.isUnsaved()) return;
    const sent = JSON.stringify(valuesOf(this.form));
    this.say(this.form.dataset.saySaving);
    this.sending = fetch(this.form.dataset.draftUrl, { method: "POST", body: this.body(), headers: { Accept: "application/json" }, redirect: "manual" });
    let response;
    try {
      response = await this.sending;
    } catch {
      this.later(this.form.dataset.sayOffline);
      return;
    } finally {
      this.sending = null;
    }
    await this.answered(response, sent);
  }

  async answered(response, sent) {
    const words = this.form.dataset;
    if (response.type === "opaqueredirect" || response.status === 403 || response.status === 404) this.later(words.saySignedOut);
    else if (response.status === 409) this.stop(words.sayConflict);
    else if (response.ok) this.done(await response.json(), sent);
    else if (response.status < 500) this.refused(await response.json().catch(() => ({})));
    else this.later(words.sayOffline);
  }

  done(answer, sent) {
    this.wait = FIRST_RETRY;
    this.form.elements.revision.value = answer.revision;
    this.form.elements.base.value = answer.base;
    this.saved = sent;
    const errors = Object.values(answer.errors ?? {}).flat();
    if (this.isUnsaved()) {
      this.keep();
      this.soon(PAUSE);
    } else if (!errors.length) write(this.key, null);
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium" }).format(new Date());
    if (errors.length) this.say(`${this.form.dataset.sayPartly} ${errors.join(" ")}`, true);
    else this.say(`${this.form.dataset.saySaved} ${time}`);
    this.form.dispatchEvent(new CustomEvent("cairn:saved", { bubbles: true }));
  }

  refused(answer) {
    const errors = Object.values(answer.errors ?? {}).flat();
    this.say(`${this.form.dataset.sayRefused} ${errors.join(" ")}`, true);
  }

  later(text) {
    this.say(text, true);
    this.soon(this.wait);
    this.wait = Math.min(2 * this.wait, LAST_RETRY);
  }

  stop(text) {
    this.isStopped = true;
    this.say(this.form.dataset.sayUnsaved, true);
    this.tell(text);
  }

  // The page is going out of sight, perhaps for good: what fits is sent along.
  flush() {
    if (!this.isUnsaved() || this.isStopped || this.isHeld || this.sending || this.isLeaving) return;
    const size = new Blob([JSON.stringify(valuesOf(this.form))]).size;
    if (size > KEEPALIVE_BYTES) return;
    this.save();
  }

  say(text, isProblem = false) {
    if (!this.state) return;
    this.state.textContent = text;
    this.state.classList.toggle("is-problem", isProblem);
    this.state.classList.toggle("only-wide", !isProblem);
  }

  tell(text) {
    this.notes.textContent = text;
    this.notes.hidden = false;
  }
}
