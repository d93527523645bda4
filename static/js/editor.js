// The editor of an item: its toolbar, pasted and dropped pictures, the library, the preview. Saving is in autosave.js.
import { Autosave, forgetOnDemand } from "./autosave.js";
import { line, upload } from "./upload.js";

const PREVIEW_PAUSE = 400;
const ADDRESS = /^(https?:\/\/\S+|<iframe\s[^>]*>(\s*<\/iframe>)?)$/i;
const ready = new WeakSet();

// Typing by script that the browser's own undo takes back.
function type(area, text) {
  area.focus();
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function wrap(area, before, after, placeholder) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const chosen = value.slice(from, to) || placeholder;
  type(area, `${before}${chosen}${after}`);
  area.setSelectionRange(from + before.length, from + before.length + chosen.length);
}

function prefix(area, mark) {
  const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  let to = area.value.indexOf("\n", area.selectionEnd);
  if (to < 0) to = area.value.length;
  const lines = area.value.slice(from, to).split("\n");
  const isOn = lines.every((each) => each.startsWith(mark));
  area.setSelectionRange(from, to);
  type(area, lines.map((each) => (isOn ? each.slice(mark.length) : mark + each)).join("\n"));
}

// A block of its own: with an empty line before it and after it.
function block(area, text) {
  const before = area.value.slice(0, area.selectionStart);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  type(area, `${gap}${text}\n\n`);
}

function escapeAlt(text) {
  return text.replaceAll("\n", " ").replaceAll(/[[\]\\]/g, "\\$&").trim();
}

// The picture as an address: our policy lets pages show pictures of their own site and such ones.
function asAddress(file) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => resolve(""));
    reader.readAsDataURL(file);
  });
}

class Editor {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.area = form.querySelector("textarea[name=body]");
    this.preview = form.querySelector("[data-preview]");
    this.picker = document.getElementById("picker");
    this.onPicked = null;
    this.startPreview();
    this.startTools();
    this.startPictures();
    this.startOffer();
    this.startPicker();
    for (const choice of form.querySelectorAll("[data-file-choice]")) this.startChoice(choice);
  }

  startPreview() {
    let timer = 0;
    const soon = (event) => {
      if ("notSaved" in event.target.dataset) return;
      clearTimeout(timer);
      timer = setTimeout(() => this.preview.dispatchEvent(new Event("cairn:preview")), PREVIEW_PAUSE);
    };
    this.form.addEventListener("input", soon);
    this.form.addEventListener("cairn:saved", soon);
  }

  startTools() {
    const bar = this.form.querySelector(".editor-tools");
    const buttons = [...bar.querySelectorAll("button")];
    buttons[0].tabIndex = 0;
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const at = buttons.indexOf(document.activeElement);
      if (!step || at < 0) return;
      event.preventDefault();
      const next = buttons[(at + step + buttons.length) % buttons.length];
      buttons[at].tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("[data-tool]");
      if (button) this.use(button.dataset.tool);
    });
    this.area.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      const tool = { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
      if (!tool) return;
      event.preventDefault();
      this.use(tool);
    });
  }

  use(tool) {
    const { area, words } = this;
    const column = words.sayColumn;
    const tools = {
      bold: () => wrap(area, "**", "**", words.sayBold),
      italic: () => wrap(area, "*", "*", words.sayItalic),
      heading: () => prefix(area, "## "),
      list: () => prefix(area, "- "),
      link: () => wrap(area, "[", "](https://)", words.sayLink),
      code: () => (area.value.slice(area.selectionStart, area.selectionEnd).includes("\n") ? wrap(area, "```\n", "\n```", "") : wrap(area, "`", "`", "")),
      table: () => block(area, `| ${column} 1 | ${column} 2 |\n| --- | --- |\n|  |  |`),
      image: () => this.pick("image", (file) => this.insertPicture(file)),
      upload: () => this.form.querySelector("[data-image-files]").click(),
    };
    tools[tool]();
  }

  startPictures() {
    const box = this.area.closest(".editor-box");
    const isPicture = (file) => file.type.startsWith("image/");
    const take = async (files) => { for (const file of files) await this.uploadPicture(file); };
    this.area.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])].filter(isPicture);
      if (!files.length) return;
      event.preventDefault();
      take(files);
    });
    this.area.addEventListener("dragover", (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      box.classList.add("is-target");
    });
    this.area.addEventListener("dragleave", () => box.classList.remove("is-target"));
    this.area.addEventListener("drop", (event) => {
      box.classList.remove("is-target");
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      take([...event.dataTransfer.files].filter(isPicture));
    });
    const input = this.form.querySelector("[data-image-files]");
    input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  }

  async uploadPicture(file) {
    const alt = await this.askAlt(await asAddress(file));
    if (alt === null) return;
    const box = line(this.uploadWords());
    this.form.querySelector("[data-uploads]").append(box);
    const asset = await upload(this.words.uploadUrl, file, box, this.uploadWords(), this.uploadFields({ alt }));
    if (asset) block(this.area, `![${escapeAlt(alt)}](${asset.url})`);
  }

  uploadWords() {
    return { uploading: this.words.sayUploading, failed: this.words.sayFailed, cancel: this.words.sayCancelUpload };
  }

  uploadFields(more = {}) {
    return { csrfmiddlewaretoken: this.form.elements.csrfmiddlewaretoken.value, course: this.words.course, ...more };
  }

  // What the picture shows, "" for an ornament, null where the question was closed.
  askAlt(picture, known = "") {
    const dialog = document.getElementById("alt-dialog");
    const field = dialog.querySelector("textarea");
    const shown = dialog.querySelector("[data-alt-picture]");
    shown.src = picture;
    shown.hidden = !picture;
    field.value = known;
    dialog.returnValue = "";
    dialog.showModal();
    field.focus();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? field.value : null), { once: true });
    });
  }

  async insertPicture(file) {
    const alt = await this.askAlt(file.url, file.alt);
    if (alt !== null) block(this.area, `![${escapeAlt(alt)}](${file.url})`);
  }

  // An address that stands alone on its line may be a video: it is offered to be shown.
  startOffer() {
    const offer = this.form.querySelector("[data-offer]");
    let found = null;
    const close = () => { offer.hidden = true; found = null; this.area.focus(); };
    this.area.addEventListener("paste", async (event) => {
      const pasted = event.clipboardData?.getData("text/plain").trim() ?? "";
      if (!ADDRESS.test(pasted)) return;
      const response = await fetch(`${this.words.embedUrl}?url=${encodeURIComponent(pasted)}`).catch(() => null);
      if (response?.status !== 200) return;
      found = { pasted, text: await response.text() };
      offer.hidden = false;
    });
    offer.querySelector("[data-offer-no]").addEventListener("click", close);
    offer.querySelector("[data-offer-yes]").addEventListener("click", () => {
      const at = this.area.value.lastIndexOf(found.pasted);
      if (at >= 0) {
        this.area.setSelectionRange(at, at + found.pasted.length);
        block(this.area, found.text);
      }
      close();
    });
  }

  startPicker() {
    this.picker.addEventListener("click", (event) => {
      const button = event.target.closest("[data-picked]");
      if (!button) return;
      this.picker.close();
      const { picked: id, title, alt, url, kind } = button.dataset;
      this.onPicked?.({ id, title, alt, url, kind });
    });
  }

  pick(kinds, onPicked) {
    this.onPicked = onPicked;
    this.picker.showModal();
    htmx.ajax("GET", `${this.words.pickerUrl}?kinds=${kinds}`, { target: "[data-picker]" });
  }

  startChoice(choice) {
    const select = choice.querySelector("select");
    const input = choice.querySelector("[data-upload]");
    const shown = choice.querySelector("[data-shown]");
    const alt = this.form.elements.alt;
    const put = (file) => {
      let option = [...select.options].find((each) => each.value === file.id);
      if (!option) {
        option = new Option(file.title, file.id);
        option.dataset.alt = file.alt;
        select.append(option);
      }
      select.value = file.id;
      select.dispatchEvent(new Event("input", { bubbles: true }));
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    choice.querySelector("[data-pick]").addEventListener("click", () => this.pick(choice.dataset.kinds, put));
    select.addEventListener("change", () => {
      shown.replaceChildren();
      if (alt && select.name === "media") alt.value = select.selectedOptions[0]?.dataset.alt ?? "";
    });
    input.addEventListener("change", async () => {
      const [file] = input.files;
      if (!file) return;
      const box = choice.querySelector("[data-upload-state]");
      const about = alt && select.name === "media" && file.type.startsWith("image/") ? await this.askAlt(await asAddress(file)) : "";
      input.value = "";
      if (about === null) return;
      const asset = await upload(this.words.uploadUrl, file, box, this.uploadWords(), this.uploadFields({ alt: about }));
      if (asset && choice.dataset.kinds.split(",").includes(asset.kind)) put(asset);
    });
  }
}

export function start(root) {
  forgetOnDemand(root);
  for (const form of root.querySelectorAll("form[data-editor]")) {
    if (ready.has(form)) continue;
    ready.add(form);
    new Editor(form);
    new Autosave(form);
  }
}
