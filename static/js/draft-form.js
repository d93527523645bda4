// A form[data-autosave] is saved while somebody types: sent to that address, which answers with JSON.
// 200 {revision, saved_at}: saved. 409 {revision, html}: somebody else saved meanwhile; the difference is shown above the
// form, and the next save is the person's own. 422: a field has an error, which the person's own save shows beside it.
const PAUSE = 1_000; // ms after the last key
const AGAIN = 5_000; // ms after a failure

class DraftForm {
  constructor(form) {
    this.form = form;
    this.state = document.querySelector("[data-save-state]");
    this.sent = this.fields().toString();
    form.addEventListener("input", () => {
      if (this.isHeld) return;
      this.say("sayUnsaved");
      this.later(PAUSE);
    });
    form.addEventListener("submit", () => { this.isHeld = true; });
    addEventListener("online", () => this.later(0));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(); });
  }

  fields() {
    const fields = new URLSearchParams(new FormData(this.form));
    fields.delete("idempotency_key");
    return fields;
  }

  say(name, time = "") {
    if (this.state) this.state.textContent = this.state.dataset[name].replace("{time}", time);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    clearTimeout(this.timer);
    const fields = this.fields(), text = fields.toString();
    if (this.isHeld || this.isSaving || text === this.sent) return;
    this.isSaving = true;
    this.say("saySaving");
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(this.form.dataset.autosave, { method: "POST", headers, body: fields, keepalive: true });
      if (answer.redirected) throw new Error("signed out");
      if (answer.status >= 500) throw new Error(answer.status);
      this.take(answer.status, await answer.json(), text);
    } catch {
      this.say("sayFailed");
      this.later(AGAIN);
    }
    this.isSaving = false;
    if (this.sent !== this.fields().toString() && !this.isHeld) this.later(PAUSE);
  }

  take(status, answer, text) {
    if (status === 422) {
      this.sent = text;
      this.say("sayRefused");
      return;
    }
    this.form.elements.revision.value = answer.revision;
    if (status === 409) {
      this.isHeld = true;
      this.say("sayUnsaved");
      const place = document.createElement("div");
      place.innerHTML = answer.html;
      this.form.before(place);
      place.scrollIntoView({ block: "nearest" });
      return;
    }
    const now = this.fields();
    const before = new URLSearchParams(text);
    before.set("revision", answer.revision);
    this.sent = before.toString();
    this.say("saySaved", answer.saved_at);
    if (now.toString() === this.sent) this.form.dispatchEvent(new CustomEvent("cairn:saved"));
  }
}

const ready = new WeakSet();

export function start(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    if (ready.has(form)) continue;
    ready.add(form);
    new DraftForm(form);
  }
}
