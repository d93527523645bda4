// Sends files to the media library one by one, each with its progress and a way to stop it.
// A form with data-uploader sends what is chosen or dropped on it; without this file it is a plain form.

const ready = new WeakSet();

// A promise of what the library answers: {id, title, kind, alt, url, page}. Rejects with a sentence, or "" when stopped.
export function send(address, file, { fields = {}, onProgress = () => {}, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("files", file, file.name);
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(Math.round((100 * event.loaded) / event.total));
    });
    request.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* an error page: told as a failure below */ }
      if (request.status === 201) resolve(answer);
      else reject(new Error(answer.error ?? ""));
    });
    request.addEventListener("error", () => reject(new Error("")));
    request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

// A line that shows how far a file is: made once per upload, and gone when it is done.
export function line(words) {
  const box = document.createElement("div");
  box.className = "upload-state";
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  const text = document.createElement("span");
  text.setAttribute("role", "status");
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "btn btn-sm btn-quiet";
  stop.textContent = words.cancel;
  box.append(bar, text, stop);
  return box;
}

// Uploads a file and tells of it in a line of that form; null when it was stopped or refused, which the line then says.
export async function upload(address, file, box, words, fields) {
  const [bar, text, stop] = box.children;
  const control = new AbortController();
  const abort = () => control.abort();
  stop.addEventListener("click", abort);
  box.hidden = false;
  box.classList.remove("is-problem");
  bar.hidden = stop.hidden = false;
  bar.value = 0;
  text.textContent = words.uploading.replace("{name}", file.name);
  try {
    const answer = await send(address, file, {
      fields, signal: control.signal, onProgress: (percent) => { bar.value = percent; },
    });
    box.hidden = true;
    return answer;
  } catch (problem) {
    bar.hidden = stop.hidden = true;
    if (problem.name === "AbortError") box.hidden = true;
    else {
      text.textContent = problem.message || words.failed.replace("{name}", file.name);
      box.classList.add("is-problem");
    }
    return null;
  } finally {
    stop.removeEventListener("click", abort);
  }
}

function take(form, files) {
  const zone = form.closest(".uploader") ?? form;
  const list = zone.querySelector("[data-uploads]");
  const words = { uploading: form.dataset.sayUploading, failed: form.dataset.sayFailed, cancel: form.dataset.sayCancel };
  const fields = {
    csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
    course: form.elements.course.value,
  };
  return [...files].reduce(async (before, file) => {
    const done = await before;
    const box = line(words);
    list.append(box);
    const answer = await upload(form.action, file, box, words, fields);
    return done && answer !== null;
  }, Promise.resolve(true));
}

export function start(root) {
  for (const form of root.querySelectorAll("form[data-uploader]")) {
    if (ready.has(form)) continue;
    ready.add(form);
    const input = form.querySelector("input[type=file]");
    const zone = form.closest(".uploader") ?? form;
    const go = async (files) => { if (files.length && (await take(form, files))) location.reload(); };
    form.addEventListener("submit", (event) => {
      if (!input.files.length) return;
      event.preventDefault();
      go(input.files);
    });
    zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("is-target"); });
    zone.addEventListener("dragleave", () => zone.classList.remove("is-target"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("is-target");
      go(event.dataTransfer.files);
    });
  }
}
